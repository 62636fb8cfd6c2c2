/** The newest value of everything a meter tells: METER_VISUALS, one narrow row for each meter and field. */
import { Readable } from "node:stream";
import { modelFields, threeDigits, type UdilField, type UdilRow } from "@anymeter/udil";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { GroupCommit } from "../../stores/columnar/group-commit.ts";
import { integer } from "../../stores/columnar/literals.ts";
import { selectRows } from "../../stores/columnar/row-queries.ts";
import { escaped } from "../../stores/columnar/tab-separated.ts";
import { storableDecimal } from "./storable-values.ts";

export interface VisualUpdate {
  readonly organizationNumber: number;
  readonly deviceNumber: number;
  /** When the values were those of the meter, milliseconds since 1970: an older update changes nothing. */
  readonly at: number;
  /** Changed columns of METER_VISUALS, by the names of UDIL's newest version. */
  readonly fields: UdilRow;
}

export interface MeterVisuals {
  /**
   * Resolves when the values are durable.
   * @throws RangeError naming the field that METER_VISUALS does not have, or whose value is none: then nothing is stored
   */
  update(updates: readonly VisualUpdate[]): Promise<void>;
  /** The newest values by the number of the meter, with `db_datetime`; of meters that have any. */
  read(organizationNumber: number, devices: readonly number[]): Promise<ReadonlyMap<number, UdilRow>>;
  close(): Promise<void>;
}

/** Fields by their model names that hold values of the meter: names are the registry's. */
export const visualFields: ReadonlyMap<string, UdilField> = new Map(
  modelFields.VISL.filter(({ model }) => !["msn", "global_device_id", "db_datetime"].includes(model)).map((field) => [
    field.model,
    field,
  ]),
);

/** Whether METER_VISUALS has the field and can hold the value. */
export function isVisual(name: string, value: unknown): value is string | number {
  const field = visualFields.get(name);
  if (field === undefined || (typeof value !== "string" && typeof value !== "number")) return false;
  return value === "" || textOf(field, value) !== undefined;
}

const writerLimits = {
  rowsPerInsert: 200_000,
  rowsInMemory: 600_000,
  rowsWorthAnInsert: 5_000,
  millisecondsBetweenInserts: 20,
  millisecondsToGather: 5,
} as const;

const rowsPerPart = 50_000;

/** Meters named in one statement. */
const devicesPerStatement = 10_000;

/** @param clock milliseconds since 1970 */
export function createMeterVisuals(
  columnar: Pick<ColumnarStore, "client">,
  clock: () => number = Date.now,
): MeterVisuals {
  const group = new GroupCommit({
    ...writerLimits,
    insert: async (bytes) => {
      const values = Readable.from(bytes, { objectMode: false });
      await columnar.client.insert({
        table: "meter_visuals",
        columns: insertedColumns,
        format: "TabSeparated",
        values,
      });
    },
  });
  return {
    update: async (updates) => {
      const now = clock();
      const writes: Promise<void>[] = [];
      for (const { text, rows } of updatesAsText(updates, now)) writes.push(group.add(Buffer.from(text), rows));
      await Promise.all(writes);
    },
    read: async (organizationNumber, devices) => {
      const found = new Map<number, Record<string, string | number>>();
      for (let first = 0; first < devices.length; first += devicesPerStatement) {
        const numbers = devices.slice(first, first + devicesPerStatement).map(integer);
        const rows = await selectRows<[number, string, string]>(
          columnar,
          `SELECT device_number, field, value FROM meter_visuals FINAL
           WHERE organization_number = ${integer(organizationNumber)} AND device_number IN (${numbers.join(", ")})`,
        );
        for (const [device, field, value] of rows) {
          const kind = field === "db_datetime" ? "datetime" : visualFields.get(field)?.kind;
          if (kind === undefined || value === "") continue;
          const visuals = found.get(device) ?? {};
          visuals[field] = kind === "datetime" || kind === "integer" ? Number(value) : value;
          found.set(device, visuals);
        }
      }
      return found;
    },
    close: () => group.close(),
  };
}

const insertedColumns: [string, ...string[]] = ["organization_number", "device_number", "field", "value", "value_at"];

interface RowText {
  readonly text: string;
  readonly rows: number;
}

/** Rows in parts that one insert takes, made before any is stored: a value that is none leaves nothing behind. */
function updatesAsText(updates: readonly VisualUpdate[], now: number): RowText[] {
  const parts: RowText[] = [];
  let text = "";
  let rows = 0;
  const storedAt = `db_datetime\t${now}\t${engineTime(now)}\n`;
  updates.forEach(({ organizationNumber, deviceNumber, at, fields }, index) => {
    const owner = `${integer(organizationNumber)}\t${integer(deviceNumber)}\t`;
    const end = `\t${engineTime(at)}\n`;
    const before = rows;
    for (const name in fields) {
      const value = fields[name];
      if (value === undefined) continue;
      text += `${owner}${name}\t${checkedText(name, value, index)}${end}`;
      rows++;
    }
    if (rows > before) {
      text += owner + storedAt;
      rows++;
    }
    if (rows >= rowsPerPart) {
      parts.push({ text, rows });
      text = "";
      rows = 0;
    }
  });
  if (rows > 0) parts.push({ text, rows });
  return parts;
}

/** @throws RangeError naming the field */
function checkedText(name: string, value: string | number, update: number): string {
  const field = visualFields.get(name);
  if (!field) throw new RangeError(`update ${update}: METER_VISUALS has no ${name}`);
  const text = value === "" ? "" : textOf(field, value);
  if (text === undefined)
    throw new RangeError(`update ${update}: ${name} ${JSON.stringify(value)} is no ${field.kind}`);
  return text;
}

/** The value as it is kept; undefined = it is none of its kind. Empty text takes a value away. */
function textOf({ kind, rounding }: UdilField, value: string | number): string | undefined {
  const text = String(value);
  switch (kind) {
    case "decimal":
      return storableDecimal.test(text) ? threeDigits(text, rounding ?? "half-up") : undefined;
    case "integer":
    case "datetime":
      return Number.isSafeInteger(Number(text)) ? text : undefined;
    case "digits":
      return /^\d+$/.test(text) ? text : undefined;
    case "text":
      return escaped(text);
  }
}

function engineTime(milliseconds: number): string | number {
  if (milliseconds >= 1e12 && milliseconds < 1e13) return milliseconds;
  return new Date(milliseconds).toISOString().replace("T", " ").slice(0, 23);
}
