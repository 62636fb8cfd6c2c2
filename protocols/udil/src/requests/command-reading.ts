/** From the fields of a request to the command they mean. What is out of range becomes a remark to every device. */
import { isObject, type Value } from "../notations/document.ts";
import type { Notes } from "../notes.ts";
import type {
  DeviceCreation,
  DeviceIdentity,
  LoadSheddingSlab,
  OnDemandType,
  UdilCommand,
  UdilCommandName,
} from "../services/commands.ts";
import { communicationTypeIn, deviceTypeIn } from "../services/device-numbers.ts";
import type { ServiceName } from "../services/services.ts";
import { calendarOfProfiles, calendarOfSlab } from "../services/time-of-use.ts";
import { plainName, unquoted, withDigits } from "../values/damage.ts";
import { timeOfDay } from "../values/datetime.ts";
import type { UdilVersion } from "../versions.ts";

export type CommandReading = UdilCommand | { readonly problem: string };

/** Fields that were read, by name: numbers of instants, integers and choices, text of the others; lists apart. */
export interface ReadFields {
  readonly service: ServiceName;
  readonly version: UdilVersion;
  readonly values: Readonly<Record<string, string | number | undefined>>;
  readonly lists: Readonly<Record<string, readonly Value[] | undefined>>;
  readonly identities: readonly DeviceIdentity[] | undefined;
  readonly notes: Notes;
}

/** @param name the command its service stands for */
export function commandOf(name: UdilCommandName, fields: ReadFields): CommandReading {
  const reader = readers[name];
  const parameters = reader === undefined ? fields.values : reader(fields);
  if (typeof parameters === "string") return { problem: parameters };
  return { name, parameters } as UdilCommand;
}

/** Instants as commands have them. */
export const isoInstant = (instant: number) => new Date(instant).toISOString().replace(/\.\d{3}Z$/, "Z");

/** Parameters, or a sentence about why there are none. */
type CommandReader = (fields: ReadFields) => object | string;

/** Of the commands whose parameters are not simply the fields. */
const readers: Partial<Readonly<Record<UdilCommandName, CommandReader>>> = {
  sanctioned_load_control: ({ values }) => ({ ...values, load_limit: Number(values.load_limit) }),

  load_shedding_scheduling: ({ values, lists }) => {
    const slabs = (lists.load_shedding_slabs ?? []).map(slabOf);
    const problem = slabs.find((slab) => typeof slab === "string");
    if (problem !== undefined) return problem;
    if (slabs.length === 0) return "load_shedding_slabs is empty; it must have at least one action.";
    const { start_datetime: start, end_datetime: end } = values;
    if (Number(start) >= Number(end)) return "end_datetime must be after start_datetime.";
    return { ...instants(values, "start_datetime", "end_datetime"), load_shedding_slabs: slabs };
  },

  update_time_of_use: ({ service, values, lists }) => {
    const text = (name: string) => String(values[name] ?? "");
    const reading =
      service === "time_of_use_change"
        ? calendarOfSlab(text("season"), text("days"), lists.time_slab ?? [], text("tariff_identification"))
        : calendarOfProfiles({
            days: lists.day_profile ?? [],
            weeks: lists.week_profile ?? [],
            seasons: lists.season_profile ?? [],
            holidays: lists.holiday_profile ?? [],
          });
    if ("problem" in reading) return reading.problem;
    return { ...reading.calendar, ...instants(values, "activation_datetime") };
  },

  device_creation: ({ version, values, identities = [] }) => {
    const number = (name: string) => (values[name] === undefined ? undefined : Number(values[name]));
    const interval = number("communication_interval");
    const communicationType = communicationTypeIn(version, number("communication_type"), interval);
    const deviceType = deviceTypeIn(version, Number(values.device_type));
    if (communicationType === undefined) return "communication_type is 0; it must be 1 or 2.";
    if (deviceType === undefined) return `device_type is ${values.device_type}; it must be 1, 2 or 3.`;
    return {
      device_identity: identities,
      ...values,
      device_type: deviceType,
      communication_type: communicationType,
    } as DeviceCreation;
  },

  meter_data_sampling: ({ values }) => ({ ...values, ...instants(values, "activation_datetime") }),

  activate_meter_optical_port: ({ version, values, notes }) => {
    const on = Number(values.optical_port_on_datetime);
    const off = Number(values.optical_port_off_datetime);
    const names = ["optical_port_on_datetime", "optical_port_off_datetime"] as const;
    // v1's own example opens and closes at the same time: it is taken as "close now" (register, 38).
    if (version === "v1" && on === off) notes.add("the optical port is opened and closed at the same time");
    else if (on >= off) return "optical_port_off_datetime must be after optical_port_on_datetime.";
    return instants(values, ...names);
  },

  on_demand_read: ({ values }) => {
    const type = values.type as OnDemandType;
    // Both are of now; v1 says their dates are blank, v3 that they are ignored.
    if (type === "INST" || type === "VISL") return { type };
    const { start_datetime: start, end_datetime: end } = values;
    if (start !== undefined && end !== undefined && Number(start) > Number(end)) {
      return "end_datetime must not be before start_datetime.";
    }
    return { type, ...instants(values, "start_datetime", "end_datetime") };
  },
};

function instants(values: ReadFields["values"], ...names: readonly string[]): Record<string, string> {
  const known = names.filter((name) => values[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, isoInstant(Number(values[name]))]));
}

function slabOf(value: Value): LoadSheddingSlab | string {
  if (!isObject(value)) return "an element of load_shedding_slabs is no object of action_time and relay_operate.";
  const members = new Map(Object.entries(value).map(([name, member]) => [plainName(name), member]));
  const text = (name: string) => {
    const found = members.get(name);
    return typeof found === "string" ? unquoted(found) : "";
  };
  const time = timeOfDay(text("action_time"));
  if (time === undefined) return `action_time is "${text("action_time")}"; it must be a time such as 03:00:00.`;
  const operate = withDigits(text("relay_operate"));
  if (operate !== "0" && operate !== "1") {
    return `relay_operate of ${time} is "${text("relay_operate")}"; it must be 0 (disconnect) or 1 (connect).`;
  }
  return { action_time: time, relay_operate: operate === "0" ? 0 : 1 };
}
