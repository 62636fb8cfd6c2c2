import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * What meters send unasked: the last invocation counter accepted from each meter, so that a push is not taken twice after a
 * restart; who pushes and is not known; and where meters are looked for by the address they send from.
 */
export const dlmsPush: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table dlms_peer_counters (
    meter_device uuid not null references meter_devices on delete cascade,
    key_kind varchar(20) not null,
    counter bigint not null,
    primary key (meter_device, key_kind)
  )`,
  // One row for each sender and reason; the list is bounded, the longest silent go first.
  `create table unknown_pushers (
    id bigint generated always as identity primary key,
    digest varchar(64) not null unique,
    transport varchar(3) not null,
    source_address varchar(45) not null,
    source_port integer not null,
    reason varchar(40) not null,
    detail varchar(500),
    system_title varchar(16),
    logical_device_name varchar(64),
    organization uuid references organizations on delete cascade,
    meter_device uuid references meter_devices on delete cascade,
    pushes bigint not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null
  )`,
  `create index on unknown_pushers (last_seen)`,
  `create index on unknown_pushers (meter_device) where meter_device is not null`,
  `create index on network_interfaces (static_ip_address) where static_ip_address is not null`,
  `create index on sim_cards (ip_address) where ip_address is not null`,
];
