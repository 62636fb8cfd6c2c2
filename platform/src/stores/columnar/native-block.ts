/**
 * Rows in the engine's Native format: column after column, as the engine itself keeps them, so that it has nothing to
 * parse. https://clickhouse.com/docs/interfaces/formats/Native
 *
 * Measured on two cores, µs of a core that the engine takes for a row as text and so: of 50 filled columns out of 90
 * 12 to 17 and 2.7, of readings 0.9 to 1.1 and 0.35.
 */

/** A column of rows: its name, and its type as SQL writes it. */
export interface NativeColumn {
  readonly name: string;
  /** UInt32, Int32, DateTime, UInt64, Int64, DateTime64, Decimal(10–18, …) or String; or Nullable of these. */
  readonly type: string;
}

/** Rows that are filled cell by cell, in any order. Cells that are left alone are NULL, zero, or empty text. */
export class NativeBlock {
  /** Rows that fit. */
  readonly capacity: number;
  readonly columns: readonly NativeColumn[];
  readonly #cells: readonly ColumnCells[];

  constructor(columns: readonly NativeColumn[], capacity: number) {
    this.capacity = capacity;
    this.columns = columns;
    this.#cells = columns.map(({ type }) => new ColumnCells(type, capacity));
  }

  /** @param index of the column in the order they were given */
  column(index: number): ColumnCells {
    return this.#cells[index]!;
  }

  /** The first `rows` rows as a block, in pieces that follow each other; several blocks after each other are rows too. */
  bytes(rows = this.capacity): Uint8Array[] {
    const begin = Buffer.from([...varint(this.columns.length), ...varint(rows)]);
    return [
      begin,
      ...this.columns.flatMap(({ name, type }, index) => [
        Buffer.concat([lengthAndText(name), lengthAndText(type)]),
        ...this.#cells[index]!.bytes(rows),
      ]),
    ];
  }
}

/** The cells of one column. */
export class ColumnCells {
  readonly #width: number;
  readonly #view: DataView;
  /** A byte for each row, 1 = NULL. */
  readonly #absent: Uint8Array | undefined;
  readonly #texts: string[] | undefined;

  /** @throws TypeError when rows are not made of such columns */
  constructor(type: string, capacity: number) {
    const nested = /^Nullable\((.+)\)$/.exec(type)?.[1];
    const width = widthOf(nested ?? type);
    this.#width = width ?? 0;
    this.#view = new DataView(new ArrayBuffer(this.#width * capacity));
    this.#absent = nested === undefined ? undefined : new Uint8Array(capacity).fill(1);
    this.#texts = width === undefined ? new Array<string>(capacity).fill("") : undefined;
  }

  /** @param value integer of 32 bits, with or without a sign */
  setNumber32(row: number, value: number): void {
    this.#view.setInt32(row * 4, value, true);
    this.#present(row);
  }

  /** @param value safe integer */
  setNumber64(row: number, value: number): void {
    // The low half as JavaScript's own remainder of 2^32, the high one rounded down: two's complement.
    this.#view.setInt32(row * 8, value, true);
    this.#view.setInt32(row * 8 + 4, Math.floor(value / 0x1_0000_0000), true);
    this.#present(row);
  }

  /**
   * Writes plain digits, with a sign and a point or without, exactly.
   *
   * @param scale digits of the column's type after the point
   * @returns false when the text is no such decimal, or has more digits than the column: then nothing is written
   */
  setDecimal(row: number, text: string, scale: number): boolean {
    const negative = text.charCodeAt(0) === minus;
    let digits = 0;
    let number = 0;
    let after = -1;
    for (let at = negative ? 1 : 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code >= zero && code <= nine) {
        number = number * 10 + code - zero;
        digits++;
        if (after >= 0) after++;
      } else if (code === dot && after < 0 && digits > 0) after = 0;
      else return false;
    }
    const fraction = Math.max(after, 0);
    if (digits === 0 || after === 0 || fraction > scale || digits - fraction > decimalDigits - scale) return false;
    const missing = scale - fraction;
    if (digits + missing <= exactDigits) this.setNumber64(row, (negative ? -number : number) * powersOfTen[missing]!);
    else this.#setBigInteger(row, BigInt(text.replace(".", "")) * BigInt(powersOfTen[missing]!));
    return true;
  }

  setText(row: number, value: string): void {
    this.#texts![row] = value;
    this.#present(row);
  }

  /** The first `rows` cells, in pieces that follow each other. */
  bytes(rows: number): Uint8Array[] {
    const values = this.#texts
      ? Buffer.concat(this.#texts.slice(0, rows).map(lengthAndText))
      : new Uint8Array(this.#view.buffer, 0, this.#width * rows);
    return this.#absent ? [this.#absent.subarray(0, rows), values] : [values];
  }

  #setBigInteger(row: number, value: bigint): void {
    this.#view.setBigInt64(row * 8, value, true);
    this.#present(row);
  }

  #present(row: number): void {
    if (this.#absent) this.#absent[row] = 0;
  }
}

/** @returns bytes of a cell; undefined = text, of any length */
function widthOf(type: string): 4 | 8 | undefined {
  if (/^(?:U?Int32|DateTime(?:\('[^']+'\))?)$/.test(type)) return 4;
  if (/^(?:U?Int64|DateTime64\(\d(?:, '[^']+')?\)|Decimal\(1[0-8], \d+\))$/.test(type)) return 8;
  if (type === "String") return undefined;
  throw new TypeError(`a block has no columns of type ${type}`);
}

function lengthAndText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(varint(bytes.length)), bytes]);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))];
}

/** Digits of a Decimal that is kept in 64 bits, and of a number that JavaScript counts exactly. */
const decimalDigits = 18;
const exactDigits = 15;
const powersOfTen = Array.from({ length: decimalDigits + 1 }, (_, power) => 10 ** power);
const [zero, nine, dot, minus] = [0x30, 0x39, 0x2e, 0x2d];
