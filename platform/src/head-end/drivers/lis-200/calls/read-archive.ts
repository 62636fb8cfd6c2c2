/**
 * `read_archive_by_date` and `read_archive_by_offset_seconds`: rows of ended measuring periods become readings, oldest to
 * newest; rows of anything else become events of the meter.
 */
import { decimalOf } from "@anymeter/iec62056-21";
import type { Lis200Arguments } from "../../../../registry/protocols/lis-200.ts";
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { CallOutcome } from "../../driver.ts";
import { newestCredible, offsetBegin } from "../../gap-filling.ts";
import { instantOf } from "../../instants.ts";
import { ReadingCollector, storeReadings } from "../../meter-values.ts";
import { storeEvents } from "../../stores.ts";
import { eventOf } from "../archive-events.ts";
import { ArchiveReader, type OpenArchive, type RowBatch } from "../archive-reader.ts";
import type { Lis200Context } from "../lis-200-driver.ts";
import type { TimedRow } from "../row-times.ts";
import { namesOfColumns } from "../series-names.ts";

/** From start_date to end_date, or to the newest row. */
export async function readArchiveByDate(context: Lis200Context): Promise<StartedCall> {
  const kwargs = context.call.kwargs as Lis200Arguments<"read_archive_by_date">;
  const start = "start_date" in kwargs ? kwargs.start_date : (kwargs as { readonly start_dat: string }).start_dat;
  const from = instantOf(start as string, context.zone)!;
  const to = instantOf(kwargs.end_date, context.zone);
  return await readRange(context, kwargs, () => from, to);
}

/**
 * The last so many seconds before the task was due: the offset grows by the delay of the run. Reaches further back when
 * rows since the last stored one are missing.
 */
export async function readArchiveByOffset(context: Lis200Context): Promise<StartedCall> {
  const kwargs = context.call.kwargs as Lis200Arguments<"read_archive_by_offset_seconds">;
  const start = offsetBegin(context, kwargs.offset_seconds);
  return await readRange(context, kwargs, (last) => Math.min(start, last ?? start), undefined);
}

interface ArchiveArguments {
  readonly archive_number: number | string;
  readonly control_position?: number | string;
}

async function readRange(
  context: Lis200Context,
  { archive_number, control_position = 3 }: ArchiveArguments,
  startAfter: (last: number | undefined) => number,
  to: number | undefined,
): Promise<StartedCall> {
  const archive = Number(archive_number);
  const reader = new ArchiveReader(context, archive, Number(control_position));
  const opened = await reader.open();
  const account = new Account(context, archive, opened);
  if (account.fedSeries().length === 0 && opened.remembered) await reader.relearn();
  const fed = account.fedSeries();
  if (fed.length === 0) throw new RunFailure("invalid_call", nothingToStore(archive, opened));
  const last = lastStored(opened, fed);
  const from = startAfter(last);
  const contiguous = opened.remembered?.readUntil === undefined || (last !== undefined && from <= last);
  const writes: Promise<void>[] = [];
  try {
    for await (const batch of reader.rows(from, to)) {
      const write = account.store(batch).then(async () => {
        const instants = batch.rows.map(({ instant }) => instant);
        const newest = newestCredible(instants, context.clock.now());
        // A range that begins later than the last stored row leaves a gap, which the next contact must still find.
        // The archive may have been given other columns meanwhile.
        const fedNow = account.fedSeries();
        if (contiguous && newest !== undefined) {
          await context.profiles.advance(context.device.id, reader.name, newest, fedNow);
        }
      });
      // Reported with the outcome; until then nobody listens.
      write.catch(() => {});
      writes.push(write);
    }
  } catch (error) {
    // What was read before the line broke is kept.
    await Promise.allSettled(writes);
    const failure =
      error instanceof RunFailure ? error : new RunFailure("internal_error", String(error), { cause: error });
    context.call.fail(failure, account.outcome());
    throw error;
  }
  return { outcome: Promise.all(writes).then(() => account.outcome()) };
}

/** Where the next read begins; a series that was not fed before needs everything. */
function lastStored({ remembered }: OpenArchive, fed: readonly number[]): number | undefined {
  if (remembered?.readUntil === undefined) return undefined;
  return fed.every((series) => remembered.series.includes(series)) ? remembered.readUntil : undefined;
}

function nothingToStore(archive: number, { layout }: OpenArchive): string {
  const sources = layout.columns.flatMap(({ role, source }) => (role === "value" && source ? [source] : []));
  return `No column of archive ${archive} is a series of the meter's config. Its columns are ${sources.join(", ")}.`;
}

/** What became of the rows of one call. */
class Account {
  readonly #context: Lis200Context;
  readonly #archive: number;
  readonly #opened: OpenArchive;
  readonly #collector: ReadingCollector;
  #rows = 0;
  #stored = 0;
  #events = 0;
  #damagedRecords = 0;
  #damagedRows = 0;
  #firstDamage: string | undefined;

  constructor(context: Lis200Context, archive: number, opened: OpenArchive) {
    this.#context = context;
    this.#archive = archive;
    this.#opened = opened;
    this.#collector = new ReadingCollector(context.device);
  }

  /** Numbers of the series that columns of the archive feed. */
  fedSeries(): readonly number[] {
    const { settings, device } = this.#context;
    const names = [...namesOfColumns(this.#opened.layout, settings).values()];
    const series = names.map((candidates) => candidates.map((name) => device.series.get(name)).find(Boolean));
    return [...new Set(series.flatMap((found) => (found ? [found.number] : [])))];
  }

  /** Resolves when readings and events are durable. @throws RunFailure `not_stored` */
  async store({ rows, damaged, damagedCount }: RowBatch): Promise<void> {
    const { device, events, readings } = this.#context;
    const names = namesOfColumns(this.#opened.layout, this.#context.settings);
    this.#damagedRows += damagedCount;
    this.#firstDamage ??= damaged[0]?.message;
    this.#rows += rows.length + damagedCount;
    const happened = [];
    for (const timed of rows) {
      if (timed.row.check === "damaged") this.#damagedRecords++;
      else if (timed.row.kind === "interval") this.#collect(timed, names);
      else happened.push(eventOf(timed, this.#archive, device));
    }
    const collected = this.#collector.take();
    await storeReadings(readings, collected);
    this.#stored += collected.length;
    await storeEvents(events, happened);
    this.#events += happened.length;
  }

  outcome(): CallOutcome {
    const notes = [...this.#collector.notes];
    if (this.#damagedRecords > 0) {
      notes.push(`${this.#damagedRecords} records fail their own checksum in the meter and are not stored.`);
    }
    if (this.#damagedRows > 0)
      notes.push(`${this.#damagedRows} rows cannot be read and are not stored: ${this.#firstDamage}`);
    return {
      rowsRead: this.#rows,
      readingsStored: this.#stored,
      notes,
      ...(this.#events > 0 && { result: { events: this.#events } }),
    };
  }

  #collect({ row, instant }: TimedRow, names: ReadonlyMap<number, readonly string[]>): void {
    for (const { column, text } of row.values) {
      const candidates = names.get(column.position);
      const value = candidates && decimalOf(text);
      if (value === undefined) continue;
      this.#collector.add({ names: candidates!, value, unit: column.unit ?? null, timestamp: instant });
    }
  }
}
