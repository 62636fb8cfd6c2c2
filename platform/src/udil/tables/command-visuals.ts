/** What commands tell of the newest state of their meters: the last one given, and the parameters it set. */
import { scale } from "@anymeter/sans-io";
import type { UdilRow, ValueKind } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../commands/command-rows.ts";
import { isVisual, type VisualUpdate, visualFields } from "../../readings/profile-rows/meter-visuals.ts";
import { instantIn, parseTimestamp, TimestampError } from "../../readings/timestamp.ts";
import type { CommandName } from "../../registry/commands/index.ts";

/**
 * METER_VISUALS has one group of columns for each code of a parameter, `<code>_datetime` first; the others are named after the
 * parameters of the command that sets them.
 */
const codes: { readonly [Name in CommandName]?: string } = {
  aux_relay_operations: "auxr",
  time_synchronization: "dvtm",
  sanctioned_load_control: "sanc",
  load_shedding_scheduling: "lsch",
  update_time_of_use: "tiou",
  update_ip_port: "ippo",
  meter_data_sampling: "mdsm",
  activate_meter_optical_port: "oppo",
  update_wake_up_sim_number: "wsim",
  update_meter_status: "mtst",
  device_creation: "dmdt",
  update_mdi_reset_date: "mdi",
};

/** @param timezoneOf IANA zone of a meter's times that carry none */
export function visualsOfCommands(
  rows: readonly CommandDeviceRow[],
  timezoneOf: (deviceNumber: number) => string,
): VisualUpdate[] {
  return rows.flatMap((row) => {
    const { organizationNumber, deviceNumber, createdAt, statusAt } = row;
    if (deviceNumber === null) return [];
    const owner = { organizationNumber, deviceNumber };
    // What is told of one command goes together: an older command that ends later does not take its place.
    const last = { ...owner, at: createdAt, fields: lastCommand(row) };
    if (row.state !== "succeeded") return [last];
    return [last, { ...owner, at: statusAt[4] ?? row.updatedAt, fields: parametersOf(row, timezoneOf(deviceNumber)) }];
  });
}

function lastCommand({ name, createdAt, updatedAt, state, remark }: CommandDeviceRow): UdilRow {
  const isOver = state !== "waiting" && state !== "running";
  return {
    last_command: name,
    last_command_datetime: createdAt,
    last_command_resp: isOver ? (remark ?? state) : "",
    last_command_resp_datetime: isOver ? updatedAt : "",
  };
}

/** What the meter has from now on. */
function parametersOf(row: CommandDeviceRow, timezone: string): UdilRow {
  const { name, result, statusAt, updatedAt } = row;
  const at = statusAt[4] ?? updatedAt;
  const parameters = keptOf(row);
  if (name === "on_demand_read") return ofReadVisuals(result);
  if (name === "parameterization_cancellation") return cancelledGroup(String(parameters.type), at);
  const code = codes[name];
  if (code === undefined) return {};
  const found: Record<string, string | number> = {};
  const set = (field: string, value: unknown) => {
    const kind = visualFields.get(field)?.kind;
    if (kind === undefined || value === undefined || value === null) return;
    const kept = value === "" ? "" : keptAs(kind, value, timezone);
    if (isVisual(field, kept)) found[field] = kept;
  };
  for (const [parameter, value] of Object.entries(inUdil(name, parameters))) {
    set(`${code}_${parameter}`, value);
    // Columns of no group: mdi_reset_date and the like. A meter that is only created has no billing reset by that.
    if (!visualFields.has(`${code}_${parameter}`) && name !== "device_creation") set(parameter, value);
  }
  if (name === "aux_relay_operations") {
    const isOn = positionOf(row);
    set("auxr_status", isOn);
    set(`last_contactor_${isOn === 1 ? "on" : "off"}_datetime`, at);
  }
  if (name === "time_synchronization") set("dvtm_meter_clock", at);
  if (name === "device_creation") set("msim_id", parameters.sim_id);
  if (name === "update_time_of_use") set("meter_tariff_identification", slabsOf(parameters));
  set(`${code}_datetime`, at);
  return found;
}

