/** Rows on their way into the store, kept at hand for whoever asked for them: the result of a read on demand. */
import type { UdilRow } from "@anymeter/udil";
import type { ProfileRow, RowTable } from "../../readings/profile-rows/profile-row.ts";
import { rowColumns } from "../../readings/profile-rows/row-columns.ts";
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";

/** Rows of one result: a hundred days of quarter hours. What is more is stored and not shown. */
export const mostRowsShown = 10_000;
/** About as many characters of JSON has one result at most: so much a session keeps, and twice as much for a moment. */
export const mostCharactersShown = 8 * 1024 * 1024;

export class CollectedRows implements ProfileRowStore {
  readonly #store: ProfileRowStore;
  /** By time, and channel or event code: a row read twice is one row. */
  readonly #rows = new Map<string, ProfileRow>();
  #characters = 0;
  /** Rows that made room for newer ones, by their table. */
  readonly #dropped = new Map<RowTable, number>();

  constructor(store: ProfileRowStore) {
    this.#store = store;
  }

  async write(rows: readonly ProfileRow[]): Promise<void> {
    await this.#store.write(rows);
    for (const row of rows) {
      const key = `${row.table} ${row.at} ${row.channel ?? row.fields.event_code ?? ""}`;
      const before = this.#rows.get(key);
      this.#characters += charactersOf(row) - (before ? charactersOf(before) : 0);
      this.#rows.set(key, row);
      if (this.#rows.size > 2 * mostRowsShown || this.#characters > 2 * mostCharactersShown) this.#dropOldest();
    }
  }

  /** The rows of a table in the order of time, the newest when there are too many. */
  shown(table: RowTable): { readonly rows: readonly UdilRow[]; readonly left: number } {
    const all = this.of(table);
    const newest = all.slice(-newestWithin(all));
    const left = all.length - newest.length + (this.#dropped.get(table) ?? 0);
    return { rows: newest.map(shownRow), left };
  }

  /** In the order of time; of very many the newest. */
  of(table: RowTable): readonly ProfileRow[] {
    return [...this.#rows.values()]
      .filter((row) => row.table === table)
      .toSorted((one, other) => one.at - other.at || (one.channel ?? 0) - (other.channel ?? 0));
  }

  #dropOldest(): void {
    const ordered = [...this.#rows].toSorted(([, one], [, other]) => one.at - other.at);
    const kept = newestWithin(ordered.map(([, row]) => row));
    for (const [key, row] of ordered.slice(0, ordered.length - kept)) {
      this.#rows.delete(key);
      this.#characters -= charactersOf(row);
      this.#dropped.set(row.table, (this.#dropped.get(row.table) ?? 0) + 1);
    }
  }
}

/** How many of the last rows are within the limits; one always is. */
function newestWithin(rows: readonly ProfileRow[]): number {
  let characters = 0;
  for (let count = 0; count < Math.min(rows.length, mostRowsShown); count++) {
    characters += charactersOf(rows[rows.length - 1 - count]!);
    if (characters > mostCharactersShown) return Math.max(1, count);
  }
  return Math.min(rows.length, mostRowsShown);
}

/** Names, values and what stands between them. */
function charactersOf({ fields }: ProfileRow): number {
  let characters = beside;
  for (const name in fields) characters += name.length + String(fields[name as keyof typeof fields]).length + between;
  return characters;
}

const beside = 100;
const between = 6;

/** As UDIL has it, instants in milliseconds UTC. */
export function shownRow({ table, at, readAt, channel, interval, fields }: ProfileRow): UdilRow {
  return {
    ...(table === "LPRO" && { channel_id: channel ?? 0, ...(interval !== undefined && { interval }) }),
    ...fields,
    [rowColumns[table].time]: at,
    mdc_read_datetime: readAt,
  };
}
