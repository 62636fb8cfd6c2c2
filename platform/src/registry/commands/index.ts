/** Every command, by its name. */
import Type, { type Static } from "typebox";
import { instant, strict } from "../protocols/declaration.ts";
import { checkLoadShedding, checkOnDemandRead, checkOpticalPort, checkTimeOfUse } from "./checks.ts";
import type { CommandDeclaration } from "./declaration.ts";

const relayOperate = Type.Unsafe<0 | 1>({ type: "integer", enum: [0, 1], description: "0 disconnect, 1 connect" });
const timeOfDay = Type.String({
  pattern: "^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?$",
  description: "HH:mm:ss or HH:mm, the meter's own time",
});
const dayOfYear = Type.String({
  pattern: "^(0[1-9]|[12]\\d|3[01])-(0[1-9]|1[0-2])$",
  description: "dd-MM, every year",
});
const profileName = Type.String({ minLength: 1, maxLength: 16 });
const whole = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description });
const ipAddress = Type.String({ format: "ipv4", description: "IPv4 address" });
const port = whole(1, 65_535, "Port");
const phoneNumber = Type.String({ pattern: "^\\+?\\d{0,20}$", description: "Digits; empty = none" });

/** Of the six kinds of rows a meter can be asked for at once. */
export const onDemandTypes = ["INST", "BILL", "MBIL", "LPRO", "EVNT", "VISL"] as const;
export type OnDemandType = (typeof onDemandTypes)[number];

/** UDIL's codes of parameters that can be taken back, and the commands that set them. */
export const commandOfCode = {
  SANC: "sanctioned_load_control",
  LSCH: "load_shedding_scheduling",
  TIOU: "update_time_of_use",
} as const;
export type ParameterCode = keyof typeof commandOfCode;

