import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Commands for meters behind vendors' MDCs: found in order by an index however many wait, kept by one lease for each process
 * instead of one for each row, in the order of asking, and followed until the MDC was told of a cancellation.
 */
export const commandCarriers: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // Processes that carry commands to MDCs: what one took up is its own until its lease is over.
  `create table command_carriers (
    owner uuid primary key,
    lease_expires_at timestamptz not null
  )`,
  // priority: of the command. peer_not_before: of a row that waits, when it is handed out; of a cancelled one, when its MDC is
  // told. peer_accepted: the MDC said that it has the command, or showed it.
  `alter table command_devices
    drop column peer_lease_expires_at,
    add column priority smallint not null default 1,
    add column peer_not_before timestamptz not null default '-infinity',
    add column peer_accepted boolean not null default false,
    add column peer_cancel_told boolean not null default false`,
  `update command_devices c set priority = k.priority from commands k
    where k.id = c.command and k.priority <> 1 and c.udil_mdc is not null and c.state in ('waiting', 'running')`,
  // The processes that had them are gone.
  `update command_devices set state = 'waiting', peer_owner = null, peer_accepted = status_level > 1
    where udil_mdc is not null and state = 'running'`,
  `update command_devices set peer_cancel_told = true where state in ('cancelled', 'expired') and peer_reference is not null`,

  `create index command_devices_peer_due on command_devices (priority, peer_not_before, id)
    where udil_mdc is not null and state = 'waiting'`,
  `create index command_devices_peer_owner on command_devices (peer_owner) where udil_mdc is not null and state = 'running'`,
  `create index command_devices_peer_order on command_devices (meter_device, id)
    where udil_mdc is not null and state in ('waiting', 'running') and not peer_accepted`,
  `create index command_devices_peer_wishes on command_devices (peer_not_before, id)
    where udil_mdc is not null and state in ('waiting', 'running') and cancelled_at is not null`,
  `create index command_devices_peer_cancellations on command_devices (peer_not_before, id)
    where state in ('cancelled', 'expired') and peer_reference is not null and not peer_cancel_told`,
];
