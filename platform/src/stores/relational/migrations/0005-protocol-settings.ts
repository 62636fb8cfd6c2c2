import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Settings of the protocols beside DLMS, on types and devices, and the key of M-Bus telegrams. */
export const protocolSettings: Migration = {
  async up(db: Kysely<unknown>) {
    for (const table of ["meter_device_types", "meter_devices"]) {
      for (const protocol of ["iec62056_21", "corus", "mbus", "modbus", "lis200"]) {
        await sql`alter table ${sql.table(table)} add column ${sql.ref(`${protocol}_settings`)} jsonb`.execute(db);
      }
    }
    await sql`alter table meter_security_keys add column mbus_key bytea`.execute(db);
  },
};
