/** Between a meter's local times and instants: by the season it tells, else by the rules of its zone. */
import { type MeterTime, meterTimeOf } from "@anymeter/iec62056-21";
import { localMilliseconds } from "@anymeter/sans-io";
import type { CompleteIec62056Settings } from "../../../registry/protocols/iec62056-21.ts";
import type { ZoneOffsets } from "../zone-offsets.ts";

export class MeterTimes {
  readonly #zone: ZoneOffsets;
  readonly #standardOnly: boolean;

  constructor(zone: ZoneOffsets, { clock }: Pick<CompleteIec62056Settings, "clock">) {
    this.#zone = zone;
    this.#standardOnly = clock === "standard-time-all-year";
  }

  /** Milliseconds UTC. A time without a season in the hour that comes twice is of the first pass. */
  instantOf(time: MeterTime): number {
    const local = localMilliseconds(time);
    if (time.season === "utc") return local;
    if (time.season === undefined && !this.#standardOnly) return this.#zone.instantOf(time);
    const daylightSaving = time.season === "daylight-saving" ? minutesOfDaylightSaving : 0;
    return local - (this.#standardOffset(time.year) + daylightSaving) * 60_000;
  }

  /** What the meter's clock shows at an instant, when it is right. */
  timeAt(instant: number): MeterTime {
    const standard = this.#standardOffset(new Date(instant).getUTCFullYear());
    const offset = this.#standardOnly ? standard : this.#zone.at(instant);
    return meterTimeOf(instant + offset * 60_000, offset > standard ? "daylight-saving" : "normal");
  }

  /** The instant among all a local time may mean that is nearest to another. */
  nearest(time: MeterTime, instant: number): number {
    const candidates = [time, { ...time, season: "normal" }, { ...time, season: "daylight-saving" }] as const;
    const possible = time.season || this.#standardOnly ? [time] : candidates;
    return possible
      .map((candidate) => this.instantOf(candidate))
      .reduce((one, other) => (Math.abs(other - instant) < Math.abs(one - instant) ? other : one));
  }

  /** Minutes east of UTC outside summer time, in either hemisphere. */
  #standardOffset(year: number): number {
    return Math.min(this.#zone.at(Date.UTC(year, 0, 1)), this.#zone.at(Date.UTC(year, 6, 1)));
  }
}

const minutesOfDaylightSaving = 60;
