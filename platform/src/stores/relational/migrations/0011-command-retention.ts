import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Commands are forgotten some day: what finds the old ones, also where millions are kept. */
export const commandRetention: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  // The newest of all organizations too.
  `create index on commands (created_at, id)`,
  // Rows of reads, which are by far the largest results, and stand in the tables of their kind.
  `create index command_devices_rows on command_devices (created_at) where result ? 'rows'`,
  // A lease that is kept, and a result that is forgotten, change nothing that anybody is to be told.
  `drop trigger command_devices_changed on command_devices`,
  `create trigger command_devices_changed before insert or update of
      meter_device, global_device_id, msn, state, status_level, times_sent, cause, remark, cancelled_at, udil_mdc, updated_at
    on command_devices for each row execute function tell_command_change()`,
];
