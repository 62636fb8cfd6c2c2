/** Values of rows as readings, from text to text: no number is made of them. */
import { scale } from "@anymeter/sans-io";
import type { UdilRow } from "@anymeter/udil";
import { storedValue } from "../../../head-end/drivers/stored-values.ts";
import type { ReadingRows } from "../../../readings/reading-rows.ts";
import type { ReadingWriter } from "../../../readings/reading-writer.ts";
import type { KnownMeter } from "./meter-directory.ts";
import type { SeriesPlan } from "./series-plans.ts";

export interface RowOfMeter {
  readonly meter: KnownMeter;
  /** Milliseconds UTC. */
  readonly at: number;
  readonly fields: UdilRow;
}

/** Readings of one call to the store. */
const readingsPerWrite = 100_000;

/** Resolves with their number when they are durable. Values of more than 12 digits before the point are no readings. */
export async function storeReadings(
  writer: Pick<ReadingWriter, "beginRows" | "writeRows">,
  organizationNumber: number,
  table: keyof SeriesPlan,
  rows: readonly RowOfMeter[],
): Promise<number> {
  const writes: Promise<unknown>[] = [];
  let count = 0;
  for (let first = 0; first < rows.length; ) {
    let capacity = 0;
    let end = first;
    for (; end < rows.length && capacity < readingsPerWrite; end++) capacity += rows[end]!.meter.plan[table].length;
    if (capacity > 0) {
      const readings = await writer.beginRows(capacity);
      for (let index = first; index < end; index++) addReadings(readings, organizationNumber, table, rows[index]!);
      count += readings.count;
      if (readings.count > 0) writes.push(writer.writeRows(readings));
    }
    first = end;
  }
  await Promise.all(writes);
  return count;
}

/** `organization⇥device⇥series⇥` of the reading at hand, and its value: written over and over. */
const prefixBytes = Buffer.alloc(40);
const valueBytes = Buffer.alloc(32);

function addReadings(
  readings: ReadingRows,
  organizationNumber: number,
  table: keyof SeriesPlan,
  { meter, at, fields }: RowOfMeter,
): void {
  const { number, plan } = meter;
  const meterLength = prefixBytes.write(`${organizationNumber}\t${number}\t`, 0, "latin1");
  for (const { field, seriesNumber, shift } of plan[table]) {
    const value = fields[field];
    if (value === undefined) continue;
    const text = typeof value === "string" && shift === 0 && isPlain(value) ? value : shifted(String(value), shift);
    if (text === undefined) continue;
    const length = meterLength + prefixBytes.write(`${seriesNumber}\t`, meterLength, "latin1");
    readings.add(prefixBytes.subarray(0, length), at, valueBytes, 0, valueBytes.write(text, 0, "latin1"));
  }
}

/** Decimals of UDIL have three digits after the point: those that are short enough are readings as they are. */
function isPlain(text: string): boolean {
  const point = text.length - 4;
  return text.length <= 12
    ? !text.includes(".") || text.indexOf(".") >= text.length - 7
    : text.charAt(point) === "." && point <= 12;
}

function shifted(text: string, shift: number): string | undefined {
  return storedValue(shift === 0 ? text : scale(text, shift));
}