export const commands = {
  aux_relay_operations: {
    title: "Operate the relay",
    description: "Disconnects or reconnects the supply.",
    parameters: strict({ relay_operate: relayOperate }),
    carriedOutBy: "meter",
    interruptsSupply: true,
  },
  time_synchronization: {
    title: "Synchronise the clock",
    description: "Sets the meter's clock to the platform's time.",
    parameters: strict({}),
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  sanctioned_load_control: {
    title: "Limit the load",
    description: "Disconnects the supply when the load stays above the sanctioned one, and tries again so many times.",
    parameters: strict({
      load_limit: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description: "kW" }),
      maximum_retries: whole(0, 255, "How often the supply is tried again"),
      retry_interval: whole(0, 86_400, "Seconds until it is tried again"),
      threshold_duration: whole(0, 86_400, "Seconds the load may be above the limit"),
      retry_clear_interval: whole(0, 604_800, "Seconds after which the tries are counted anew"),
    }),
    carriedOutBy: "meter",
    interruptsSupply: true,
  },
  load_shedding_scheduling: {
    title: "Schedule load shedding",
    description: "Disconnects and reconnects the supply at times of the day, every day between two dates.",
    parameters: strict({
      start_datetime: instant,
      end_datetime: instant,
      load_shedding_slabs: Type.Array(strict({ action_time: timeOfDay, relay_operate: relayOperate }), {
        minItems: 1,
        maxItems: 30,
        description: "Each action holds until the next one of the day; the last one over midnight.",
      }),
    }),
    check: checkLoadShedding,
    carriedOutBy: "meter",
    interruptsSupply: true,
  },
  update_time_of_use: {
    title: "Change the tariffs' times",
    description: "Writes a calendar of seasons, weeks and days, which takes effect at the time of activation.",
    parameters: strict({
      day_profile: Type.Array(
        strict({
          name: profileName,
          tariff_slabs: Type.Array(strict({ start: timeOfDay, tariff: whole(1, 8, "Number of the tariff") }), {
            minItems: 1,
            maxItems: 24,
            description: "In order; the last one holds over midnight.",
          }),
        }),
        { minItems: 1, maxItems: 16 },
      ),
      week_profile: Type.Array(
        strict({
          name: profileName,
          weekly_day_profile: Type.Array(profileName, { minItems: 7, maxItems: 7, description: "Monday to Sunday" }),
        }),
        { minItems: 1, maxItems: 16 },
      ),
      season_profile: Type.Array(strict({ name: profileName, week_profile_name: profileName, start_date: dayOfYear }), {
        minItems: 1,
        maxItems: 16,
      }),
      holiday_profile: Type.Optional(
        Type.Array(strict({ name: profileName, date: dayOfYear, day_profile_name: profileName }), { maxItems: 64 }),
      ),
      activation_datetime: instant,
    }),
    check: checkTimeOfUse,
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  device_creation: {
    title: "Create a device",
    description:
      "Gives a meter its id in other systems, and says how it communicates. The vendor's MDC that has the meter is told.",
    parameters: strict({
      device_identity: Type.Array(
        strict({
          dsn: Type.String({ minLength: 1, maxLength: 50, description: "Serial number of the meter" }),
          global_device_id: Type.String({ minLength: 1, maxLength: 50 }),
        }),
        { minItems: 1, maxItems: 10_000 },
      ),
      device_type: whole(1, 5, "1 meter, 2 DCU, 3 APMS, 4 grid meter, 5 other"),
      communication_mode: whole(1, 5, "1 GPRS/3G/4G, 2 RF, 3 PLC, 4 Ethernet, 5 other"),
      communication_type: whole(1, 2, "1 at intervals, 2 always on"),
      communication_interval: Type.Optional(whole(0, 44_640, "Minutes; 0 = always on")),
      initial_communication_time: Type.Optional(timeOfDay),
      bidirectional_device: Type.Optional(whole(0, 1, "1 = measures export too")),
      sim_number: Type.Optional(phoneNumber),
      sim_id: Type.Optional(Type.String({ maxLength: 50 })),
      mdi_reset_date: whole(1, 28, "Day of the month"),
      mdi_reset_time: timeOfDay,
      phase: whole(1, 3, "1 single phase, 2 other, 3 three phases"),
      meter_type: whole(1, 5, "1 normal, 2 whole current, 3 CTO, 4 CTPT, 5 other"),
      udil_mdc: Type.Optional(
        Type.String({
          format: "uuid",
          description: "Vendor's MDC that has meters nobody registered yet; it is told of them",
        }),
      ),
    }),
    carriedOutBy: "platform",
    interruptsSupply: false,
  },
  update_ip_port: {
    title: "Change where the meter sends to",
    description: "Writes the addresses and ports the meter connects to.",
    parameters: strict({
      primary_ip_address: ipAddress,
      secondary_ip_address: ipAddress,
      primary_port: port,
      secondary_port: port,
    }),
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  meter_data_sampling: {
    title: "Change the sampling interval",
    description: "Sets how often the meter keeps a row of a profile.",
    parameters: strict({
      activation_datetime: instant,
      data_type: Type.Unsafe<"INST" | "BILL" | "LPRO">({ type: "string", enum: ["INST", "BILL", "LPRO"] }),
      sampling_interval: whole(1, 1_440, "Minutes"),
      sampling_initial_time: whole(0, 59, "Minute of the hour at which sampling begins"),
    }),
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  activate_meter_optical_port: {
    title: "Open the optical port",
    description: "Lets the meter's optical port be used between two instants.",
    parameters: strict({ optical_port_on_datetime: instant, optical_port_off_datetime: instant }),
    check: checkOpticalPort,
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  update_wake_up_sim_number: {
    title: "Change the wake-up numbers",
    description: "Sets the numbers from which the meter takes a wake-up call or message.",
    parameters: strict({
      wakeup_number_1: phoneNumber,
      wakeup_number_2: phoneNumber,
      wakeup_number_3: phoneNumber,
    }),
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  update_meter_status: {
    title: "Activate or deactivate the meter",
    description: "A meter that is inactive is not read, and takes no commands. The vendor's MDC that has it is told.",
    parameters: strict({ meter_activation_status: whole(0, 1, "1 active, 0 inactive") }),
    carriedOutBy: "platform",
    interruptsSupply: false,
  },
  update_mdi_reset_date: {
    title: "Change the day of the billing reset",
    description: "Sets when, every month, the meter closes its billing period and resets its maximum demand.",
    parameters: strict({ mdi_reset_date: whole(1, 28, "Day of the month"), mdi_reset_time: timeOfDay }),
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  parameterization_cancellation: {
    title: "Cancel parameters",
    description: "Takes back the load limit, the schedule of load shedding, or the calendar of tariffs.",
    parameters: strict({
      type: Type.Unsafe<ParameterCode>({
        type: "string",
        enum: Object.keys(commandOfCode),
        description: "SANC load limit, LSCH load shedding, TIOU the factory's calendar holds again",
      }),
    }),
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
  on_demand_read: {
    title: "Read now",
    description: "Reads rows of one kind from the meter and gives them as the command's result.",
    parameters: strict({
      type: Type.Unsafe<OnDemandType>({
        type: "string",
        enum: [...onDemandTypes],
        description: "Instantaneous, billing, monthly billing, load profile, events, visuals",
      }),
      start_datetime: Type.Optional(instant),
      end_datetime: Type.Optional(instant),
    }),
    check: checkOnDemandRead,
    carriedOutBy: "meter",
    interruptsSupply: false,
  },
} as const satisfies Readonly<Record<string, CommandDeclaration>>;

export type CommandName = keyof typeof commands;
export type CommandParameters<Name extends CommandName = CommandName> = Static<(typeof commands)[Name]["parameters"]>;

export const commandNames = Object.keys(commands) as readonly CommandName[];

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
