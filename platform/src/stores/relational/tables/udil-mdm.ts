import type { ColumnType, Generated } from "kysely";

type Instant = ColumnType<Date, Date | string, Date | string>;
type MaybeInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export interface UdilMdcTable {
  id: Generated<string>;
  /** Source of its rows in the columnar store, from 1. */
  number: Generated<number>;
  organization: string;
  name: string;
  transport: Generated<"api" | "database" | "file">;
  base_url: string | null;
  username: string | null;
  /** Sealed. */
  password: Uint8Array | null;
  /** The third of UDIL's credentials. */
  code: string | null;
  version: Generated<"v1" | "v3.2" | "v3.3">;
  format: Generated<"json" | "xml">;
  /** IANA zone of every time on the wire. */
  timezone: Generated<string>;
  poll_interval_seconds: Generated<number>;
  /** How far back the first poll reads. */
  history_days: Generated<number>;
  /** How much of what was read is read again, for rows that were inserted late. */
  overlap_seconds: Generated<number>;
  tls_verify: Generated<boolean>;
  /** SHA-256 of the certificate, 64 lower-case hexadecimal digits. */
  pinned_certificate: string | null;
  /** Sealed: it holds a password. */
  dsn: Uint8Array | null;
  folder: string | null;
  /** Type of devices that are created for meters it tells of. */
  device_type: string | null;
  creates_devices: Generated<boolean>;
  fills_holes: Generated<boolean>;
  is_active: Generated<boolean>;
  /** See udil/mdm/peers. */
  switches: ColumnType<Record<string, unknown>, string | undefined, string>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface UdilMdcPollTable {
  mdc: string;
  owner: string | null;
  lease_expires_at: MaybeInstant;
  /** null while a poll is under way, and before the first. */
  next_poll_at: MaybeInstant;
  /** As soon as possible. */
  wanted: Generated<boolean>;
  started_at: MaybeInstant;
  succeeded_at: MaybeInstant;
  /** Polls that failed since the last success. */
  failures: Generated<number>;
  error_code: string | null;
  error: string | null;
}

export interface UdilMdcCursorTable {
  mdc: string;
  table_code: string;
  /** By the MDC's db_datetime. */
  read_until: MaybeInstant;
  /** Of a database that is read by id. */
  last_id: number | null;
  rows_stored: Generated<number>;
  rows_set_aside: Generated<number>;
  /** By the meters' clocks. */
  newest_row_at: MaybeInstant;
  stored_at: MaybeInstant;
}

export interface UdilMdcMeterTable {
  meter_device: string;
  mdc: string;
  history_read_at: Instant;
}

export interface UdilSetAsideRowTable {
  id: Generated<number>;
  organization: string;
  mdc: string;
  table_code: string;
  /** `row`: one row; `answer`: a whole answer that could not be read, whose request is asked again. */
  kind: "row" | "answer";
  reason_code: string;
  reason: string;
  global_device_id: string | null;
  raw: string;
  /** Of an answer: what was asked for. */
  request: ColumnType<Record<string, unknown> | null, string | null, string | null>;
  digest: Uint8Array;
  times_seen: Generated<number>;
  /** How often it was tried again. */
  replays: Generated<number>;
  replay_at: MaybeInstant;
  first_seen_at: Instant;
  last_seen_at: Instant;
}

/** Tables of the room udil/mdm, see migration 0009. */
export interface UdilMdmTables {
  udil_mdcs: UdilMdcTable;
  udil_mdc_polls: UdilMdcPollTable;
  udil_mdc_cursors: UdilMdcCursorTable;
  udil_mdc_meters: UdilMdcMeterTable;
  udil_set_aside_rows: UdilSetAsideRowTable;
}
