/**
 * Rows that overlapping reads bring again. Tables of MDCs are only added to: a row of the same key and the same db_datetime
 * is the same row, and a corrected one has a later db_datetime. What is forgotten here is stored again, which changes nothing.
 */
import type { UdilRow } from "@anymeter/udil";

/** Keys of one table; beyond, they are forgotten. */
const mostKeys = 500_000;

export class RecentRows {
  #stamps = new Map<string, number>();

  /** Rows that were not there before; remembering them is for `keep`, when they are durable. */
  fresh(rows: readonly UdilRow[]): readonly UdilRow[] {
    if (this.#stamps.size === 0) return rows;
    return rows.filter((row) => row.db_datetime === undefined || this.#stamps.get(keyOf(row)) !== row.db_datetime);
  }

  keep(rows: readonly UdilRow[]): void {
    if (this.#stamps.size > mostKeys) this.#stamps = new Map();
    for (const row of rows) if (typeof row.db_datetime === "number") this.#stamps.set(keyOf(row), row.db_datetime);
  }

  /** What no overlapping read can bring any more. */
  forgetBefore(instant: number): void {
    for (const [key, stamp] of this.#stamps) if (stamp < instant) this.#stamps.delete(key);
  }
}

function keyOf({
  global_device_id,
  meter_datetime,
  event_datetime,
  mdc_read_datetime,
  channel_id,
  event_code,
}: UdilRow) {
  return `${global_device_id}\t${meter_datetime ?? event_datetime ?? mdc_read_datetime}\t${channel_id ?? event_code ?? ""}`;
}
