/** Limits of a database as a converter takes them, and instants of its records: where summer time ends, both are in doubt. */
import { instantsOfNaive, lowerLimitAt, upperLimitAt } from "../naive-times.ts";
import type { ZoneOffsets } from "../zone-offsets.ts";

/**
 * Instants of times that go from the newest to the oldest. Nothing marks the pass of the hour that comes twice, but its
 * order does: each time is the latest instant before that of its predecessor.
 */
export class DescendingTimes {
  readonly #zone: ZoneOffsets;
  #before: number;

  /** @param newest no time is later than this, milliseconds UTC, where its hour comes twice */
  constructor(zone: ZoneOffsets, newest: number) {
    this.#zone = zone;
    this.#before = newest;
  }

  next(time: string): number {
    const instants = instantsOfNaive(time, this.#zone);
    const instant = instants.find((each) => each < this.#before) ?? instants.at(-1)!;
    this.#before = instant;
    return instant;
  }
}

/** The limits of a request as the converter compares them, by its naive times. */
export function limitsOf(
  { from, to }: { readonly from: number | undefined; readonly to: number | undefined },
  zone: ZoneOffsets,
): { readonly oldest?: string; readonly newest?: string } {
  return {
    ...(from !== undefined && { oldest: lowerLimitAt(from, zone) }),
    ...(to !== undefined && { newest: upperLimitAt(to, zone) }),
  };
}
