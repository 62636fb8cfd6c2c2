/** Columns in the order in which `ReadingRows` writes them. */
export const readingColumns = [
  "organization_number",
  "device_number",
  "series_number",
  "timestamp",
  "value",
  "id",
  "created_at",
] as const;

/** Where readings belong, as the columns write it: `organization⇥device⇥series⇥`. Made once per pair of names. */
export type SeriesPrefix = Uint8Array;

export function seriesPrefix(organizationNumber: number, deviceNumber: number, seriesNumber: number): SeriesPrefix {
  return Buffer.from(`${organizationNumber}\t${deviceNumber}\t${seriesNumber}\t`);
}

/** Longest row: three numbers of 10 digits, a timestamp of 23, a value of 20, an id and a version of 16 digits, 7 separators. */
const longestRow = 128;
const tab = 0x09;
const zero = 0x30;

/**
 * Readings as TabSeparated bytes, ready for the columnar store. Text, not RowBinary: chDB takes no binary rows in a
 * statement, and it parses this text at more than a million rows a second while the event loop is free.
 */
export class ReadingRows {
  readonly firstId: number;
  /** Microseconds since 1970. */
  readonly version: number;
  readonly #bytes: Buffer;
  readonly #versionText: Uint8Array;
  #length = 0;
  #count = 0;
  #nextId: number;

  /**
   * @param capacity rows that fit
   * @param firstId id of the first row; the others count up from it
   * @param version microseconds since 1970; of rows for the same reading the greatest wins, the later of equal ones
   */
  constructor(capacity: number, firstId: number, version: number) {
    this.#bytes = Buffer.allocUnsafe(capacity * longestRow);
    this.#nextId = firstId;
    this.firstId = firstId;
    this.version = version;
    this.#versionText = Buffer.from(`\t${version}\n`);
  }

  get count(): number {
    return this.#count;
  }

  /** The bytes of the rows; copied when they fill only a part of the buffer, which would otherwise wait in memory with them. */
  compactBytes(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    return this.#length * 4 < this.#bytes.length ? Buffer.from(bytes) : bytes;
  }

  /** Adds a reading whose value is the plain digits in `source` from `start` to `end`, checked by the caller. */
  add(prefix: SeriesPrefix, timestamp: number, source: Uint8Array, start: number, end: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let index = 0; index < prefix.length; index++) bytes[at++] = prefix[index]!;
    at = writeTimestamp(bytes, at, timestamp);
    bytes[at++] = tab;
    for (let index = start; index < end; index++) bytes[at++] = source[index]!;
    bytes[at++] = tab;
    at = writeInteger(bytes, at, this.#nextId++);
    const version = this.#versionText;
    for (let index = 0; index < version.length; index++) bytes[at++] = version[index]!;
    this.#length = at;
    this.#count++;
  }
}

/**
 * The engine takes digits for milliseconds only when the number is too great for seconds, so digits are written from
 * 2001 on (13 of them, until 2286), and any other instant as date and time.
 */
const [shortestDigits, longestDigits] = [1e12, 1e13];

function writeTimestamp(bytes: Buffer, at: number, timestamp: number): number {
  if (timestamp >= shortestDigits && timestamp < longestDigits) return writeInteger(bytes, at, timestamp);
  const text = new Date(timestamp).toISOString();
  return at + bytes.write(`${text.slice(0, 10)} ${text.slice(11, 23)}`, at, "latin1");
}

/** Writes a non-negative integer below 2^53. */
function writeInteger(bytes: Buffer, at: number, value: number): number {
  if (value < 1e8) return writeSmall(bytes, at, value, digitsOf(value));
  const high = Math.floor(value / 1e8);
  const end = writeInteger(bytes, at, high);
  return writeSmall(bytes, end, value - high * 1e8, 8);
}

/** Writes `digits` digits of an integer below 2^31, in 32-bit arithmetic. */
function writeSmall(bytes: Buffer, at: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let index = at + digits - 1; index >= at; index--) {
    const tenth = (rest / 10) | 0;
    bytes[index] = zero + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

function digitsOf(value: number): number {
  if (value < 1e4) return value < 1e2 ? (value < 1e1 ? 1 : 2) : value < 1e3 ? 3 : 4;
  return value < 1e6 ? (value < 1e5 ? 5 : 6) : value < 1e7 ? 7 : 8;
}
