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
  `create unique index on meter_devices (organization, global_device_id) where global_device_id is not null`,
  `create unique index on meter_devices (organization, msn) where msn is not null`,

  `create table commands (
    id uuid primary key,
    organization uuid not null references organizations on delete cascade,
    command varchar(40) not null,
    parameters jsonb not null,
    origin varchar(10) not null check (origin in ('api', 'udil')),
    requested_by varchar(150) not null,
    idempotency_key varchar(200),
    digest varchar(64) not null,
    priority smallint not null,
    expires_at timestamptz not null,
    created_at timestamptz not null
  )`,
  // A client of UDIL names its transactions itself: its name and that id are the key.
  `create unique index on commands (organization, origin, requested_by, idempotency_key) where idempotency_key is not null`,
  `create index on commands (organization, created_at, id)`,

  // state: what is still to be done; status_level: how far it got, which never falls.
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
    cause varchar(40),
    remark varchar(1000),
    cancel_reason varchar(200),
    cancelled_at timestamptz,
    result jsonb,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    updated_at timestamptz not null,
    unique (command, position)
  )`,
  `create index on command_devices (meter_device, id) where meter_device is not null`,
  `create index on command_devices (expires_at) where state = 'waiting'`,
  `create index on command_devices (updated_at, id)`,

  // A run may carry out a command: it is made by the pipeline, one at a time for a row of it.
  `alter table amr_runs
    drop constraint amr_runs_origin_check,
    add constraint amr_runs_origin_check check (origin in ('schedule', 'on-demand', 'command')),
    add column command_device bigint references command_devices on delete cascade`,
  `create unique index on amr_runs (command_device) where command_device is not null`,
];
