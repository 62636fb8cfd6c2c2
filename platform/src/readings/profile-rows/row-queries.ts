import type { UdilField, UdilRow } from "@anymeter/udil";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { instant, integer } from "../../stores/columnar/literals.ts";
import { selectRows } from "../../stores/columnar/row-queries.ts";
import type { RowTable, StoredProfileRow } from "./profile-row.ts";
import { type RowColumns, rowColumns } from "./row-columns.ts";
import type { RowVisibility } from "./row-visibility.ts";

export interface RowSelection {
  readonly table: RowTable;
  readonly organizationNumber: number;
  /** Numbers of the meters; undefined = all of the organization. */
  readonly devices?: readonly number[] | undefined;
  /** First time of rows, milliseconds since 1970; it belongs to the selection, as `to` does. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly channel?: number | undefined;
  /** Fields wanted, by their model names; undefined = all. Times and `id` come in any case. */
  readonly fields?: readonly string[] | undefined;
  /** Rows at most. */
  readonly limit: number;
  /** Bytes of texts at most, of which some columns take any number; a row that has more comes alone. Undefined = any number. */
  readonly textBytes?: number | undefined;
  /** Goes on behind a row of the last page, in the order of meters and times. */
  readonly after?: RowPosition | undefined;
  /** Only rows with a greater id, in the order of ids. */
  readonly afterId?: number | undefined;
  /** Only rows whose `db_datetime`, in whole seconds, is not before this instant, in the order of ids. */
  readonly storedFrom?: number | undefined;
  /** … or not after it. */
  readonly storedTo?: number | undefined;
}

export interface PageOfProfileRows {
  readonly rows: readonly StoredProfileRow[];
  /** Rows may follow. */
  readonly more: boolean;
}

export interface RowPosition {
  readonly deviceNumber: number;
  /** Its time. */
  readonly at: number;
  /** Channel or event code; 0 in tables without. */
  readonly discriminator: number;
}

/**
 * All rows of a table are of one partition (migration 0003). The engine must be told, or FINAL opens every part, also those
 * whose ids were all seen before.
 */
export const onePartition = "do_not_merge_across_partitions_select_final = 1";

/** Meters named in one statement; more are asked for in turn. */
const devicesPerStatement = 10_000;

/**
 * Reads rows. Of a row stored again only the last version is there.
 *
 * Whoever keeps a place, by `afterId` or `storedFrom`, is shown rows only when nothing with a smaller id can follow
 * (row-visibility.ts): some seconds after they were stored.
 */
export class ProfileRowQueries {
  readonly #store: Pick<ColumnarStore, "client">;
  readonly #visibility: RowVisibility;
  readonly #clock: () => number;

  /** @param clock milliseconds since 1970 */
  constructor(store: Pick<ColumnarStore, "client">, visibility: RowVisibility, clock: () => number = Date.now) {
    this.#store = store;
    this.#visibility = visibility;
    this.#clock = clock;
  }

  /** All of a selection that is known to be short. */
  async rows(selection: Omit<RowSelection, "textBytes">): Promise<readonly StoredProfileRow[]> {
    return (await this.page(selection)).rows;
  }

  async page(selection: RowSelection): Promise<PageOfProfileRows> {
    const plan = planOf(selection);
    const { devices, textBytes } = selection;
    const conditions = this.#conditions(selection, plan);
    if (devices === undefined) return await this.#select(plan, conditions, selection.limit, textBytes);
    const groups = groupsOf(devices.filter((device) => device >= (selection.after?.deviceNumber ?? 0)));
    const found: StoredProfileRow[] = [];
    /** Of a group that goes on behind it nothing more is known. */
    let lastKnown = Number.POSITIVE_INFINITY;
    for (const group of groups) {
      // In the order of meters the next group comes behind this one; in the order of ids between.
      const limit = plan.byId ? selection.limit : selection.limit - found.length;
      const ofGroup = `device_number IN (${group.map(integer).join(", ")})`;
      const { rows, more } = await this.#select(plan, [...conditions, ofGroup], limit, textBytes);
      found.push(...rows);
      if (!more) continue;
      if (!plan.byId) return { rows: found, more };
      lastKnown = Math.min(lastKnown, rows.at(-1)!.id);
    }
    const more = lastKnown < Number.POSITIVE_INFINITY;
    if (!plan.byId || groups.length < 2) return { rows: found, more };
    const known = found.filter(({ id }) => id <= lastKnown).sort((a, b) => a.id - b.id);
    return { rows: known.slice(0, selection.limit), more: more || known.length > selection.limit };
  }

