/** Readings of several series at one time of a device, as rows of profiles have them. */
import { type ColumnCells, NativeBlock, type NativeColumn } from "../stores/columnar/native-block.ts";
import { valueDigits } from "./decimal.ts";
import { instantLimits } from "./timestamp.ts";

/** Columns of the blocks that `WideReadings` makes. */
export const wideColumns: readonly NativeColumn[] = [
  { name: "organization_number", type: "UInt32" },
  { name: "device_number", type: "UInt32" },
  { name: "series_number", type: "UInt32" },
  { name: "timestamp", type: "DateTime64(3, 'UTC')" },
  { name: "value", type: `Decimal(18, ${valueDigits.after})` },
  { name: "id", type: "UInt64" },
  { name: "created_at", type: "DateTime64(6, 'UTC')" },
];

type CellsOfReading = "organization" | "device" | "series" | "time" | "value" | "id" | "createdAt";

/** Rows of the same series of one organization. */
export class WideReadings {
  readonly #organizationNumber: number;
  readonly #seriesNumbers: readonly number[];
  readonly #block: NativeBlock;
  readonly #cells: Readonly<Record<CellsOfReading, ColumnCells>>;
  #count = 0;

  /**
   * @param seriesNumbers in the order in which each row has its values
   * @param rows that fit
   */
  constructor(organizationNumber: number, seriesNumbers: readonly number[], rows: number) {
    this.#organizationNumber = organizationNumber;
    this.#seriesNumbers = seriesNumbers;
    this.#block = new NativeBlock(wideColumns, rows * seriesNumbers.length);
    const [organization, device, series, time, value, id, createdAt] = wideColumns.map((_, index) =>
      this.#block.column(index),
    ) as [ColumnCells, ColumnCells, ColumnCells, ColumnCells, ColumnCells, ColumnCells, ColumnCells];
    this.#cells = { organization, device, series, time, value, id, createdAt };
  }

  /** Readings: a row may lack values. */
  get count(): number {
    return this.#count;
  }

  /** Rows that surely still fit. */
  get room(): number {
    return Math.floor((this.#block.capacity - this.#count) / this.#seriesNumbers.length);
  }

  /**
   * @param timestamp milliseconds since 1970, UTC
   * @param values plain digits as `parseDecimal` gives them; undefined = none
   * @throws RangeError when the timestamp or a value is out of range: then no reading of the row is added
   */
  add(deviceNumber: number, timestamp: number, values: readonly (string | undefined)[]): void {
    if (!(timestamp >= instantLimits.earliest && timestamp <= instantLimits.latest)) {
      throw new RangeError(`timestamp ${timestamp} is outside 1900-01-01 … 2299-12-31`);
    }
    const { device, series, time, value: decimal } = this.#cells;
    let count = this.#count;
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (value === undefined) continue;
      if (!decimal.setDecimal(count, value, valueDigits.after))
        throw new RangeError(`${value} is no value of a reading`);
      device.setNumber32(count, deviceNumber);
      series.setNumber32(count, this.#seriesNumbers[index]!);
      time.setNumber64(count, timestamp);
      count++;
    }
    this.#count = count;
  }

  /**
   * The readings as a block of `wideColumns`.
   * @param firstId of as many ids as `count` says
   * @param version microseconds since 1970: of rows for the same reading the greatest wins
   */
  bytes(firstId: number, version: number): Uint8Array {
    const { organization, id, createdAt } = this.#cells;
    for (let row = 0; row < this.#count; row++) {
      organization.setNumber32(row, this.#organizationNumber);
      id.setNumber64(row, firstId + row);
      createdAt.setNumber64(row, version);
    }
    return this.#block.bytes(this.#count);
  }
}
