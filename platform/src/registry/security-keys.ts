import { type Kysely, type Selectable, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import { SharedStatement } from "../stores/relational/shared-statement.ts";
import type { MeterSecurityKeyTable } from "../stores/relational/tables/registry.ts";
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
  /** Key of M-Bus telegrams, 16 bytes. */
  readonly mbus?: Uint8Array;
}

/** Where each of them is kept. */
export const keyColumns = {
  guek: "dlms_global_unicast_encryption_key",
  gbek: "dlms_global_broadcast_encryption_key",
  gak: "dlms_global_authentication_key",
  kek: "dlms_master_key",
  iec62056Password: "iec62056_21_password",
  secret: "dlms_secret",
  mbus: "mbus_key",
} as const satisfies Record<keyof DeviceKeys, SecretColumn>;

/** Columns whose text is the secret itself; that of the others is hexadecimal. */
const verbatim: ReadonlySet<SecretColumn> = new Set(["iec62056_21_password", "dlms_secret"]);

/** @returns the keys of a meter, or undefined when it has no collection; rejects with SealError when the master key is another */
export type OpenKeys = (device: string) => Promise<DeviceKeys | undefined>;

/** Opens keys for sessions. Sessions that begin together share one statement; nothing is kept in memory. */
export function keyOpener(db: Kysely<Database>, sealer: Sealer): OpenKeys {
  const shared = new SharedStatement<string, SealedKeys | undefined>(async (devices) => {
    const rows = await db
      .selectFrom("meter_security_keys")
      .selectAll()
      .where(sql<boolean>`meter = any(${devices}::uuid[])`)
      .execute();
    const byMeter = new Map(rows.map((row) => [row.meter, row]));
    return devices.map((device) => byMeter.get(device));
  });
  return async (device) => {
    const row = await shared.ask(device);
    return row && opened(row, sealer, device);
  };
}

type SealedKeys = Selectable<MeterSecurityKeyTable>;

function opened(row: SealedKeys, sealer: Sealer, device: string): DeviceKeys {
  const keys = Object.entries(keyColumns).flatMap(([name, column]) => {
    if (row[column] === null) return [];
    const text = sealer.open(row[column], placeOf(device, column)).toString("utf8");
    return [[name, new Uint8Array(Buffer.from(text, verbatim.has(column) ? "utf8" : "hex"))]];
  });
  return Object.fromEntries(keys);
}
