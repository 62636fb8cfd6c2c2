import { sql } from "kysely";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import type { ReadingWriter } from "./reading-writer.ts";
import type { Resolver } from "./resolver.ts";
import { instantIn, renderClock, type Timestamp } from "./timestamp.ts";

/** A checked reading whose meter is not known. */
export interface StagedReading {
  readonly organization: string | undefined;
  readonly device: string;
  readonly series: string;
  readonly timestamp: Timestamp;
  /** Plain digits, see `parseDecimal`. */
  readonly value: string;
}

/** Rows read, stored and removed together while staged readings are replayed. */
const rowsPerReplay = 5_000;

export interface StagingOptions {
  readonly store: RelationalStore;
  readonly resolver: Resolver;
  readonly writer: ReadingWriter;
  /** Zone in which a clock's reading is filed until its meter is known. */
  readonly defaultTimezone: string;
  readonly retentionDays: number;
  readonly clock?: () => number;
}

/**
 * Keeps readings of meters that the registry does not know yet, and makes them readings when it does.
 *
 * A row is removed only after its reading is durable, so a process may die at any point: the row is replayed again, and the
 * same reading twice is one. Rows whose series is not allowed stay until they expire.
 */
export class Staging {
  readonly #options: StagingOptions;
  readonly #clock: () => number;

  constructor(options: StagingOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /** Stages readings; resolves when they are durable, and replayed where their meter has appeared meanwhile. */
  async stage(readings: readonly StagedReading[]): Promise<void> {
    if (readings.length === 0) return;
    const rows = readings.map(({ organization, device, series, timestamp, value }) => ({
      organization: organization ?? null,
      meter_device_name: device,
      series_name: series,
      ...this.file(timestamp),
      value,
    }));
    // One parameter whatever the number of rows: a statement takes 65,535 of them.
    await sql`
      insert into staged_meter_readings (organization, meter_device_name, series_name, "timestamp", local_timestamp, value)
      select organization, meter_device_name, series_name, "timestamp", local_timestamp, value
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(organization uuid, meter_device_name text,
        series_name text, "timestamp" timestamptz, local_timestamp text, value numeric)`.execute(
      this.#options.store.db,
    );
    // Whoever created the meter between our look-up and this insert found nothing to replay.
    await this.replay([...new Set(readings.map(({ device }) => device))]);
  }

  /** @returns the instant a row is filed under, and the clock's reading when its zone is not known */
  file(timestamp: Timestamp): { timestamp: string; local_timestamp: string | null } {
    if ("instant" in timestamp) return { timestamp: new Date(timestamp.instant).toISOString(), local_timestamp: null };
    const instant = instantIn(this.#options.defaultTimezone, timestamp.clock);
    return { timestamp: new Date(instant).toISOString(), local_timestamp: renderClock(timestamp.clock) };
  }

  /**
   * Makes readings of the staged rows whose meter is known now: those of the named meters, or all.
   * @returns how many rows became readings
   */
  async replay(deviceNames?: readonly string[]): Promise<number> {
    let replayed = 0;
    let after = 0;
    for (;;) {
      const rows = await this.#replayable(deviceNames, after);
      if (rows.length === 0) return replayed;
      replayed += await this.#replayRows(rows);
      after = rows.at(-1)!.id;
    }
  }

  /** Staged rows whose meter is in the registry, so that a replay costs nothing while there are none. */
  async #replayable(deviceNames: readonly string[] | undefined, after: number): Promise<ReplayableRow[]> {
    const named = deviceNames ? sql`s.meter_device_name = any(${deviceNames}::text[])` : sql`true`;
    const { rows } = await sql<ReplayableRow>`
      select s.id, s.organization, s.meter_device_name, s.series_name, s."timestamp", s.local_timestamp, s.value
      from staged_meter_readings s
      where ${named} and s.id > ${after} and exists (
        select from meter_devices d where d.name = s.meter_device_name and d.organization is not null
          and (s.organization is null or s.organization = d.organization))
      order by s.id limit ${rowsPerReplay}`.execute(this.#options.store.db);
    return rows;
  }

  async #replayRows(rows: readonly ReplayableRow[]): Promise<number> {
    const { resolver, writer, store } = this.#options;
    const resolutions = await resolver.resolve(
      rows.map((row) => ({
        organization: row.organization ?? undefined,
        device: row.meter_device_name,
        series: row.series_name,
      })),
    );
    const stored = rows.flatMap((row, index) => {
      const resolution = resolutions[index]!;
      if (resolution.kind !== "place") return [];
      const { place } = resolution;
      const timestamp = row.local_timestamp
        ? instantIn(place.timezone, { asUtc: Date.parse(`${row.local_timestamp}Z`) })
        : row.timestamp.getTime();
      return [{ id: row.id, reading: { ...place, timestamp, value: row.value } }];
    });
    if (stored.length === 0) return 0;
    await writer.write(stored.map(({ reading }) => reading));
    const ids = stored.map(({ id }) => id);
    await sql`delete from staged_meter_readings where id = any(${ids}::bigint[])`.execute(store.db);
    return stored.length;
  }

  /** Drops rows staged longer ago than the retention. @returns how many */
  async expire(): Promise<number> {
    const oldest = new Date(this.#clock() - this.#options.retentionDays * 86_400_000);
    const result = await this.#options.store.db
      .deleteFrom("staged_meter_readings")
      .where("created_at", "<", oldest)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

interface ReplayableRow {
  id: number;
  organization: string | null;
  meter_device_name: string;
  series_name: string;
  timestamp: Date;
  local_timestamp: string | null;
  value: string;
}
