/** Rows as a block that the columnar store takes. */
import { threeDigits, type UdilField } from "@anymeter/udil";
import { type ColumnCells, NativeBlock, type NativeColumn } from "../../stores/columnar/native-block.ts";
import { instantLimits } from "../timestamp.ts";
import { type ProfileRow, type RowTable, rowTableCodes } from "./profile-row.ts";
import { type RowColumns, rowColumns } from "./row-columns.ts";
import { isStorableInteger, mostWholeDigits, storableDecimal } from "./storable-values.ts";

const readTime = "mdc_read_datetime";
const instantType = "DateTime64(3, 'UTC')";
const digitsAfter = 3;
const cellTypes: Readonly<Record<UdilField["kind"], string>> = {
  decimal: `Decimal(18, ${digitsAfter})`,
  integer: "Int32",
  digits: "Int64",
  datetime: instantType,
  text: "String",
};

/** Columns of the blocks of each table, their ids last. */
export const blockColumns = Object.fromEntries(rowTableCodes.map((table) => [table, columnsOf(table)])) as Readonly<
  Record<RowTable, readonly NativeColumn[]>
>;

function columnsOf(table: RowTable): readonly NativeColumn[] {
  const { time, discriminator, fields } = rowColumns[table];
  return [
    { name: "organization_number", type: "UInt32" },
    { name: "device_number", type: "UInt32" },
    { name: time, type: instantType },
    { name: "source", type: "UInt32" },
    ...(discriminator ? [{ name: discriminator, type: "Int32" }] : []),
    ...(time === readTime ? [] : [{ name: readTime, type: instantType }]),
    ...fields.map(({ model, kind }) => ({ name: model, type: `Nullable(${cellTypes[kind]})` })),
    { name: "id", type: "UInt64" },
  ];
}

/** Rows of one table on their way to the columnar store. */
export class RowBlock {
  readonly table: RowTable;
  readonly #block: NativeBlock;
  #rows = 0;

  /** @param capacity rows that fit */
  constructor(table: RowTable, capacity: number) {
    this.table = table;
    this.#block = new NativeBlock(blockColumns[table], capacity);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Rows that still fit. */
  get room(): number {
    return this.#block.capacity - this.#rows;
  }

  /** @throws RangeError naming the row and the field that cannot be stored; `truncate` then takes back what was written */
  add(rows: readonly ProfileRow[]): void {
    this.#fill(rows);
    this.#rows += rows.length;
  }

  /** Leaves the first `rows` rows. */
  truncate(rows: number): void {
    this.#block.clear(rows);
    this.#rows = rows;
  }

  /**
   * The rows as the columnar store takes them, with consecutive ids.
   * @param firstId microseconds since 1970
   */
  bytes(firstId: number): Uint8Array {
    const cells = this.#block.column(blockColumns[this.table].length - 1);
    for (let row = 0; row < this.#rows; row++) cells.setNumber64(row, firstId + row);
    return this.#block.bytes(this.#rows);
  }

  #fill(rows: readonly ProfileRow[]): void {
    const { time, discriminator, fields } = rowColumns[this.table];
    let column = 0;
    const next = (): Target => ({
      table: this.table,
      rows,
      cells: this.#block.column(column++),
      first: this.#rows,
    });
    fill(next(), "organizationNumber", (row) => row.organizationNumber, numberCell);
    fill(next(), "deviceNumber", (row) => row.deviceNumber, numberCell);
    fill(next(), "at", (row) => row.at, instantCell);
    fill(next(), "source", (row) => row.source, numberCell);
    if (discriminator) fill(next(), discriminator, discriminators[discriminator], integerCell);
    if (time !== readTime) fill(next(), "readAt", (row) => row.readAt, instantCell);
    for (const field of fields) fillField(next(), field);
  }
}

/** Where rows go. */
interface Target {
  readonly table: RowTable;
  readonly rows: readonly ProfileRow[];
  readonly cells: ColumnCells;
  /** Of the rows in the block. */
  readonly first: number;
}

/** Writes a cell; false = it cannot hold the value. */
type CellWriter = (cells: ColumnCells, row: number, value: string | number) => boolean;

function fill(
  { table, rows, cells, first }: Target,
  name: string,
  told: (row: ProfileRow) => string | number | undefined,
  write: CellWriter,
): void {
  for (let row = 0; row < rows.length; row++) {
    const value = told(rows[row]!);
    if (value === undefined || !write(cells, first + row, value)) refuse(table, row, name, value, whyNot.get(write)!);
  }
}

/** A value that is not known is not there. */
function fillField({ table, rows, cells, first }: Target, field: UdilField): void {
  const { model, kind } = field;
  const write = kind === "decimal" && field.rounding === "truncate" ? cutDecimalCell : writers[kind];
  for (let row = 0; row < rows.length; row++) {
    const { fields, interval } = rows[row]!;
    const value = model === "interval" ? (interval ?? fields.interval) : fields[model];
    if (value === undefined || value === "") continue;
    if (!write(cells, first + row, value)) refuse(table, row, model, value, whyNot.get(write)!);
  }
}

const numberCell: CellWriter = (cells, row, value) => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > largestNumber) return false;
  cells.setNumber32(row, value);
  return true;
};

const integerCell: CellWriter = (cells, row, value) => {
  const number = Number(value);
  if (value === "" || !isStorableInteger(number)) return false;
  cells.setNumber32(row, number);
  return true;
};

const instantCell: CellWriter = (cells, row, value) => {
  if (typeof value !== "number" || !Number.isInteger(value)) return false;
  if (value < instantLimits.earliest || value > instantLimits.latest) return false;
  cells.setNumber64(row, value);
  return true;
};

const decimalCell: CellWriter = (cells, row, value) => writeDecimal(cells, row, String(value), "half-up");
const cutDecimalCell: CellWriter = (cells, row, value) => writeDecimal(cells, row, String(value), "truncate");

function writeDecimal(cells: ColumnCells, row: number, text: string, rounding: "half-up" | "truncate"): boolean {
  if (cells.setDecimal(row, text, digitsAfter)) return true;
  return storableDecimal.test(text) && cells.setDecimal(row, threeDigits(text, rounding), digitsAfter);
}

const digitsCell: CellWriter = (cells, row, value) => cells.setDecimal(row, String(value), 0);

const textCell: CellWriter = (cells, row, value) => {
  cells.setText(row, String(value));
  return true;
};

const writers: Readonly<Record<UdilField["kind"], CellWriter>> = {
  decimal: decimalCell,
  integer: integerCell,
  digits: digitsCell,
  datetime: instantCell,
  text: textCell,
};

const discriminators: Readonly<
  Record<NonNullable<RowColumns["discriminator"]>, (row: ProfileRow) => string | number | undefined>
> = {
  channel_id: ({ channel, fields }) => channel ?? fields.channel_id ?? 0,
  event_code: ({ fields }) => fields.event_code,
};

const largestNumber = 2 ** 32 - 1;
const noDecimal = `is no decimal with at most ${mostWholeDigits} digits before the point`;
const whyNot: ReadonlyMap<CellWriter, string> = new Map([
  [numberCell, `is no integer from 0 to ${largestNumber}`],
  [integerCell, "is no integer of 32 bits"],
  [instantCell, "is outside 1900-01-01 … 2299-12-31"],
  [decimalCell, noDecimal],
  [cutDecimalCell, noDecimal],
  [digitsCell, "is no integer of 18 digits"],
]);

function refuse(table: RowTable, row: number, field: string, value: unknown, why: string): never {
  throw new RangeError(`${table} row ${row}: ${field} ${JSON.stringify(value)} ${why}`);
}
