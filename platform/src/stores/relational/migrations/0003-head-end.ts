import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * The head-end: the networks it calls over, the runs it owes, how each meter answered last, and what it has learned about
 * the profiles of a meter.
 *
 * A run is at the same time the queue's entry and the record of what happened. The partial indexes hold only the waiting
 * and the running ones, so that the queue stays small beside a month of history.
 */
export const headEnd: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // A network's permits are a token bucket shared by every process: permits left, counted at refilled_at.
  `create table amr_networks (
    number integer generated always as identity primary key,
    organization uuid not null references organizations on delete cascade,
    name varchar(200) not null,
    max_sessions integer check (max_sessions > 0),
    connections_per_second integer check (connections_per_second > 0),
    permits double precision not null default 0,
    refilled_at timestamptz not null default to_timestamp(0),
    unique (organization, name)
  )`,

  // A task's devices are walked page by page in the order of their ids.
  `create index on meter_device_tasks (amr_task, meter_device)`,
  `create index on meter_device_task_groups (amr_task_group, meter_device)`,

  // The latest period of a task that was turned into runs, or is being turned into runs until claimed_until.
  `create table amr_task_progress (
    amr_task uuid primary key references amr_tasks on delete cascade,
    due_at timestamptz not null,
    complete boolean not null,
    claimed_until timestamptz not null
  )`,

  `create table amr_runs (
    id bigint generated always as identity primary key,
    organization uuid not null references organizations on delete cascade,
    meter_device uuid not null references meter_devices on delete cascade,
    amr_task uuid references amr_tasks on delete set null,
    origin varchar(10) not null check (origin in ('schedule', 'on-demand')),
    meter_execution_type varchar(30) not null,
    task_call varchar(50) not null,
    task_kwargs jsonb not null,
    run_offset_seconds integer not null,
    network integer not null references amr_networks on delete cascade,
    due_at timestamptz not null,
    not_before timestamptz not null,
    priority smallint not null,
    state varchar(10) not null default 'waiting'
      check (state in ('waiting', 'running', 'succeeded', 'failed', 'superseded')),
    attempts smallint not null default 0,
    lease_owner uuid,
    lease_expires_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    duration_milliseconds integer,
    bytes_sent bigint not null default 0,
    bytes_received bigint not null default 0,
    rows_read integer not null default 0,
    readings_stored integer not null default 0,
    cause varchar(40),
    cause_detail varchar(500),
    notes jsonb,
    result jsonb,
    created_at timestamptz not null,
    check ((state = 'running') = (lease_owner is not null and lease_expires_at is not null))
  )`,
  `create unique index on amr_runs (meter_device, amr_task, due_at) where amr_task is not null`,
  `create index on amr_runs (network, priority, not_before) where state = 'waiting'`,
  // Every waiting run is unfinished. Saying so keeps this index from queries that do not: while the queue is empty the
  // planner thinks all indexes of it are equally short, and would walk this one for each network and meter when it is not.
  `create index on amr_runs (not_before) where state = 'waiting' and finished_at is null`,
  `create index on amr_runs (meter_device) where state = 'waiting'`,
  `create index on amr_runs (network, priority, meter_device) where state = 'running'`,
  `create index on amr_runs (lease_expires_at) where state = 'running'`,
  `create index on amr_runs (meter_device, id)`,
  `create index on amr_runs (organization, id)`,
  `create index on amr_runs (organization, id) where state = 'failed'`,
  `create index on amr_runs (amr_task, id) where amr_task is not null`,
  `create index on amr_runs (finished_at) where finished_at is not null`,

  // outcomes: one bit for each of the last contacts, the newest lowest; 1 = something was read.
  `create table meter_device_statuses (
    meter_device uuid primary key references meter_devices on delete cascade,
    last_attempt timestamptz not null,
    last_contact timestamptz,
    last_success timestamptz,
    last_cause varchar(40),
    outcomes integer not null,
    outcome_count smallint not null,
    consecutive_failures smallint not null,
    clock_drift_seconds numeric(12, 3),
    clock_read_at timestamptz,
    clock_set_at timestamptz
  )`,

  // Meters of one make share their layouts, so that a million meters keep a handful of them.
  `create table amr_profile_layouts (
    id integer generated always as identity primary key,
    digest varchar(64) not null unique,
    layout jsonb not null
  )`,
  `create table amr_device_profiles (
    meter_device uuid not null references meter_devices on delete cascade,
    profile varchar(40) not null,
    layout integer references amr_profile_layouts,
    layout_read_at timestamptz,
    range_form varchar(20),
    read_until timestamptz,
    series integer[] not null default '{}',
    primary key (meter_device, profile)
  )`,
  `create table meter_object_lists (
    meter_device_type uuid not null references meter_device_types on delete cascade,
    firmware varchar(100) not null,
    objects jsonb not null,
    read_at timestamptz not null,
    primary key (meter_device_type, firmware)
  )`,
];
