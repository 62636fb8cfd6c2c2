import type { Kysely } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import type { Sealer } from "./sealing.ts";
import { placeOf, type SecretColumn } from "./secrets.ts";

/** The opened keys of a meter. Not to be logged, kept, or sent anywhere but into a session. */
export interface DeviceKeys {
  /** Global unicast encryption key. */
  readonly guek?: Uint8Array;
  /** Global broadcast encryption key. */
  readonly gbek?: Uint8Array;
  /** Global authentication key. */
  readonly gak?: Uint8Array;
  /** Key encrypting key, the master key of the meter. */
  readonly kek?: Uint8Array;
  /** Password of IEC 62056-21, in ASCII. */
  readonly iec62056Password?: Uint8Array;
  /** Password of LLS or secret of HLS, as the bytes of its text. */
  readonly secret?: Uint8Array;
}

/** @returns the keys of a meter, or undefined when it has no collection. @throws SealError when the master key is another */
export async function openKeys(db: Kysely<Database>, sealer: Sealer, device: string): Promise<DeviceKeys | undefined> {
  const row = await db.selectFrom("meter_security_keys").selectAll().where("meter", "=", device).executeTakeFirst();
  if (!row) return undefined;
  const open = (column: SecretColumn) => row[column] && sealer.open(row[column], placeOf(device, column));
  const key = (column: SecretColumn) => {
    const digits = open(column);
    return digits && new Uint8Array(Buffer.from(digits.toString("latin1"), "hex"));
  };
  const text = (column: SecretColumn) => {
    const bytes = open(column);
    return bytes && new Uint8Array(bytes);
  };
  return present({
    guek: key("dlms_global_unicast_encryption_key"),
    gbek: key("dlms_global_broadcast_encryption_key"),
    gak: key("dlms_global_authentication_key"),
    kek: key("dlms_master_key"),
    iec62056Password: text("iec62056_21_password"),
    secret: text("dlms_secret"),
  });
}

function present(keys: Record<keyof DeviceKeys, Uint8Array | null | undefined>): DeviceKeys {
  return Object.fromEntries(Object.entries(keys).filter(([, key]) => key));
}
