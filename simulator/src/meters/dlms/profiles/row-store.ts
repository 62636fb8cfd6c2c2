/** The buffer of a profile generic object (class 7), as its object and its selection see it. Times are of the meter's clock. */

export interface CaptureObject {
  readonly classId: number;
  readonly logicalName: string;
  readonly attribute: number;
}

export interface RowStore {
  readonly columns: readonly CaptureObject[];
  readonly sort: "fifo" | "lifo";
  /** Seconds; 0 when events fill it. */
  readonly capturePeriod: number;
  readonly capacity: number;
  /** True when rows leave out what the row above tells. */
  readonly compressed: boolean;
  /** Changes the capture period and empties the buffer; absent = the period cannot be changed. @returns whether it can be so */
  setCapturePeriod?(seconds: number): boolean;
  /** Empties the buffer; absent = it cannot be emptied. */
  clear?(): void;
  /** Oldest and newest time a row may have now, milliseconds UTC. */
  span(): { readonly oldest: number; readonly newest: number };
  /** Times of a UTC day's rows (days since 1970), oldest first. Rows outside of `span()` may be among them. */
  times(day: number): readonly number[];
  /** The same rows encoded: row i is `bytes[offsets[i] … offsets[i + 1]]`. */
  encoded(day: number): EncodedRows;
  /** One row that needs no row before it, with the columns of these indexes. `index` is of `times(day)`. */
  encodeAlone(day: number, index: number, columns: readonly number[]): Uint8Array;
}

export interface EncodedRows {
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

export const clockColumn: CaptureObject = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 };
