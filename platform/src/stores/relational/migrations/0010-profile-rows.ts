import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The last id of each table of profile rows, and the names of meters that the columnar store has not taken over yet. */
export const profileRows: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const names = "global_device_id, msn, meter_activation_status";

const statements = [
  `create table profile_row_ids (
    table_name varchar(40) primary key,
    last_id bigint not null
  )`,

  // Triggers write it, whoever changes a meter and whichever process dies: who reads by database finds meters by it.
  `create table udil_name_changes (
    id bigint generated always as identity primary key,
    organization_number integer not null,
    device_number integer not null,
    global_device_id varchar(50),
    msn varchar(20),
    meter_activation_status smallint not null
  )`,
  `create function note_udil_name_change() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and old.organization is distinct from new.organization then
        insert into udil_name_changes (organization_number, device_number, meter_activation_status)
        select o.number, old.number, old.meter_activation_status from organizations o where o.id = old.organization;
      end if;
      insert into udil_name_changes (organization_number, device_number, ${names})
      select o.number, new.number, new.global_device_id, new.msn, new.meter_activation_status
      from organizations o where o.id = new.organization;
      return null;
    end $$`,
  `create trigger note_udil_name after insert on meter_devices for each row
    when (new.global_device_id is not null) execute function note_udil_name_change()`,
  `create trigger note_udil_name_change after update of organization, ${names} on meter_devices for each row
    when (coalesce(old.global_device_id, new.global_device_id) is not null and
      (old.organization, old.global_device_id, old.msn, old.meter_activation_status) is distinct from
      (new.organization, new.global_device_id, new.msn, new.meter_activation_status))
    execute function note_udil_name_change()`,
  `insert into udil_name_changes (organization_number, device_number, ${names})
    select o.number, d.number, d.global_device_id, d.msn, d.meter_activation_status
    from meter_devices d join organizations o on o.id = d.organization where d.global_device_id is not null`,
];