/** Without the parameters that nothing in the meter holds, which whoever carried the command out has told. */
function keptOf({ parameters, result }: CommandDeviceRow): CommandDeviceRow["parameters"] {
  const { not_kept } = (result ?? {}) as { readonly not_kept?: unknown };
  if (!Array.isArray(not_kept)) return parameters;
  const none = Object.fromEntries(not_kept.map((name: string) => [name, ""]));
  return { ...parameters, ...none };
}

/** 1 = the supply is on. As the meter showed it, where it did: a relay that waits for its button is still off. */
function positionOf({ parameters: { relay_operate }, result }: CommandDeviceRow): number {
  const { output_state } = (result ?? {}) as { readonly output_state?: unknown };
  return typeof output_state === "boolean" ? Number(output_state) : Number(relay_operate);
}

/** Of what was cancelled nothing is known any more, but when. */
function cancelledGroup(type: string, at: number): UdilRow {
  const code = `${type.toLowerCase()}_`;
  const others = type === "TIOU" ? ["meter_tariff_identification"] : [];
  const group = [...visualFields.keys()].filter((field) => field.startsWith(code));
  return { ...Object.fromEntries([...group, ...others].map((field) => [field, ""])), [`${code}datetime`]: at };
}

function keptAs(kind: ValueKind, value: unknown, timezone: string): string | number | undefined {
  switch (kind) {
    case "datetime":
      return typeof value === "number" ? value : instantOf(String(value), timezone);
    case "integer":
      return Number(value);
    case "decimal":
      return scale(String(value), 0);
    default:
      return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}

interface DayProfile {
  readonly name: string;
  readonly tariff_slabs: readonly { readonly start: string; readonly tariff: number }[];
}

/** v1's "array containing tariff identification & time slabs": a slab ends where the next one of its day begins. */
function slabsOf({ day_profile: days }: CommandDeviceRow["parameters"]): object[] | undefined {
  if (!Array.isArray(days)) return undefined;
  return (days as DayProfile[]).flatMap(({ tariff_slabs: slabs }) =>
    slabs.map(({ start, tariff }, index) => ({
      tariff_identification: String(tariff),
      time_slab: [start, slabs[(index + 1) % slabs.length]!.start].map((time) => time.slice(0, 5)),
    })),
  );
}

/** Slabs of a day are the times at which they begin: the nth one is tariff n. */
function inUdil(name: CommandName, parameters: CommandDeviceRow["parameters"]): CommandDeviceRow["parameters"] {
  if (name !== "update_time_of_use" || !Array.isArray(parameters.day_profile)) return parameters;
  const day_profile = (parameters.day_profile as DayProfile[]).map(({ name, tariff_slabs }) => ({
    name,
    tariff_slabs: tariff_slabs.map(({ start }) => start.slice(0, 5)),
  }));
  return { ...parameters, day_profile };
}

/** VISL read on demand: the meter's own word, as far as METER_VISUALS can hold it. */
function ofReadVisuals(result: unknown): UdilRow {
  const { table, rows } = (result ?? {}) as { table?: string; rows?: readonly UdilRow[] };
  if (table !== "VISL" || !rows?.[0]) return {};
  return Object.fromEntries(Object.entries(rows[0]).filter(([name, value]) => isVisual(name, value)));
}

/** A date alone is its midnight; undefined for a day that no calendar has, which parameters of a command may name. */
function instantOf(text: string, timezone: string): number | undefined {
  try {
    const read = parseTimestamp(text.length === dateLength ? `${text}T00:00` : text);
    return "instant" in read ? read.instant : instantIn(timezone, read.clock);
  } catch (error) {
    if (!(error instanceof TimestampError)) throw error;
    return undefined;
  }
}

const dateLength = "2026-07-01".length;
