import type { ColumnType, Generated } from "kysely";

type Instant = ColumnType<Date, Date | string, Date | string>;
type MaybeInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Json<T> = ColumnType<T, string, string>;
type MaybeJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface CommandTable {
  id: string;
  organization: string;
  /** A name of registry/commands. */
  command: string;
  parameters: Json<Record<string, unknown>>;
  origin: "api" | "udil";
  /** Username, or the name of a client of UDIL. */
  requested_by: string;
  /** The client of UDIL itself, which may be renamed; null = it came by the API. */
  mdm_client: string | null;
  /** Of the API's caller, or UDIL's transaction id. */
  idempotency_key: string | null;
  /** SHA-256 of what was asked for, hexadecimal: the same key with something else is refused. */
  digest: string;
  /** By which the meters were chosen; null when they were named. */
  filter: MaybeJson<Record<string, unknown>>;
  /** 0 goes first. */
  priority: number;
  expires_at: Instant;
  created_at: Instant;
}

export type CommandDeviceState = "waiting" | "running" | "succeeded" | "failed" | "refused" | "cancelled" | "expired";

export interface CommandDeviceTable {
  id: Generated<number>;
  command: string;
  organization: string;
  /** In the order of the request, from 0. */
  position: number;
  /** null = unknown, or deleted since. */
  meter_device: string | null;
  /** As asked for, or the meter's. */
  global_device_id: string | null;
  msn: string | null;
  state: CommandDeviceState;
  /** UDIL's levels, 0 to 5. */
  status_level: Generated<number>;
  status_1_at: MaybeInstant;
  status_2_at: MaybeInstant;
  status_3_at: MaybeInstant;
  status_4_at: MaybeInstant;
  status_5_at: MaybeInstant;
  /** How often it went out to the meter. */
  times_sent: Generated<number>;
  /** A key of head-end/causes.ts or of commands/refusals. */
  cause: string | null;
  /** For people: why not, or what was done beside. */
  remark: string | null;
  cancel_reason: string | null;
  /** Username, or the name of a client of UDIL. */
  cancelled_by: string | null;
  cancelled_at: MaybeInstant;
  /** Rows of an on-demand read, or what the meter showed afterwards. */
  result: MaybeJson<unknown>;
  /** The vendor's MDC that has the meter; null = our own meter, for which a run is made. */
  udil_mdc: string | null;
  /** The command's: 0 goes first. */
  priority: Generated<number>;
  /** The process that is asking the MDC, as long as its lease holds. */
  peer_owner: string | null;
  /** Of a row that waits, when it is handed out; of a cancelled one, when its MDC is told. */
  peer_not_before: Generated<Date>;
  /** What the MDC knows the command by. */
  peer_reference: string | null;
  /** The MDC said that it has the command, or showed it. */
  peer_accepted: Generated<boolean>;
  /** The MDC was told of the cancellation, or nobody tries any more. */
  peer_cancel_told: Generated<boolean>;
  created_at: Instant;
  expires_at: Instant;
  updated_at: Instant;
  /** The transaction that wrote the row last; kept by a trigger. */
  changed_in: Generated<string>;
}

/** A process that carries commands to MDCs. */
export interface CommandCarrierTable {
  owner: string;
  lease_expires_at: Instant;
}

export interface CommandChangesToldTable {
  single: Generated<boolean>;
  before: string;
}

/** Tables of the commands room, see migrations 0007 and 0012. */
export interface CommandTables {
  command_carriers: CommandCarrierTable;
  command_changes_told: CommandChangesToldTable;
  commands: CommandTable;
  command_devices: CommandDeviceTable;
}
