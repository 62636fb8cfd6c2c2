/** The MDC's tables in memory: rows in the order of db_datetime, for so many days. */
import type { UdilTable } from "@anymeter/udil";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import type { KeptRow } from "./kept-row.ts";

export interface RowQuery {
  readonly meters: ReadonlySet<VendorMeter>;
  /** Both inclusive, milliseconds UTC, true time as the MDC's tables have it; absent = open. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Which time they are of. */
  readonly by: "db_datetime" | "meter_datetime";
}

export class TableStore {
  readonly #tables = new Map<UdilTable, KeptRow[]>();

  /** A row with db_datetime; one that is stamped earlier than others takes its place among them. */
  add(row: KeptRow): void {
    const rows = this.#rows(row.table);
    const last = rows.at(-1);
    if (last === undefined || last.storedAt! <= row.storedAt!) rows.push(row);
    else rows.splice(firstFrom(rows, row.storedAt! + 1), 0, row);
  }

  /** Rows in the order of db_datetime. */
  select(table: UdilTable, { meters, from, to, by }: RowQuery): KeptRow[] {
    const rows = this.#rows(table);
    const selected: KeptRow[] = [];
    const least = from ?? Number.NEGATIVE_INFINITY;
    const most = to ?? Number.POSITIVE_INFINITY;
    for (let index = by === "db_datetime" ? firstFrom(rows, least) : 0; index < rows.length; index++) {
      const row = rows[index]!;
      const at = by === "db_datetime" ? row.storedAt! : row.at;
      if (at > most) {
        if (by === "db_datetime") break;
      } else if (at >= least && meters.has(row.meter)) selected.push(row);
    }
    return selected;
  }

  *rows(): Generator<KeptRow> {
    for (const rows of this.#tables.values()) yield* rows;
  }

  count(table: UdilTable): number {
    return this.#rows(table).length;
  }

  drop(table: UdilTable, dropped: ReadonlySet<KeptRow>): void {
    this.#tables.set(
      table,
      this.#rows(table).filter((row) => !dropped.has(row)),
    );
  }

  /** Forgets rows stored before an instant. */
  forgetBefore(instant: number): void {
    for (const rows of this.#tables.values()) rows.splice(0, firstFrom(rows, instant));
  }

  #rows(table: UdilTable): KeptRow[] {
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    const rows: KeptRow[] = [];
    this.#tables.set(table, rows);
    return rows;
  }
}

/** Index of the first row stored at an instant or later. */
function firstFrom(rows: readonly KeptRow[], instant: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.storedAt! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
