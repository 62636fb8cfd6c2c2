/** How a meter carries out each order. A refusal is a sentence; nothing was changed then. */
import { minuteMilliseconds } from "../../calendar.ts";
import { timeOfDay } from "../local-time.ts";
import type { DeviceMetadata, Order, OrderName } from "./orders.ts";
import type { ProgrammedAt } from "./parameters.ts";
import { calendarProblem, factoryCalendar } from "./tariff-calendar.ts";
import type { VendorMeter } from "./vendor-meter.ts";

type OrderOf<Name extends OrderName> = Extract<Order, { name: Name }>;

interface Obedience<Name extends OrderName> {
  /** Known before anything is sent. */
  readonly refusal?: (meter: VendorMeter, parameters: OrderOf<Name>["parameters"]) => string | undefined;
  /** `mdcTime` is what the MDC's clock shows. Reads have none: they change nothing. */
  readonly execute?: (meter: VendorMeter, parameters: OrderOf<Name>["parameters"], mdcTime: number) => void;
  /** The group of parameters it programs. */
  readonly programs?: keyof ProgrammedAt;
}

const table: { readonly [Name in OrderName]: Obedience<Name> } = {
  aux_relay_operations: {
    refusal: withoutRelay,
    execute: (meter, { relay_operate }) => meter.moveRelay(relay_operate === 1, "command"),
    programs: "auxr",
  },
  time_synchronization: { execute: (meter, _, mdcTime) => meter.setClock(mdcTime), programs: "dvtm" },
  sanctioned_load_control: {
    refusal: (meter, { load_limit }) =>
      withoutRelay(meter) ?? (load_limit > 0 ? undefined : "load_limit must be greater than 0 kW"),
    execute: (meter, limit) => meter.setLimit(limit),
    programs: "sanc",
  },
  load_shedding_scheduling: {
    refusal: (meter, { start_datetime, end_datetime, load_shedding_slabs }) => {
      if (load_shedding_slabs.length > mostSlabs) return `the meter keeps ${mostSlabs} slabs at most`;
      if (Date.parse(start_datetime) >= Date.parse(end_datetime)) return "start_datetime must be before end_datetime";
      return withoutRelay(meter);
    },
    execute: (meter, { start_datetime, end_datetime, load_shedding_slabs }) =>
      meter.setSchedule({
        start: meter.localTime.of(Date.parse(start_datetime)),
        end: meter.localTime.of(Date.parse(end_datetime)),
        slabs: load_shedding_slabs,
      }),
    programs: "lsch",
  },
  update_time_of_use: {
    refusal: (_, calendar) => calendarProblem(calendar),
    execute: (meter, calendar) => meter.setCalendar(calendar, Date.parse(calendar.activation_datetime)),
    programs: "tiou",
  },
  device_creation: {
    refusal: (meter, { phase, device_type }) => {
      if (device_type !== 1) return "this MDC has meters only (device_type 1)";
      if (phase !== 2 && phase !== meter.plan.model.phases)
        return `the meter has ${meter.plan.model.phases} phase(s), not ${phase}`;
      return undefined;
    },
    execute: (meter, creation) => {
      const identity = creation.device_identity.find(({ dsn }) => dsn === meter.msn);
      if (identity !== undefined) meter.state.globalDeviceId = identity.global_device_id;
      meter.state.inService = true;
      meter.state.active = true;
      meter.setParameters(
        {
          mdiReset: { date: creation.mdi_reset_date, time: timeOfDay(creation.mdi_reset_time) },
          ...(creation.sim_number !== undefined && {
            sim: { number: creation.sim_number, id: creation.sim_id ?? "" },
          }),
          ...communication(creation),
        },
        330,
        `${creation.mdi_reset_date} ${creation.mdi_reset_time}`,
      );
    },
    programs: "dmdt",
  },
  update_device_metadata: {
    execute: (meter, metadata) =>
      meter.setParameters(communication(metadata), metadata.bidirectional_device === 1 ? 328 : 327),
    programs: "dmdt",
  },
  update_ip_port: {
    execute: (meter, addresses) =>
      meter.setParameters(
        { addresses },
        305,
        `${addresses.primary_ip_address}:${addresses.primary_port}, ${addresses.secondary_ip_address}:${addresses.secondary_port}`,
      ),
    programs: "ippo",
  },
  meter_data_sampling: {
    execute: (meter, { data_type, sampling_interval, sampling_initial_time, activation_datetime }) =>
      meter.setSampling(
        data_type,
        { interval: sampling_interval, initialMinute: sampling_initial_time },
        Date.parse(activation_datetime),
      ),
    programs: "mdsm",
  },
  activate_meter_optical_port: {
    refusal: (_, { optical_port_on_datetime: on, optical_port_off_datetime: off }) =>
      Date.parse(on) > Date.parse(off) ? "optical_port_on_datetime is after optical_port_off_datetime" : undefined,
    execute: (meter, { optical_port_on_datetime, optical_port_off_datetime }) => {
      const opticalPort = { on: Date.parse(optical_port_on_datetime), off: Date.parse(optical_port_off_datetime) };
      const { localTime } = meter;
      const words = `${localTime.text(opticalPort.on)} to ${localTime.text(opticalPort.off)}`;
      meter.setParameters({ opticalPort }, 332, words);
    },
    programs: "oppo",
  },
  update_wake_up_sim_number: {
    execute: (meter, { wakeup_number_1, wakeup_number_2, wakeup_number_3 }) =>
      meter.setParameters({ wakeUpNumbers: [wakeup_number_1, wakeup_number_2, wakeup_number_3] }, 307),
    programs: "wsim",
  },
  update_meter_status: {
    execute: (meter, { meter_activation_status }) => {
      meter.state.active = meter_activation_status === 1;
    },
    programs: "mtst",
  },
  update_mdi_reset_date: {
    execute: (meter, { mdi_reset_date, mdi_reset_time }) =>
      meter.setParameters(
        { mdiReset: { date: mdi_reset_date, time: timeOfDay(mdi_reset_time) } },
        330,
        `${mdi_reset_date} ${mdi_reset_time}`,
      ),
  },
  parameterization_cancellation: {
    refusal: (_, { type }) => (Object.hasOwn(cancellations, type) ? undefined : `the meter has no ${type}`),
    execute: (meter, { type }) => cancellations[type as keyof typeof cancellations](meter),
  },
  on_demand_read: {},
  on_demand_parameter_read: {
    refusal: (_, { type }) => (parameterGroups.has(type) ? undefined : `the meter has no ${type}`),
  },
};

