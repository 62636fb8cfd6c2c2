/** What a meter knows of the world: its supply point, seen through its own clock. */
import type { SupplyPoint } from "../../supply/supply-point.ts";
import type { MeterClock } from "../meter-clock.ts";

export class Measurements {
  readonly supply: SupplyPoint;
  readonly clock: MeterClock;
  readonly #now: () => number;

  /** `now` is the true time, milliseconds UTC. */
  constructor(supply: SupplyPoint, clock: MeterClock, now: () => number) {
    this.supply = supply;
    this.clock = clock;
    this.#now = now;
  }

  /** True time. */
  now(): number {
    return this.#now();
  }

  /** What the meter's clock shows now, milliseconds UTC. */
  clockTime(): number {
    return this.clock.time(this.#now());
  }

  /** The true instant at which the meter's clock showed a time; undefined when it never did. */
  instantOf(time: number): number | undefined {
    return this.clock.instantOf(time);
  }

  /** Grows when the past changed, as when a joint is made to fail from an earlier date on. */
  get version(): number {
    return this.supply.version;
  }

  /** The first day (days since 1970) of the meter's clock that may have changed after a version; Infinity when none. */
  changedSince(version: number): number {
    // The clock's day may be the one before the true one.
    return this.supply.changedSince(version) - 1;
  }
}
