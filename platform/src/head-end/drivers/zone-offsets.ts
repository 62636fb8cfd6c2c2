import { type LocalDateTime, localDateTimeOf, localMilliseconds } from "@anymeter/sans-io";
import { Temporal } from "temporal-polyfill";
import { effectiveTimezone } from "../../registry/timezones.ts";

/**
 * Offsets of a time zone by local time, minutes east of UTC. A profile asks for thousands of neighbouring times, and no
 * zone changes its offset inside a quarter of an hour: one answer is kept for each quarter.
 */
export class ZoneOffsets {
  readonly #zone: string;
  readonly #known = new Map<number, number>();

  /** @param zone any name that is accepted for a meter, also one the runtime has forgotten */
  constructor(zone: string) {
    this.#zone = effectiveTimezone(zone);
  }

  /**
   * @param daylightSaving the clock status bit, which decides in the hour that comes twice; without it the first pass is
   *   meant
   */
  readonly atLocal = (local: LocalDateTime, daylightSaving: boolean | undefined): number => {
    const { year, month, day, hour, minute } = local;
    const quarter = Math.floor(Date.UTC(year, month - 1, day, hour, minute) / quarterMilliseconds);
    const key = quarter * 2 + (daylightSaving === false ? 1 : 0);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const offset = this.#compute(local, daylightSaving === false ? "later" : "earlier");
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(key, offset);
    return offset;
  };

  /** The offset at an instant, minutes east of UTC. */
  at(epochMilliseconds: number): number {
    const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(
      this.#zone,
    );
    return Math.round(offsetNanoseconds / nanosecondsPerMinute);
  }

  /** The instant of a local time in milliseconds UTC; a day, hour or minute past its range runs over into the next. */
  instantOf(local: LocalDateTime, daylightSaving?: boolean): number {
    return localMilliseconds(local) - this.atLocal(local, daylightSaving) * 60_000;
  }

  /** The instant of a local time given as if it were UTC. */
  instantOfWallClock(asUtc: number, daylightSaving?: boolean): number {
    return asUtc - this.atLocal(localDateTimeOf(asUtc), daylightSaving) * 60_000;
  }

  /** What a clock in the zone shows at an instant. */
  localAt(epochMilliseconds: number): LocalDateTime {
    return localDateTimeOf(epochMilliseconds + this.at(epochMilliseconds) * 60_000);
  }

  #compute({ year, month, day, hour, minute }: LocalDateTime, pass: "earlier" | "later"): number {
    const local = Temporal.PlainDateTime.from({ year, month, day }).add({ hours: hour, minutes: minute });
    const before = local.toZonedDateTime(this.#zone, { disambiguation: "earlier" });
    const after = local.toZonedDateTime(this.#zone, { disambiguation: "later" });
    const repeated = before.epochMilliseconds !== after.epochMilliseconds && before.toPlainDateTime().equals(local);
    // In the hour that does not exist the clock had not been put forward yet: the offset before the change.
    const found = repeated ? (pass === "earlier" ? before : after) : after;
    return Math.round((local.toZonedDateTime("UTC").epochMilliseconds - found.epochMilliseconds) / 60_000) || 0;
  }
}

const quarterMilliseconds = 15 * 60_000;
const nanosecondsPerMinute = 60e9;
/** Half a year of quarters. */
const mostKnown = 20_000;

const known = new Map<string, ZoneOffsets>();

/** The offsets of a zone, one object for all its meters. */
export function zoneOffsetsOf(zone: string): ZoneOffsets {
  const offsets = known.get(zone) ?? new ZoneOffsets(zone);
  known.set(zone, offsets);
  return offsets;
}