const cancellations = {
  SANC: (meter: VendorMeter) => meter.setLimit(undefined),
  LSCH: (meter: VendorMeter) => meter.setSchedule(undefined),
  TIOU: (meter: VendorMeter) => meter.setCalendar(factoryCalendar, undefined),
};

/** Why a meter will not take an order at all, or undefined. */
export function refusal(meter: VendorMeter, { name, parameters }: Order): string | undefined {
  if (!meter.state.active && name !== "update_meter_status" && name !== "device_creation")
    return `${meter.globalDeviceId} is inactive`;
  return of(name).refusal?.(meter, parameters as never);
}

/** Carries out an order now. The meter must have lived up to now. */
export function obey(meter: VendorMeter, { name, parameters }: Order, mdcTime: number): void {
  const { execute, programs } = of(name);
  execute?.(meter, parameters as never, mdcTime);
  if (programs !== undefined) meter.state.programmedAt[programs] = meter.clockAt(meter.at);
}

function of(name: OrderName): Obedience<never> {
  return table[name] as unknown as Obedience<never>;
}

function withoutRelay(meter: VendorMeter): string | undefined {
  return meter.plan.model.hasRelay ? undefined : `${meter.globalDeviceId} has no relay`;
}

function communication(parameters: Partial<DeviceMetadata>) {
  const { communication_type, communication_interval, initial_communication_time } = parameters;
  const { communication_mode, bidirectional_device } = parameters;
  return {
    // 1 = the meter calls at intervals, 2 = it is always there.
    ...(communication_type !== undefined && {
      contactInterval: communication_type === 1 ? communication_interval || undefined : undefined,
    }),
    ...(initial_communication_time !== undefined && { firstContact: timeOfDay(initial_communication_time) }),
    ...(communication_mode !== undefined && { communicationMode: communication_mode }),
    ...(bidirectional_device !== undefined && { bidirectional: bidirectional_device === 1 }),
  };
}

/** When a meter that calls does so next, from an instant on; at once for one that is always there. */
export function nextContact(meter: VendorMeter, instant: number): number {
  const { contactInterval, firstContact } = meter.parameters;
  if (contactInterval === undefined) return instant;
  const period = contactInterval * minuteMilliseconds;
  const local = meter.localTime.of(instant) - firstContact;
  return meter.localTime.toInstant(Math.ceil(local / period) * period + firstContact);
}

/** What METER_VISUALS has columns for. */
const parameterGroups: ReadonlySet<string> = new Set(
  "AUXR DVTM SANC LSCH TIOU IPPO MDSM OPPO WSIM MSIM MTST DMDT MDI".split(" "),
);
/** As the maker's own protocol has it. */
const mostSlabs = 30;
