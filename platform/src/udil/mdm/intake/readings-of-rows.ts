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

/** Rows of one block; one that goes on gets ever longer blocks, which the engine takes faster than many short ones. */
const rowsPerBlock = 4_000;
const growth = 4;

/** Gathers readings of rows, by their plans. Values of more than 12 digits before the point are no readings. */
export class ReadingsOfRows {
  readonly #organizationNumber: number;
  readonly #byPlan = new Map<readonly FedSeries[], WideReadings[]>();

  constructor(organizationNumber: number) {
    this.#organizationNumber = organizationNumber;
  }

  all(): WideReadings[] {
    return [...this.#byPlan.values()].flat();
  }

  add(table: keyof SeriesPlan, rows: readonly RowOfMeter[]): void {
    for (const [plan, some] of Map.groupBy(rows, ({ meter }) => meter.plan[table])) {
      if (plan.length > 0) this.#addTo(plan, some);
    }
  }

  #addTo(plan: readonly FedSeries[], rows: readonly RowOfMeter[]): void {
    const blocks = this.#byPlan.get(plan) ?? [];
    this.#byPlan.set(plan, blocks);
    const values = new Array<string | undefined>(plan.length);
    for (let first = 0; first < rows.length; ) {
      let block = blocks.at(-1);
      if (block === undefined || block.room === 0) {
        const wanted = Math.max(rows.length - first, Math.ceil((block?.count ?? 0) / plan.length) * growth);
        const numbers = plan.map(({ seriesNumber }) => seriesNumber);
        block = new WideReadings(this.#organizationNumber, numbers, Math.min(wanted, rowsPerBlock));
        blocks.push(block);
      }
      const part = rows.slice(first, first + block.room);
      for (const { meter, at, fields } of part) {
        for (let index = 0; index < plan.length; index++) values[index] = readingOf(plan[index]!, fields);
        block.add(meter.number, at, values);
      }
      first += part.length;
    }
  }
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
