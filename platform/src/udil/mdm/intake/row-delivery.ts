/** Rows of one answer, one page of a table, or one file: made ready as they come, and stored when all are there. */
import { eventDescription, type UdilRow } from "@anymeter/udil";
import type { MeterSystemEvent } from "../../../events/event-writer.ts";
import type { VisualUpdate } from "../../../readings/profile-rows/meter-visuals.ts";
import type { ProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import type { RowBatch } from "../../../readings/profile-rows/row-writer.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { Refused } from "../set-aside/set-aside.ts";
import { type FoundMeters, namesOf, type Placed, place, refusedRow } from "./placed-row.ts";
import { ReadingsOfRows } from "./readings-of-rows.ts";
import type { RowIntakeOptions } from "./row-intake.ts";
import { hasReadings } from "./series-plans.ts";
import { visualsOf } from "./visuals-of-rows.ts";

/** What could not even be read as a row. */
export interface Unreadable {
  readonly reason: string;
  readonly raw: string;
}

export interface TakenRows {
  /** Rows that are stored. */
  readonly stored: number;
  readonly refused: readonly RefusedRow[];
  /** Newest meter_datetime or event_datetime among the stored, milliseconds UTC. */
  readonly newestAt: number | undefined;
}

/** With the row, if it could be read as one. */
export interface RefusedRow extends Refused {
  readonly row?: UdilRow;
}

export class RowDelivery {
  readonly #options: RowIntakeOptions;
  readonly #mdc: Mdc;
  readonly #table: PollableTable;
  readonly #now: number;
  readonly #batch: RowBatch;
  readonly #known: FoundMeters = new Map();
  readonly #readings: ReadingsOfRows;
  readonly #events: MeterSystemEvent[] = [];
  readonly #visuals: VisualUpdate[] = [];
  readonly #meters = new Set<string>();
  readonly #refused: RefusedRow[] = [];
  #ready = 0;
  #newestAt: number | undefined;

  constructor(options: RowIntakeOptions, mdc: Mdc, table: PollableTable) {
    this.#options = options;
    this.#mdc = mdc;
    this.#table = table;
    this.#now = options.now();
    this.#batch = options.profileRows.begin();
    this.#readings = new ReadingsOfRows(mdc.organizationNumber);
  }

  /** Makes rows ready: nothing of them needs to be kept for it. */
  async add(rows: readonly UdilRow[], unreadable: readonly Unreadable[]): Promise<void> {
    const table = this.#table;
    for (const { reason, raw } of unreadable)
      this.#refused.push({ ...{ table, kind: "row", code: "unreadable", reason, raw } });
    const known = await this.#metersOf(rows);
    const placed: Placed[] = [];
    for (const row of rows) {
      const one = place(row, table, known);
      if ("meter" in one) placed.push(one);
      else this.#refused.push({ ...refusedRow(this.#mdc, table, row, one), row });
    }
    this.#makeReady(table === "VISL" ? placed : this.#inBatch(table, placed));
  }

  /** Each is looked for once, however many of its rows come. */
  async #metersOf(rows: readonly UdilRow[]): Promise<FoundMeters> {
    const unknown = rows.filter(({ global_device_id }) => !this.#known.has(String(global_device_id)));
    if (unknown.length > 0) {
      const found = await this.#options.meters.find(this.#mdc, namesOf(unknown));
      for (const [id, meter] of found) this.#known.set(id, meter);
    }
    return this.#known;
  }

  /** Resolves when every row that could be made ready is durable. */
  async store(): Promise<TakenRows> {
    const { events, contacts, visuals, readings } = this.#options;
    await Promise.all([
      this.#batch.store(),
      ...this.#readings.all().map((some) => readings.writeWide(some)),
      this.#visuals.length > 0 ? visuals.update(this.#visuals) : undefined,
      this.#events.length > 0 ? events.write(this.#events) : undefined,
    ]);
    await contacts.delivered(this.#meters);
    return { stored: this.#ready, refused: this.#refused, newestAt: this.#newestAt };
  }

  /** A row the store cannot hold is found by halving, and refused; the others are taken. */
  #inBatch(table: ProfileRow["table"], placed: readonly Placed[]): readonly Placed[] {
    if (placed.length === 0) return [];
    try {
      this.#batch.add(placed.map((row) => profileRow(this.#mdc, table, row, this.#now)));
      return placed;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (placed.length === 1) {
        const why = { code: "out_of_range", reason: `${error.message}.` };
        const row = placed[0]!.fields;
        this.#refused.push({ ...refusedRow(this.#mdc, table, row, why), row });
        return [];
      }
    }
    const middle = placed.length >> 1;
    return [placed.slice(0, middle), placed.slice(middle)].flatMap((half) => this.#inBatch(table, half));
  }

  #makeReady(placed: readonly Placed[]): void {
    const mdc = this.#mdc;
    const table = this.#table;
    if (hasReadings(table)) this.#readings.add(table, placed);
    if (table === "EVNT") this.#events.push(...placed.map((row) => eventOf(mdc, row)));
    if (table === "VISL") this.#visuals.push(...visualsOf(mdc, placed, this.#now));
    for (const { meter, at } of placed) {
      this.#meters.add(meter.id);
      if (this.#newestAt === undefined || at > this.#newestAt) this.#newestAt = at;
    }
    this.#ready += placed.length;
  }
}

function profileRow(mdc: Mdc, table: ProfileRow["table"], { meter, at, fields }: Placed, now: number): ProfileRow {
  const { mdc_read_datetime, channel_id } = fields;
  return {
    organizationNumber: mdc.organizationNumber,
    deviceNumber: meter.number,
    table,
    at,
    channel: Number(channel_id ?? 0),
    readAt: typeof mdc_read_datetime === "number" ? mdc_read_datetime : now,
    source: mdc.number,
    fields,
  };
}

function eventOf({ organizationNumber, name }: Mdc, { meter, at, fields }: Placed): MeterSystemEvent {
  const code = Number(fields.event_code);
  const title = eventDescription(code);
  const told = fields.event_description === undefined ? "" : `: ${fields.event_description}`;
  return {
    ...{ organizationNumber, deviceNumber: meter.number, timestamp: at },
    title: title ?? `UDIL event ${code}`,
    content: `UDIL, code ${code}${told}, through ${name}`,
  };
}
