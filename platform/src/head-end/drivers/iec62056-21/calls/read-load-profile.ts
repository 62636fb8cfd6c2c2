/** `read_load_profile` and `read_load_profile_by_offset_seconds`: rows of a load profile become readings. */
import { decimalOf, type ProfileRow, statusBitsOf } from "@anymeter/iec62056-21";
import type { ProfileRow as UdilProfileRow } from "../../../../readings/profile-rows/profile-row.ts";
import type { Iec62056Arguments } from "../../../../registry/protocols/iec62056-21.ts";
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { CallOutcome } from "../../driver.ts";
import { newestCredible, offsetBegin } from "../../gap-filling.ts";
import { instantOf } from "../../instants.ts";
import { ReadingCollector, storeReadings } from "../../meter-values.ts";
import { storeEvents } from "../../stores.ts";
import { hasRows, storeRows } from "../../udil-rows.ts";
import type { Iec62056Context } from "../iec62056-21-driver.ts";
import { LoadProfileReader, type TimedRow } from "../load-profile-reader.ts";
import { eventRowsOf, eventsOf } from "../profile-events.ts";
import { loadProfileRows } from "../profile-rows.ts";
import { programming } from "../programming.ts";
import { namesOf } from "../series-names.ts";

/** Without `start_date` the rows after the last stored one: a gap is filled whatever made it. */
export async function readLoadProfile(context: Iec62056Context): Promise<StartedCall> {
  const { address, start_date, end_date } = context.call.kwargs as Iec62056Arguments<"read_load_profile">;
  const start = instantOf(start_date, context.zone);
  return await readRange(context, address, (last) => start ?? last, instantOf(end_date, context.zone));
}

/**
 * The last so many seconds before the task was due: the offset grows by the delay of the run. Reaches further back when
 * rows since the last stored one are missing.
 */
export async function readLoadProfileByOffset(context: Iec62056Context): Promise<StartedCall> {
  const { address, offset_seconds } = context.call.kwargs as Iec62056Arguments<"read_load_profile_by_offset_seconds">;
  const start = offsetBegin(context, offset_seconds);
  return await readRange(context, address, (last) => Math.min(start, last ?? start), undefined);
}

async function readRange(
  context: Iec62056Context,
  address = defaultAddress,
  startAfter: (last: number | undefined) => number | undefined,
  to: number | undefined,
): Promise<StartedCall> {
  await programming(context);
  const reader = new LoadProfileReader(context, address);
  const remembered = await reader.recall();
  const account = new ProfileAccount(context);
  const fed = remembered ? account.seriesFedBy(remembered.layout.columns) : [];
  const isKnown = fed.length > 0 && fed.every((series) => remembered!.series.includes(series));
  const last = isKnown ? remembered!.readUntil : undefined;
  const from = startAfter(last);
  // A range that begins later than the last stored row leaves a gap, which the next contact must still find.
  const leavesGap = remembered?.readUntil !== undefined && from !== undefined && (last === undefined || from > last);
  const writes: Promise<void>[] = [];
  try {
    for await (const { rows, problems } of reader.rows(from, to)) {
      const series = account.seriesFedBy(reader.layout?.columns ?? []);
      if (reader.layout && series.length === 0) throw new RunFailure("invalid_call", nothingToStore(reader));
      const write = account
        .store(
          rows,
          problems.map(({ message }) => message),
        )
        .then(async () => {
          const instants = rows.map(({ instant }) => instant);
          const newest = newestCredible(instants, context.clock.now());
          if (newest !== undefined && !leavesGap) {
            await context.profiles.advance(context.device.id, address, newest, series);
          }
        });
      // Reported with the outcome; until then nobody listens.
      write.catch(() => {});
      writes.push(write);
    }
  } catch (error) {
    // What was read before the line broke is kept.
    await Promise.allSettled(writes);
    if (error instanceof RunFailure && writes.length > 0) context.call.fail(error, account.outcome());
    throw error;
  }
  return { outcome: Promise.all(writes).then(() => account.outcome()) };
}

function nothingToStore({ address, layout }: LoadProfileReader): string {
  const columns = layout!.columns.map((column) => column.address).join(", ");
  return `No column of ${address} is a series of the meter's config. Its columns are ${columns}.`;
}

/** What became of the rows of one call. */
class ProfileAccount {
  readonly #context: Iec62056Context;
  readonly #collector: ReadingCollector;
  /** Rows by what their status says. */
  readonly #statuses = new Map<string, number>();
  readonly #problems: string[] = [];
  #rows = 0;
  #stored = 0;
  #events = 0;

  constructor(context: Iec62056Context) {
    this.#context = context;
    this.#collector = new ReadingCollector(context.device);
  }

  /** Numbers of the series that columns feed. */
  seriesFedBy(columns: readonly { readonly address: string }[]): readonly number[] {
    const { settings, device } = this.#context;
    const series = columns.map(({ address }) =>
      namesOf(address, settings)
        .map((name) => device.series.get(name))
        .find(Boolean),
    );
    return [...new Set(series.flatMap((found) => found?.number ?? []))];
  }

  /** Resolves when readings and events are durable. @throws RunFailure `not_stored` */
  async store(rows: readonly TimedRow[], problems: readonly string[]): Promise<void> {
    this.#problems.push(...problems);
    this.#rows += rows.length;
    for (const { row, instant } of rows) this.#collect(row, instant);
    const collected = this.#collector.take();
    const { device, clock, profileRows } = this.#context;
    const readAt = clock.now();
    const udilRows = hasRows(device)
      ? [...loadProfileRows(rows, device, readAt), ...(await this.#eventRows(rows, readAt))]
      : [];
    await Promise.all([storeReadings(this.#context.readings, collected), storeRows(profileRows, udilRows)]);
    this.#stored += collected.length;
    const events = rows.flatMap((row) => eventsOf(row, this.#context.device));
    await storeEvents(this.#context.events, events);
    this.#events += events.length;
  }

  /** A profile tells of an event at the end of the interval in which it happened. */
  async #eventRows(rows: readonly TimedRow[], readAt: number): Promise<readonly UdilProfileRow[]> {
    const { device, derivedEvents } = this.#context;
    const events = rows.flatMap((row) => eventRowsOf(row, device, readAt));
    const minutes = Math.max(0, ...rows.map(({ row }) => row.header.interval));
    return derivedEvents ? await derivedEvents.settled(device, events, minutes * 60_000) : events;
  }

  outcome(): CallOutcome {
    const told = [...this.#statuses].map(([status, count]) => `${count} rows: ${status}.`);
    const [problem] = this.#problems;
    const damaged = problem ? [`${this.#problems.length} parts of the profile are left out: ${problem}`] : [];
    return {
      rowsRead: this.#rows,
      readingsStored: this.#stored,
      notes: [...this.#collector.notes, ...told, ...damaged],
      ...(this.#events > 0 && { result: { events: this.#events } }),
    };
  }

  #collect({ header, values }: ProfileRow, timestamp: number): void {
    const status = statusBitsOf(header.status)
      .map(({ meaning }) => meaning)
      .join("; ");
    if (status !== "") this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    for (const [index, { value, unit }] of values.entries()) {
      const column = header.columns[index]!;
      const decimal = decimalOf(value);
      if (decimal === undefined) continue;
      const names = namesOf(column.address, this.#context.settings);
      this.#collector.add({ names, value: decimal, unit: unit ?? column.unit ?? null, timestamp });
    }
  }
}

const defaultAddress = "P.01";
