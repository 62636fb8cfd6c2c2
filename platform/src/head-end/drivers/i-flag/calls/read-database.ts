/**
 * `read_database` (also called `read_database_by_date`) and `read_database_by_offset_seconds`: records become readings. A
 * converter sends the newest first and all in one transfer, so that a read that breaks off leaves nothing, and no gap.
 */
import type { DatabaseRecord, RecordLayout } from "@anymeter/i-flag";
import type { CorusArguments } from "../../../../registry/protocols/i-flag.ts";
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { newestCredible, offsetBegin } from "../../gap-filling.ts";
import { instantOf } from "../../instants.ts";
import { ReadingCollector, storeReadings } from "../../meter-values.ts";
import { instantOfNaive } from "../../naive-times.ts";
import type { IFlagContext } from "../i-flag-driver.ts";
import { DescendingTimes, limitsOf } from "../record-times.ts";
import { unitAsSet } from "../units.ts";

/** Milliseconds UTC, both inclusive; undefined = without limit. */
interface Range {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** `start_date` is the newest limit and `end_date` the oldest, as the converter reads; the wrong way round is understood too. */
export async function readDatabase(context: IFlagContext): Promise<StartedCall> {
  const { database, start_date, start_dat, end_date } = context.call.kwargs as CorusArguments<"read_database">;
  const start = instantOf(start_date ?? start_dat, context.zone);
  const end = instantOf(end_date, context.zone);
  const swapped = start !== undefined && end !== undefined && start < end;
  return await readRange(context, database, () => (swapped ? { from: start, to: end } : { from: end, to: start }));
}

/**
 * The last so many seconds before the task was due: the offset grows by the delay of the run. Reaches further back when
 * records since the last stored one are missing.
 */
export async function readDatabaseByOffset(context: IFlagContext): Promise<StartedCall> {
  const { database, offset_seconds } = context.call.kwargs as CorusArguments<"read_database_by_offset_seconds">;
  const start = offsetBegin(context, offset_seconds);
  return await readRange(context, database, (last) => ({ from: Math.min(start, last ?? start), to: undefined }));
}

type Database = CorusArguments<"read_database">["database"];

async function readRange(
  context: IFlagContext,
  database: Database,
  rangeAfter: (last: number | undefined) => Range,
): Promise<StartedCall> {
  const { client, request, settings, profiles, device, clock, zone } = context;
  const place = `${database} database`;
  const remembered = await profiles.recall(device.id, place);
  const range = rangeAfter(remembered?.readUntil);
  const content = await request(
    client.readDatabase({
      ...{ database, ...limitsOf(range, zone) },
      ...{ count: settings.record_count, persistence: settings.session_persistence },
      pulseWeight: settings.pulse_weight,
      float3Exponent: settings.float3_exponent as -1 | -2,
      convertedInThousandths: settings.converted_thousandths,
    }),
  );
  const account = new Account(context, content.announced);
  const { layout } = content;
  if (!layout) return { outcome: Promise.resolve(account.outcome(0)) };
  for (const record of content.records) account.add(record, layout, range);
  if (account.rows > 0 && account.fed.length === 0) throw new RunFailure("invalid_call", nothingToStore(layout));
  const readings = account.take();
  const store = async () => {
    await storeReadings(context.readings, readings);
    const last = remembered?.readUntil;
    const contiguous = range.from === undefined || last === undefined || range.from <= last;
    // A range that begins later than the last stored record leaves a gap, which the next contact must still find.
    if (contiguous && account.newest !== undefined) {
      if (!remembered) await profiles.learnLayout(device.id, place, { length: layout.length }, clock.now());
      await profiles.advance(device.id, place, account.newest, account.fed);
    }
    return account.outcome(readings.length);
  };
  return { outcome: store() };
}

function nothingToStore({ database, columns }: RecordLayout): string {
  const names = columns.flatMap(({ name, type }) => (name === "" || type === "date" ? [] : [name]));
  return `No column of the ${database} database is a series of the meter's config. Its columns are ${names.join(", ")}.`;
}

/** What became of the records of one call. */
class Account {
  rows = 0;
  /** Time of the newest record, unless a clock gone wild gave it. */
  newest: number | undefined;
  readonly #context: IFlagContext;
  readonly #announced: number | undefined;
  readonly #collector: ReadingCollector;
  readonly #times: DescendingTimes;
  #records = 0;
  #withoutEnd = 0;

  constructor(context: IFlagContext, announced: number | undefined) {
    this.#context = context;
    this.#announced = announced;
    this.#collector = new ReadingCollector(context.device);
    this.#times = new DescendingTimes(context.zone, context.clock.now() + fastestClock);
  }

  /** Records come from the newest to the oldest. */
  add(record: DatabaseRecord, layout: RecordLayout, { from, to }: Range): void {
    this.#records++;
    if (typeof record.end_date !== "string") {
      this.#withoutEnd++;
      return;
    }
    const end = this.#times.next(record.end_date);
    if (end < (from ?? end) || end > (to ?? end)) return;
    this.rows++;
    this.newest = newestCredible([this.newest ?? end, end], this.#context.clock.now());
    for (const { name, type, unit } of layout.columns) {
      const value = record[name];
      if (value === undefined || type === "date" || type === "raw") continue;
      this.#collector.add({
        names: [name],
        value: String(value),
        unit: unitAsSet(unit, this.#context.settings),
        timestamp: this.#timeOf(name, record) ?? end,
      });
    }
  }

  get fed(): number[] {
    return this.#collector.fed;
  }

  take() {
    return this.#collector.take();
  }

  outcome(readingsStored: number) {
    const notes = [...this.#collector.notes];
    if (this.#withoutEnd > 0) notes.push(`${this.#withoutEnd} records have no usable end and are not stored.`);
    if (this.#announced !== undefined && this.#announced !== this.#records) {
      notes.push(`The converter announced ${this.#announced} records and sent ${this.#records}.`);
    }
    return { rowsRead: this.rows, readingsStored, notes };
  }

  /** A month's peak has a time of its own in the column beside it. */
  #timeOf(name: string, record: DatabaseRecord): number | undefined {
    const time = record[`${name}_date`];
    return typeof time === "string" ? instantOfNaive(time, this.#context.zone) : undefined;
  }
}

/** A record from further ahead than this is, in the hour that comes twice, of the pass before. */
const fastestClock = 600_000;
