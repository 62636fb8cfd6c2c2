import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Staged readings, and the sequences that number readings and events of the columnar store. */
export const readings: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table staged_meter_readings (
        id bigint generated always as identity primary key,
        organization uuid,
        meter_device_name varchar(50) not null,
        series_name varchar(50) not null,
        "timestamp" timestamptz not null,
        local_timestamp varchar(32),
        value numeric(18, 6) not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db);
    await sql`create index on staged_meter_readings (meter_device_name, id)`.execute(db);
    await sql`create index on staged_meter_readings (created_at)`.execute(db);
    await sql`create sequence meter_reading_blocks`.execute(db);
    await sql`create sequence meter_system_event_blocks`.execute(db);
  },
};
