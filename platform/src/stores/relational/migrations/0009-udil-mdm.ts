import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Vendors' head-ends (MDCs) that we read and command through UDIL, how far each was read, and what could not be stored. */
export const udilMdm: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // number: the source of rows in the columnar store. Secrets are sealed under the master key.
  `create table udil_mdcs (
    id uuid primary key default gen_random_uuid(),
    number integer generated always as identity unique,
    organization uuid not null references organizations,
    name varchar(50) not null,
    transport varchar(8) not null default 'api' check (transport in ('api', 'database', 'file')),
    base_url varchar(500),
    username varchar(50),
    password bytea,
    code varchar(50),
    version varchar(4) not null default 'v1' check (version in ('v1', 'v3.2', 'v3.3')),
    format varchar(4) not null default 'json' check (format in ('json', 'xml')),
    timezone varchar(64) not null default 'Asia/Karachi',
    poll_interval_seconds integer not null default 60,
    history_days integer not null default 7,
    overlap_seconds integer not null default 900,
    tls_verify boolean not null default true,
    pinned_certificate varchar(64),
    dsn bytea,
    folder varchar(500),
    device_type uuid references meter_device_types,
    creates_devices boolean not null default true,
    fills_holes boolean not null default true,
    is_active boolean not null default true,
    switches jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization, name)
  )`,
  `create index on udil_mdcs (created_at, id)`,
  `create index on udil_mdcs (organization, created_at, id)`,

  `alter table meter_devices add column udil_mdc uuid references udil_mdcs`,
  `create index on meter_devices (udil_mdc, id) where udil_mdc is not null`,

  // Who polls, until when nobody else may, and how it went. wanted: as soon as possible, whenever the next one is due.
  `create table udil_mdc_polls (
    mdc uuid primary key references udil_mdcs on delete cascade,
    owner uuid,
    lease_expires_at timestamptz,
    next_poll_at timestamptz,
    wanted boolean not null default false,
    started_at timestamptz,
    succeeded_at timestamptz,
    failures integer not null default 0,
    error_code varchar(40),
    error varchar(1000)
  )`,

  // read_until: by the MDC's db_datetime, everything up to it is stored or set aside. newest_row_at: by the meters' clocks.
  `create table udil_mdc_cursors (
    mdc uuid not null references udil_mdcs on delete cascade,
    table_code varchar(4) not null,
    read_until timestamptz,
    last_id bigint,
    rows_stored bigint not null default 0,
    rows_set_aside bigint not null default 0,
    newest_row_at timestamptz,
    stored_at timestamptz,
    primary key (mdc, table_code)
  )`,

  // Meters whose history before the cursors was read from the MDC that has them; a meter that moves loses its row.
  `create table udil_mdc_meters (
    meter_device uuid primary key references meter_devices on delete cascade,
    mdc uuid not null references udil_mdcs on delete cascade,
    history_read_at timestamptz not null
  )`,

  // The digest keeps what is delivered again, as overlapping reads do, from being set aside again.
  `create table udil_set_aside_rows (
    id bigint generated always as identity primary key,
    organization uuid not null references organizations on delete cascade,
    mdc uuid not null references udil_mdcs on delete cascade,
    table_code varchar(4) not null,
    kind varchar(6) not null check (kind in ('row', 'answer')),
    reason_code varchar(40) not null,
    reason varchar(1000) not null,
    global_device_id varchar(200),
    raw text not null,
    request jsonb,
    digest bytea not null,
    times_seen integer not null default 1,
    replays integer not null default 0,
    replay_at timestamptz,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    unique (mdc, digest)
  )`,
  `create index on udil_set_aside_rows (mdc, id)`,
  `create index on udil_set_aside_rows (organization, id)`,
  `create index on udil_set_aside_rows (replay_at) where replay_at is not null`,
];
