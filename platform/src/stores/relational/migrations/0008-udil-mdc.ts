import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Other people's MDM systems, which read and command our meters through UDIL, and the keys that were given to them. */
export const udilMdc: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table udil_mdm_clients (
    id uuid primary key default gen_random_uuid(),
    organization uuid not null references organizations,
    name varchar(50) not null,
    username varchar(50) not null,
    password_hash text not null,
    code varchar(50) not null,
    version varchar(4) not null default 'v1' check (version in ('v1', 'v3.2', 'v3.3')),
    format varchar(4) not null default 'json' check (format in ('json', 'xml')),
    timezone varchar(64) not null default 'Asia/Karachi',
    is_active boolean not null default true,
    transport varchar(8) not null default 'api' check (transport in ('api', 'database')),
    switches jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (organization, name),
    unique (username, code)
  )`,
  `create index on udil_mdm_clients (created_at, id)`,
  `create index on udil_mdm_clients (organization, created_at, id)`,

  // Of a key its SHA-256 alone is kept. A client has as many as it asked for; each lives until its own time.
  `create table udil_keys (
    key_hash bytea primary key,
    client uuid not null references udil_mdm_clients on delete cascade,
    issued_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index on udil_keys (client)`,
  `create index on udil_keys (expires_at)`,
];
