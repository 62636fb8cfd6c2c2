/** What commands tell of the newest state of their meters: the last one given, and the parameters it set. */
import { scale } from "@anymeter/sans-io";
import type { UdilRow } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../commands/command-rows.ts";
import { type VisualUpdate, visualFields } from "../../readings/profile-rows/meter-visuals.ts";
import { instantIn, parseTimestamp } from "../../readings/timestamp.ts";
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
function parametersOf({ name, parameters, result, statusAt, updatedAt }: CommandDeviceRow, timezone: string): UdilRow {
  const at = statusAt[4] ?? updatedAt;
  if (name === "on_demand_read") return ofReadVisuals(result);
  const code = codes[name];
  if (code === undefined) return {};
  const found: Record<string, string | number> = {};
  const set = (field: string, value: unknown) => {
    const kind = visualFields.get(field)?.kind;
    if (kind === undefined || value === undefined || value === null) return;
    if (kind === "datetime") found[field] = typeof value === "number" ? value : instantOf(String(value), timezone);
    else if (kind === "integer") found[field] = Number(value);
    else if (kind === "decimal") found[field] = scale(String(value), 0);
    else found[field] = typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  for (const [parameter, value] of Object.entries(inUdil(name, parameters))) {
    set(`${code}_${parameter}`, value);
    // Columns of no group: mdi_reset_date and the like.
    if (!visualFields.has(`${code}_${parameter}`)) set(parameter, value);
  }
  if (name === "aux_relay_operations") set("auxr_status", parameters.relay_operate);
  if (name === "time_synchronization") set("dvtm_meter_clock", at);
  if (name === "device_creation") set("msim_id", parameters.sim_id);
  set(`${code}_datetime`, at);
  return found;
}

/** Slabs of a day are the times at which they begin: the nth one is tariff n. */
function inUdil(name: CommandName, parameters: CommandDeviceRow["parameters"]): CommandDeviceRow["parameters"] {
  if (name !== "update_time_of_use" || !Array.isArray(parameters.day_profile)) return parameters;
  type Day = { readonly name: string; readonly tariff_slabs: readonly { readonly start: string }[] };
  const day_profile = (parameters.day_profile as Day[]).map(({ name, tariff_slabs }) => ({
    name,
    tariff_slabs: tariff_slabs.map(({ start }) => start.slice(0, 5)),
  }));
  return { ...parameters, day_profile };
}

/** VISL read on demand: the meter's own word. */
function ofReadVisuals(result: unknown): UdilRow {
  const { table, rows } = (result ?? {}) as { table?: string; rows?: readonly UdilRow[] };
  if (table !== "VISL" || !rows?.[0]) return {};
  return Object.fromEntries(Object.entries(rows[0]).filter(([name]) => visualFields.has(name)));
}

function instantOf(text: string, timezone: string): number {
  const read = parseTimestamp(text);
  return "instant" in read ? read.instant : instantIn(timezone, read.clock);
}