  /** The greatest id a reader who keeps its place is shown now. */
  settledId(): number {
    return Math.floor((this.#clock() - this.#visibility.settledMilliseconds) * 1000);
  }

  #conditions(selection: RowSelection, { columns, byId }: Plan): string[] {
    const { organizationNumber, from, to, channel, after, afterId, storedFrom, storedTo } = selection;
    const conditions = [`organization_number = ${integer(organizationNumber)}`];
    if (from !== undefined) conditions.push(`${columns.time} >= ${instant(from)}`);
    if (to !== undefined) conditions.push(`${columns.time} <= ${instant(to)}`);
    if (channel !== undefined) conditions.push(`channel_id = ${integer(channel)}`);
    if (after) conditions.push(behind(after, columns));
    if (afterId !== undefined) conditions.push(`id > ${integer(afterId)}`);
    if (storedFrom !== undefined) conditions.push(`id >= ${integer(wholeSecond(storedFrom) * 1000)}`);
    if (storedTo !== undefined) conditions.push(`id < ${integer((wholeSecond(storedTo) + 1000) * 1000)}`);
    if (byId) {
      const settled = this.settledId();
      // Of a second that is not over nothing is shown to who asks by seconds.
      const bySeconds = storedFrom !== undefined || storedTo !== undefined;
      conditions.push(`id <= ${integer(bySeconds ? wholeSecond(Math.floor(settled / 1000)) * 1000 - 1 : settled)}`);
    }
    return conditions;
  }

  async #select(
    plan: Plan,
    conditions: readonly string[],
    limit: number,
    textBytes: number | undefined,
  ): Promise<PageOfProfileRows> {
    const select = (expressions: readonly string[], most: number) =>
      selectRows<Cell[]>(
        this.#store,
        `SELECT ${expressions.join(", ")} FROM ${plan.columns.table} FINAL
         WHERE ${conditions.join(" AND ")} ORDER BY ${plan.order} LIMIT ${integer(most)}
         SETTINGS ${onePartition}, output_format_json_quote_decimals = 1, output_format_json_quote_64bit_integers = 0`,
      );
    const bounded = textBytes !== undefined && plan.texts.length > 0 && limit > 1;
    const fitting = bounded
      ? fittingRows(await select([`(${plan.texts.map(lengthOf).join(" + ")})`], limit), textBytes)
      : limit;
    const rows = await select(plan.expressions, fitting);
    return { rows: rows.map((cells) => storedRow(cells, plan)), more: rows.length === fitting };
  }
}

/** Where a reader of the order of meters and times goes on. */
export function positionOf(table: RowTable, { deviceNumber, fields }: StoredProfileRow): RowPosition {
  const { time, discriminator } = rowColumns[table];
  return { deviceNumber, at: fields[time] as number, discriminator: discriminator ? Number(fields[discriminator]) : 0 };
}

/** How many of the first rows have so many bytes together; one in any case. */
function fittingRows(lengths: readonly (readonly Cell[])[], bytes: number): number {
  let sum = 0;
  const first = lengths.findIndex(([length]) => {
    sum += Number(length);
    return sum > bytes;
  });
  return Math.max(1, first < 0 ? lengths.length : first);
}

type Cell = string | number | null;

interface Plan {
  readonly columns: RowColumns;
  /** SQL of each cell: device, source, id, then the fields by their names. */
  readonly expressions: readonly string[];
  readonly names: readonly string[];
  /** Which of the names hold integers too great for a number, kept as text. */
  readonly digits: readonly boolean[];
  /** Columns of text, of any length. */
  readonly texts: readonly string[];
  readonly byId: boolean;
  readonly order: string;
}

const leading = ["device_number", "source", "id"] as const;

function planOf({ table, fields: wanted, afterId, storedFrom, storedTo }: RowSelection): Plan {
  const columns = rowColumns[table];
  const { time, discriminator } = columns;
  const asked = wanted && new Set(wanted);
  const fields = columns.fields.filter(({ model }) => asked?.has(model) ?? true);
  const times = time === readTime ? [time] : [time, readTime];
  const byId = (afterId ?? storedFrom ?? storedTo) !== undefined;
  return {
    columns,
    expressions: [
      ...leading,
      ...times.map(milliseconds),
      ...(discriminator ? [discriminator] : []),
      ...fields.map(expressionOf),
    ],
    names: [...times, ...(discriminator ? [discriminator] : []), ...fields.map(({ model }) => model)],
    digits: [
      ...times.map(() => false),
      ...(discriminator ? [false] : []),
      ...fields.map(({ kind }) => kind === "digits"),
    ],
    texts: fields.flatMap(({ kind, model }) => (kind === "text" ? model : [])),
    byId,
    order: byId
      ? "id"
      : ["organization_number", "device_number", time, ...(discriminator ? [discriminator] : [])].join(),
  };
}

function expressionOf({ model, kind }: UdilField): string {
  return kind === "datetime" ? milliseconds(model) : model;
}

function lengthOf(column: string): string {
  return `length(ifNull(${column}, ''))`;
}

function milliseconds(column: string): string {
  return `toUnixTimestamp64Milli(${column})`;
}

function storedRow(cells: readonly Cell[], { names, digits }: Plan): StoredProfileRow {
  const id = Number(cells[2]);
  const fields: Record<string, string | number> = {};
  for (let index = 0; index < names.length; index++) {
    const cell = cells[index + leading.length];
    if (cell === null || cell === undefined) continue;
    fields[names[index]!] = digits[index] ? String(cell) : cell;
  }
  fields.db_datetime = storedAt(id);
  fields.id = String(id);
  return { deviceNumber: Number(cells[0]), source: Number(cells[1]), id, fields: fields as UdilRow };
}

/** `db_datetime`: whole seconds, milliseconds since 1970. */
export function storedAt(id: number): number {
  return wholeSecond(Math.floor(id / 1000));
}

function behind({ deviceNumber, at, discriminator }: RowPosition, columns: RowColumns): string {
  const key = ["device_number", columns.time];
  const place = [integer(deviceNumber), instant(at)];
  if (columns.discriminator) {
    key.push(columns.discriminator);
    place.push(`toInt32(${integer(discriminator)})`);
  }
  return `device_number >= ${integer(deviceNumber)} AND (${key.join(", ")}) > (${place.join(", ")})`;
}

function wholeSecond(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function groupsOf(devices: readonly number[]): number[][] {
  const sorted = [...new Set(devices)].sort((a, b) => a - b);
  return Array.from({ length: Math.ceil(sorted.length / devicesPerStatement) }, (_, index) =>
    sorted.slice(index * devicesPerStatement, (index + 1) * devicesPerStatement),
  );
}

const readTime = "mdc_read_datetime";
