import type { Kysely } from "kysely";
import { type RawBuilder, sql } from "kysely";
import type { Page, PageOfRows } from "../http/paging.ts";
import type { Scope } from "../registry/scope.ts";
import type { Database } from "../stores/relational/database.ts";
import { renderDecimal } from "./decimal.ts";

/** A staged reading as the API shows it. */
export interface StagedMeterReading {
  readonly id: number;
  readonly meter_device_name: string;
  readonly series_name: string;
  /** With an offset, or the reading of the meter's clock as it was sent. */
  readonly timestamp: string;
  readonly value: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What can be written; instants as `Staging.file` makes them. */
export interface StagedFields {
  readonly meter_device_name: string;
  readonly series_name: string;
  readonly timestamp: string;
  readonly local_timestamp: string | null;
  readonly value: string;
}

export interface StagedFilters {
  readonly meter_device_name?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The rows of the staging table one by one. Every statement is confined to what the caller may see in `visible`. */
export class StagedReadings {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async list(scope: Scope, filters: StagedFilters, { limit, offset }: Page): Promise<PageOfRows<StagedMeterReading>> {
    const { meter_device_name, from, to } = filters;
    const conditions = [
      visible(scope),
      ...(meter_device_name === undefined ? [] : [sql`meter_device_name = ${meter_device_name}`]),
      ...(from === undefined ? [] : [sql`"timestamp" >= ${new Date(from)}`]),
      ...(to === undefined ? [] : [sql`"timestamp" <= ${new Date(to)}`]),
    ];
    const where = sql.join(conditions, sql` and `);
    const { rows } = await sql<Row>`
      select ${columns} from staged_meter_readings where ${where} order by id limit ${limit} offset ${offset}`.execute(
      this.#db,
    );
    const counted = await sql<{ count: number }>`
      select count(*) as count from staged_meter_readings where ${where}`.execute(this.#db);
    return { count: counted.rows[0]!.count, rows: rows.map(shown) };
  }

  async read(scope: Scope, id: number): Promise<StagedMeterReading | undefined> {
    const { rows } = await sql<Row>`
      select ${columns} from staged_meter_readings where id = ${id} and ${visible(scope)}`.execute(this.#db);
    return rows[0] && shown(rows[0]);
  }

  async create(fields: StagedFields): Promise<StagedMeterReading> {
    const { rows } = await sql<Row>`
      insert into staged_meter_readings (meter_device_name, series_name, "timestamp", local_timestamp, value)
      values (${fields.meter_device_name}, ${fields.series_name}, ${fields.timestamp}, ${fields.local_timestamp},
        ${fields.value}) returning ${columns}`.execute(this.#db);
    return shown(rows[0]!);
  }

  async update(scope: Scope, id: number, fields: Partial<StagedFields>): Promise<StagedMeterReading | undefined> {
    const changes = Object.entries(fields).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
    const { rows } = await sql<Row>`
      update staged_meter_readings set ${sql.join([...changes, sql`updated_at = now()`])}
      where id = ${id} and ${visible(scope)} returning ${columns}`.execute(this.#db);
    return rows[0] && shown(rows[0]);
  }

  /** @returns whether there was such a row */
  async delete(scope: Scope, id: number): Promise<boolean> {
    const { rows } = await sql`
      delete from staged_meter_readings where id = ${id} and ${visible(scope)} returning id`.execute(this.#db);
    return rows.length > 0;
  }
}

interface Row {
  id: number;
  meter_device_name: string;
  series_name: string;
  timestamp: Date;
  local_timestamp: string | null;
  value: string;
  created_at: Date;
  updated_at: Date;
}

const columns = sql.raw(
  'id, meter_device_name, series_name, "timestamp", local_timestamp, value, created_at, updated_at',
);

/** Rows whose sender named no organization belong to nobody yet: only staff sees them. */
function visible(scope: Scope): RawBuilder<unknown> {
  return scope.staff ? sql`true` : sql`organization = ${scope.organization}::uuid`;
}

function shown({ timestamp, local_timestamp, value, created_at, updated_at, ...row }: Row): StagedMeterReading {
  return {
    ...row,
    timestamp: local_timestamp ?? timestamp.toISOString(),
    value: renderDecimal(value),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
