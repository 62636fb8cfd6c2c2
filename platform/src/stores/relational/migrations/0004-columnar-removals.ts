import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What is to be removed from the columnar store because its owner was deleted here. Triggers write it, in the transaction of
 * the deletion and whoever deletes, so that no crash and no way of deleting can leave readings without an owner.
 */
export const columnarRemovals: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table columnar_removals (
        id bigint generated always as identity primary key,
        owner varchar(30) not null,
        number integer not null,
        organization_number integer not null,
        removed_at timestamptz
      )`.execute(db);
    await sql`create index on columnar_removals (removed_at, id)`.execute(db);
    // An owner without an organization has nothing in the columnar store.
    await sql`
      create function note_columnar_removal() returns trigger language plpgsql as $$
      begin
        insert into columnar_removals (owner, number, organization_number)
        select tg_table_name, old.number, o.number from organizations o where o.id = old.organization;
        return null;
      end $$`.execute(db);
    for (const owner of ["meter_devices", "meter_reading_series"]) {
      await sql`
        create trigger note_columnar_removal after delete on ${sql.table(owner)}
        for each row execute function note_columnar_removal()`.execute(db);
    }
  },
};
