import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The last id of each table of profile rows, and how far the columnar store's copies of relational rows have come. */
export const profileRows: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table profile_row_ids (
        table_name varchar(40) primary key,
        last_id bigint not null
      )`.execute(db);
    await sql`
      create table columnar_copies (
        name varchar(40) primary key,
        copied_until timestamptz not null
      )`.execute(db);
  },
};
