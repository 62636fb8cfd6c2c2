/** Reads a load profile in spans of bounded length, oldest first, so that a line that breaks leaves what was read before. */
import type { LoadProfile, ProfileRow } from "@anymeter/iec62056-21";
import { localMilliseconds, type ProtocolError } from "@anymeter/sans-io";
import type { RememberedProfile } from "../profile-memory.ts";
import type { Iec62056Context } from "./iec62056-21-driver.ts";
import { MeterTimes } from "./meter-times.ts";

/** What is remembered of a profile between contacts. */
export interface ProfileLayout {
  readonly columns: readonly { readonly address: string; readonly unit?: string }[];
  /** Minutes. */
  readonly interval: number;
}

/** A row, and the end of its interval in milliseconds UTC. */
export interface TimedRow {
  readonly row: ProfileRow;
  readonly instant: number;
}

export interface RowBatch {
  readonly rows: readonly TimedRow[];
  readonly problems: readonly ProtocolError[];
}

export class LoadProfileReader {
  readonly address: string;
  /** undefined until rows were read, now or before. */
  layout: ProfileLayout | undefined;
  readonly #context: Iec62056Context;
  readonly #times: MeterTimes;

  constructor(context: Iec62056Context, address: string) {
    this.#context = context;
    this.address = address;
    this.#times = new MeterTimes(context.zone, context.settings);
  }

  /** What is known of the profile from before. */
  async recall(): Promise<RememberedProfile<ProfileLayout> | undefined> {
    const { profiles, device } = this.#context;
    const remembered = await profiles.recall<ProfileLayout>(device.id, this.address);
    this.layout = remembered?.layout;
    return remembered;
  }

  /**
   * Rows in their order.
   * @param from milliseconds UTC, inclusive; undefined = everything the meter has
   * @param to inclusive; undefined = up to now, and what a fast clock recorded ahead of us
   */
  async *rows(from: number | undefined, to: number | undefined): AsyncGenerator<RowBatch> {
    const end = to ?? this.#context.clock.now() + dayMilliseconds;
    let start = from;
    do {
      const span = this.#context.limits.profileRowsPerRequest * (this.layout?.interval ?? usualInterval) * 60_000;
      const last = start === undefined ? end : Math.min(start + span, end);
      yield await this.#read(start, last, last === end && to === undefined);
      start = last + 1;
    } while (start <= end);
  }

  /** @param isOpen the meter is not told where to end: some refuse a limit that is still to come */
  async #read(from: number | undefined, to: number, isOpen: boolean): Promise<RowBatch> {
    const { client, request, settings } = this.#context;
    const { profile_command: command, profile_time_format: timeFormat } = settings;
    const profile = await request(
      client.readLoadProfile({
        ...{ address: this.address, command, timeFormat },
        ...(from !== undefined && { from: this.#limit(from, -hourMilliseconds) }),
        ...(!isOpen && { to: this.#limit(to, hourMilliseconds) }),
      }),
    );
    await this.#learn(profile);
    const rows = this.#timed(profile.rows).filter(({ instant }) => instant >= (from ?? instant) && instant <= to);
    return { rows, problems: profile.problems };
  }

  /** Without a season digit a limit in the hour that comes twice is two instants: the span is widened to both. */
  #limit(instant: number, widening: number) {
    const tellsSeason = this.#context.settings.profile_time_format.includes("s");
    const isAmbiguous =
      this.#context.zone.at(instant - hourMilliseconds) !== this.#context.zone.at(instant + hourMilliseconds);
    return this.#times.timeAt(tellsSeason || !isAmbiguous ? instant : instant + widening);
  }

  /** Rows follow their header by elapsed time, whatever clocks are put forward and back in between. */
  #timed(rows: readonly ProfileRow[]): readonly TimedRow[] {
    let newest = Number.NEGATIVE_INFINITY;
    let header: ProfileRow["header"] | undefined;
    let start = 0;
    return rows.map((row) => {
      if (row.header !== header) {
        header = row.header;
        const first = this.#times.instantOf(header.time);
        // Without a season, a header that does not go on from the row before is of the second pass of its hour.
        const isSecondPass = header.time.season === undefined && first <= newest;
        start = isSecondPass ? this.#times.instantOf({ ...header.time, season: "normal" }) : first;
      }
      const instant = start + localMilliseconds(row.time) - localMilliseconds(row.header.time);
      newest = Math.max(newest, instant);
      return { row, instant };
    });
  }

  async #learn({ rows }: LoadProfile): Promise<void> {
    const header = rows.at(-1)?.header;
    if (!header) return;
    const layout: ProfileLayout = { columns: header.columns, interval: header.interval };
    if (JSON.stringify(layout) === JSON.stringify(this.layout)) return;
    const { profiles, device, clock } = this.#context;
    await profiles.learnLayout(device.id, this.address, layout, clock.now());
    this.layout = layout;
  }
}

/** Minutes of an interval, until the meter has told. */
const usualInterval = 15;
const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;
