import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Transactions belong to the client of UDIL itself, whatever it is called; ids of devices are kept as they were sent. */
export const udilTransactions: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // No foreign key: what a client that was deleted has given is still none of anybody else.
  `alter table commands add column mdm_client uuid`,
  `update commands k set mdm_client = c.id from udil_mdm_clients c
    where k.origin = 'udil' and c.organization = k.organization and c.name = k.requested_by`,
  `drop index commands_organization_origin_requested_by_idempotency_key_idx`,
  `create unique index on commands (mdm_client, idempotency_key)
    where mdm_client is not null and idempotency_key is not null`,
  `create unique index on commands (organization, origin, requested_by, idempotency_key)
    where mdm_client is null and idempotency_key is not null`,

  // An id that no meter can have (50 characters) is answered as it was sent; the length is that of a request's ids. The type
  // of a column that a trigger names cannot be changed.
  `drop trigger command_devices_changed on command_devices`,
  `alter table command_devices alter column global_device_id type varchar(200)`,
  `create trigger command_devices_changed before insert or update of
      meter_device, global_device_id, msn, state, status_level, times_sent, cause, remark, cancelled_at, udil_mdc, updated_at
    on command_devices for each row execute function tell_command_change()`,
  // TRANSACTION_STATUS in the columnar store is by client too: it is told anew.
  `update command_devices c set updated_at = c.updated_at from commands k
    where k.id = c.command and k.mdm_client is not null`,
];
