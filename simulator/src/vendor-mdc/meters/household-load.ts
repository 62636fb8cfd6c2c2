/** What is in front of and behind one meter while its relay is closed. */
import { livingOffsetMinutes, minuteMilliseconds } from "../../calendar.ts";
import type { Interruption } from "../../supply/interruptions.ts";
import type { SupplyArea } from "../../supply/supply-area.ts";
import { type EnergyRegisters, type PhaseMeans, SupplyPoint } from "../../supply/supply-point.ts";

/**
 * The relay is not told to the feeder: voltages are those of a street in which every relay is closed. So a switch costs
 * nothing however many meters have one, and what flowed through the meter is counted by the meter itself.
 */
export class HouseholdLoad {
  readonly #supply: SupplyPoint;
  /** Loads follow the time of day of the place where shapes were drawn; people here get up by their own. */
  readonly #shift: number;

  /** `offsetMinutes`: how far east of UTC the customers live. */
  constructor(area: SupplyArea, service: number, offsetMinutes: number) {
    this.#supply = new SupplyPoint(area, service);
    this.#shift = (offsetMinutes - livingOffsetMinutes) * minuteMilliseconds;
  }

  get phases(): readonly [boolean, boolean, boolean] {
    return this.#supply.phases;
  }

  /** Whole watt hours and var hours that would have flowed with a closed relay. */
  energy(instant: number): EnergyRegisters {
    return this.#supply.registers(instant + this.#shift);
  }

  /** What flows through a closed relay now. */
  now(instant: number): PhaseMeans {
    return this.#supply.now(instant + this.#shift);
  }

  /** When the feeder was dead, within a span of time. */
  outages(from: number, to: number): Interruption[] {
    const outages = this.#supply.interruptions(from + this.#shift, to + this.#shift);
    return outages.map(({ from, to }) => ({ from: from - this.#shift, to: to - this.#shift }));
  }
}
