/** Readings of several series at one time of a device, as rows of profiles have them: the engine divides them (migration 0004). */
import { instantLimits } from "./timestamp.ts";

/** Columns in the order in which `WideReadings` writes them. */
export const wideColumns = [
  "organization_number",
  "device_number",
  "timestamp",
  "series",
  "row_values",
  "first_id",
  "created_at",
] as const;

interface WideRow {
  readonly deviceNumber: number;
  readonly time: string;
  readonly values: string;
}

/** Rows of the same series of one organization. */
export class WideReadings {
  readonly #organizationNumber: number;
  readonly #seriesNumbers: readonly number[];
  readonly #rows: WideRow[] = [];

  /** @param seriesNumbers in the order in which each row has its values */
  constructor(organizationNumber: number, seriesNumbers: readonly number[]) {
    this.#organizationNumber = organizationNumber;
    this.#seriesNumbers = seriesNumbers;
  }

  /** Readings at most: a row may lack values. */
  get capacity(): number {
    return this.#rows.length * this.#seriesNumbers.length;
  }

  /**
   * @param timestamp milliseconds since 1970, UTC
   * @param values plain digits as `parseDecimal` gives them, checked by the caller; undefined = none
   * @throws RangeError when the timestamp is out of range
   */
  add(deviceNumber: number, timestamp: number, values: readonly (string | undefined)[]): void {
    let list = "";
    for (const value of values) list += list === "" ? (value ?? "NULL") : `,${value ?? "NULL"}`;
    this.#rows.push({ deviceNumber, time: engineTime(timestamp), values: list });
  }

  /**
   * The rows as the columnar store takes them (TabSeparated).
   * @param firstId of as many ids as `capacity` says
   * @param version microseconds since 1970: of rows for the same reading the greatest wins
   */
  bytes(firstId: number, version: number): Uint8Array {
    const series = `[${this.#seriesNumbers.join(",")}]`;
    let text = "";
    let id = firstId;
    for (const { deviceNumber, time, values } of this.#rows) {
      text += `${this.#organizationNumber}\t${deviceNumber}\t${time}\t${series}\t[${values}]\t${id}\t${version}\n`;
      id += this.#seriesNumbers.length;
    }
    return Buffer.from(text);
  }
}

/** Digits are milliseconds to the engine from 2001 on, while they are too great for seconds. */
function engineTime(milliseconds: number): string {
  if (milliseconds >= 1e12 && milliseconds < 1e13) return String(milliseconds);
  if (!(milliseconds >= instantLimits.earliest && milliseconds <= instantLimits.latest)) {
    throw new RangeError(`timestamp ${milliseconds} is outside 1900-01-01 … 2299-12-31`);
  }
  return new Date(milliseconds).toISOString().slice(0, 23).replace("T", " ");
}
