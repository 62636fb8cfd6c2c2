/** Rows of an MDC with the meter and the time they are of, or why they have none. */
import { type UdilRow, writeResponse } from "@anymeter/udil";
import { instantLimits } from "../../../readings/timestamp.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { Refused } from "../set-aside/set-aside.ts";
import type { KnownMeter, MeterDirectory, MeterName } from "./meter-directory.ts";

/** By global device id. */
export type FoundMeters = Awaited<ReturnType<MeterDirectory["find"]>>;

/** A row with its meter and its time. */
export interface Placed {
  readonly meter: KnownMeter;
  readonly at: number;
  readonly fields: UdilRow;
}

export function* namesOf(rows: readonly UdilRow[]): Generator<MeterName> {
  for (const { global_device_id, msn } of rows) {
    if (global_device_id !== undefined)
      yield { globalDeviceId: String(global_device_id), msn: msn === undefined ? undefined : String(msn) };
  }
}

export function place(
  fields: UdilRow,
  table: PollableTable,
  known: FoundMeters,
): Placed | { readonly code: string; readonly reason: string } {
  const meter = known.get(String(fields.global_device_id));
  if (meter === undefined) return { code: "no_key", reason: "The row has no global_device_id." };
  if ("code" in meter) return meter;
  const time = timeOf(fields, table);
  if (typeof time !== "number") return { code: "no_key", reason: `The row has no ${timeColumns[table]}.` };
  if (time < instantLimits.earliest || time > instantLimits.latest)
    return { code: "out_of_range", reason: `${timeColumns[table]} is outside 1900-01-01 … 2299-12-31.` };
  return { meter, at: time, fields };
}

const timeColumns: Readonly<Record<PollableTable, string>> = {
  ...{ INST: "meter_datetime", BILL: "meter_datetime", MBIL: "meter_datetime", LPRO: "meter_datetime" },
  ...{ EVNT: "event_datetime", DCH: "mdc_read_datetime", VISL: "meter_datetime" },
};

/** METER_VISUALS of v1 has no time of its own. */
function timeOf(fields: UdilRow, table: PollableTable): UdilRow[string] {
  if (table !== "VISL") return fields[timeColumns[table]];
  return fields.db_datetime ?? fields.meter_datetime ?? fields.last_communication_datetime ?? 0;
}

/**
 * The row as its MDC would write it strictly, so that people, and a replay, can read it; but events keep the code they came
 * with, which a strict writer of v1 would make coarser.
 */
export function refusedRow(
  { version, zone, peerSwitches }: Mdc,
  table: PollableTable,
  row: UdilRow,
  { code, reason }: { readonly code: string; readonly reason: string },
): Refused {
  const bytes = writeResponse(
    { kind: "rows", status: 1, table, rows: [row], message: "" },
    { version, zone, format: "json", eventCounter: true, ...peerSwitches },
  );
  const { data } = JSON.parse(new TextDecoder().decode(bytes)) as { data: Record<string, string>[] };
  const asItCame = row.event_code === undefined ? {} : { event_code: String(row.event_code) };
  const told = Object.entries({ ...data[0], ...asItCame }).filter(([, value]) => value !== "");
  const globalDeviceId = row.global_device_id === undefined ? undefined : String(row.global_device_id);
  return { table, kind: "row", code, reason, globalDeviceId, raw: JSON.stringify(Object.fromEntries(told)) };
}
