import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Commands: what was asked for, and one row for each meter it was asked of. The names that other systems have for a meter,
 * and whether it is in use.
 */
export const commands: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table meter_devices
    add column global_device_id varchar(50),
    add column msn varchar(20) check (msn ~ '^[0-9]{1,20}$'),
    add column meter_activation_status smallint not null default 1 check (meter_activation_status in (0, 1))`,
  `create unique index meter_devices_organization_global_device_id_key on meter_devices (organization, global_device_id)
    where global_device_id is not null`,
  `create unique index meter_devices_organization_msn_key on meter_devices (organization, msn) where msn is not null`,

  `create table commands (
    id uuid primary key,
    organization uuid not null references organizations on delete cascade,
    command varchar(40) not null,
    parameters jsonb not null,
    origin varchar(10) not null check (origin in ('api', 'udil')),
    requested_by varchar(150) not null,
    idempotency_key varchar(200),
    digest varchar(64) not null,
    filter jsonb,
    priority smallint not null,
    expires_at timestamptz not null,
    created_at timestamptz not null
  )`,
  // A client of UDIL names its transactions itself: its name and that id are the key.
  `create unique index on commands (organization, origin, requested_by, idempotency_key) where idempotency_key is not null`,
  `create index on commands (organization, created_at, id)`,

  // state: what is still to be done; status_level: how far it got, which never falls. times_sent tells a repetition from a
  // first attempt after a crash. udil_mdc, peer_*: the meter is behind a vendor's MDC, and who is asking that one.
  `create table command_devices (
    id bigint generated always as identity primary key,
    command uuid not null references commands on delete cascade,
    organization uuid not null references organizations on delete cascade,
    position integer not null,
    meter_device uuid references meter_devices on delete set null,
    global_device_id varchar(50),
    msn varchar(20),
    state varchar(10) not null
      check (state in ('waiting', 'running', 'succeeded', 'failed', 'refused', 'cancelled', 'expired')),
    status_level smallint not null default 0 check (status_level between 0 and 5),
    status_1_at timestamptz,
    status_2_at timestamptz,
    status_3_at timestamptz,
    status_4_at timestamptz,
    status_5_at timestamptz,
    times_sent smallint not null default 0,
    cause varchar(40),
    remark varchar(1000),
    cancel_reason varchar(200),
    cancelled_by varchar(150),
    cancelled_at timestamptz,
    result jsonb,
    udil_mdc uuid,
    peer_owner uuid,
    peer_lease_expires_at timestamptz,
    peer_reference varchar(200),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    updated_at timestamptz not null,
    changed_in xid8 not null,
    unique (command, position)
  )`,
  `create index on command_devices (command, state)`,
  `create index on command_devices (meter_device, id) where meter_device is not null`,
  `create index on command_devices (meter_device) where state = 'waiting'`,
  `create index on command_devices (expires_at) where state in ('waiting', 'running')`,
  `create index on command_devices (udil_mdc, id) where udil_mdc is not null and state in ('waiting', 'running')`,

  // Whoever follows changes reads them in the order of transactions, up to the oldest one still under way: a row that is
  // committed late is never overlooked, which no clock and no sequence can promise.
  `create index on command_devices (changed_in, id)`,
  `create function tell_command_change() returns trigger language plpgsql as $$
    begin
      new.changed_in := pg_current_xact_id();
      -- The meter was deleted, and its runs with it: nobody else would end the row.
      if new.meter_device is null and tg_op = 'UPDATE' and new.state in ('waiting', 'running') then
        new.state := 'failed';
        new.cause := 'unknown_device';
        new.remark := 'The meter was deleted.';
        new.updated_at := now();
      end if;
      return new;
    end
  $$`,
  `create trigger command_devices_changed before insert or update on command_devices
    for each row execute function tell_command_change()`,
  // One row: every change of an earlier transaction was told.
  `create table command_changes_told (
    single boolean primary key default true check (single),
    before xid8 not null
  )`,
  `insert into command_changes_told (before) values ('0')`,

  // A run may carry out a command: it is made by the pipeline, one at a time for a row of it.
  `alter table amr_runs
    drop constraint amr_runs_origin_check,
    add constraint amr_runs_origin_check check (origin in ('schedule', 'on-demand', 'command')),
    add column command_device bigint references command_devices on delete cascade`,
  `create unique index on amr_runs (command_device) where command_device is not null`,
];
