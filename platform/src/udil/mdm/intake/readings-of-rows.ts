/** Values of rows as readings, from text to text: no number is made of them. */
import { scale } from "@anymeter/sans-io";
import type { UdilRow } from "@anymeter/udil";
import { storedValue } from "../../../head-end/drivers/stored-values.ts";
import { WideReadings } from "../../../readings/wide-readings.ts";
import type { KnownMeter } from "./meter-directory.ts";
import type { FedSeries, SeriesPlan } from "./series-plans.ts";

export interface RowOfMeter {
  readonly meter: KnownMeter;
  /** Milliseconds UTC. */
  readonly at: number;
  readonly fields: UdilRow;
}

/** Rows of one statement. */
const rowsPerWrite = 20_000;

/** Values of more than 12 digits before the point are no readings. */
export function readingsOf(
  organizationNumber: number,
  table: keyof SeriesPlan,
  rows: readonly RowOfMeter[],
): WideReadings[] {
  const parts: WideReadings[] = [];
  for (const [plan, some] of Map.groupBy(rows, ({ meter }) => meter.plan[table])) {
    if (plan.length === 0) continue;
    const numbers = plan.map(({ seriesNumber }) => seriesNumber);
    for (let first = 0; first < some.length; first += rowsPerWrite) {
      const part = some.slice(first, first + rowsPerWrite);
      const readings = new WideReadings(organizationNumber, numbers, part.length);
      const values = new Array<string | undefined>(plan.length);
      for (const { meter, at, fields } of part) {
        for (let index = 0; index < plan.length; index++) values[index] = readingOf(plan[index]!, fields);
        readings.add(meter.number, at, values);
      }
      parts.push(readings);
    }
  }
  return parts;
}

function readingOf({ field, shift }: FedSeries, fields: UdilRow): string | undefined {
  const value = fields[field];
  if (value === undefined) return undefined;
  if (shift === 0 && typeof value === "string" && isPlain(value)) return value;
  return storedValue(shift === 0 ? String(value) : scale(String(value), shift));
}

/** Decimals of UDIL have three digits after the point: those that are short enough are readings as they are. */
function isPlain(text: string): boolean {
  const point = text.indexOf(".");
  return point < 0 ? text.length <= 12 : point <= 12 && text.length - point <= 7;
}
