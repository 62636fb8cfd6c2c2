/** Rows on their way into the store, kept at hand for whoever asked for them: the result of a read on demand. */
import type { UdilRow } from "@anymeter/udil";
import type { ProfileRow, RowTable } from "../../readings/profile-rows/profile-row.ts";
import { rowColumns } from "../../readings/profile-rows/row-columns.ts";
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";

/** Rows of one result: a hundred days of quarter hours. What is more is stored and not shown. */
export const mostRowsShown = 10_000;

export class CollectedRows implements ProfileRowStore {
  readonly #store: ProfileRowStore;
  /** By time, and channel or event code: a row read twice is one row. */
  readonly #rows = new Map<string, ProfileRow>();

  constructor(store: ProfileRowStore) {
    this.#store = store;
  }

  async write(rows: readonly ProfileRow[]): Promise<void> {
    await this.#store.write(rows);
    for (const row of rows) {
      this.#rows.set(`${row.table} ${row.at} ${row.channel ?? row.fields.event_code ?? ""}`, row);
    }
  }

  /** The rows of a table in the order of time, the newest when there are too many. */
  shown(table: RowTable): { readonly rows: readonly UdilRow[]; readonly left: number } {
    const all = this.of(table);
    return { rows: all.slice(-mostRowsShown).map(shownRow), left: Math.max(0, all.length - mostRowsShown) };
  }

  of(table: RowTable): readonly ProfileRow[] {
    return [...this.#rows.values()]
      .filter((row) => row.table === table)
      .toSorted((one, other) => one.at - other.at || (one.channel ?? 0) - (other.channel ?? 0));
  }
}

/** As UDIL has it, instants in milliseconds UTC. */
export function shownRow({ table, at, readAt, channel, interval, fields }: ProfileRow): UdilRow {
  return {
    ...(table === "LPRO" && { channel_id: channel ?? 0, ...(interval !== undefined && { interval }) }),
    ...fields,
    [rowColumns[table].time]: at,
    mdc_read_datetime: readAt,
  };
}
