import type { ColumnType, Generated } from "kysely";

type Instant = ColumnType<Date, Date | string, Date | string>;

export interface UdilMdmClientTable {
  id: Generated<string>;
  organization: string;
  name: string;
  username: string;
  /** argon2id in PHC form. */
  password_hash: string;
  /** The third of UDIL's credentials. */
  code: string;
  version: Generated<"v1" | "v3.2" | "v3.3">;
  /** Of answers to requests that accept both. */
  format: Generated<"json" | "xml">;
  /** IANA zone of every time on the wire. */
  timezone: Generated<string>;
  is_active: Generated<boolean>;
  /** Where it reads rows: by the services, or from tables of a database of its own. */
  transport: Generated<"api" | "database">;
  /** See udil/mdc/clients. */
  switches: ColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface UdilKeyTable {
  /** SHA-256 of the key as it was sent. */
  key_hash: Uint8Array;
  client: string;
  issued_at: Instant;
  expires_at: Instant;
}

/** Tables of the room udil/mdc, see migration 0008. */
export interface UdilMdcTables {
  udil_mdm_clients: UdilMdmClientTable;
  udil_keys: UdilKeyTable;
}
