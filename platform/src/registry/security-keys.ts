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

/** Where each of them is kept. */
export const keyColumns = {
  guek: "dlms_global_unicast_encryption_key",
  gbek: "dlms_global_broadcast_encryption_key",
  gak: "dlms_global_authentication_key",
  kek: "dlms_master_key",
  iec62056Password: "iec62056_21_password",
  secret: "dlms_secret",
} as const satisfies Record<keyof DeviceKeys, SecretColumn>;

/** Columns whose text is the secret itself; that of the others is hexadecimal. */
const verbatim: ReadonlySet<SecretColumn> = new Set(["iec62056_21_password", "dlms_secret"]);

/** @returns the keys of a meter, or undefined when it has no collection. @throws SealError when the master key is another */
export async function openKeys(db: Kysely<Database>, sealer: Sealer, device: string): Promise<DeviceKeys | undefined> {
  const row = await db.selectFrom("meter_security_keys").selectAll().where("meter", "=", device).executeTakeFirst();
  if (!row) return undefined;
  const opened = Object.entries(keyColumns).flatMap(([name, column]) => {
    if (row[column] === null) return [];
    const text = sealer.open(row[column], placeOf(device, column)).toString("utf8");
    return [[name, new Uint8Array(Buffer.from(text, verbatim.has(column) ? "utf8" : "hex"))]];
  });
  return Object.fromEntries(opened);
}
