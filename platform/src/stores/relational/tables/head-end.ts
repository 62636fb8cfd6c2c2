import type { ColumnType, Generated } from "kysely";

type Instant = ColumnType<Date, Date | string, Date | string>;
type MaybeInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** A JSON column: read parsed, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;
type MaybeJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface AmrNetworkTable {
  number: Generated<number>;
  organization: string;
  name: string;
  /** null = the head-end's default, see head-end/settings.ts. */
  max_sessions: number | null;
  connections_per_second: number | null;
  /** Token bucket of new connections: what was left at `refilled_at`. */
  permits: Generated<number>;
  refilled_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AmrTaskProgressTable {
  amr_task: string;
  due_at: Instant;
  complete: boolean;
  claimed_until: Instant;
}

export type RunState = "waiting" | "running" | "succeeded" | "failed" | "superseded";

export interface AmrRunTable {
  id: Generated<number>;
  organization: string;
  meter_device: string;
  /** null = on demand, or the task was deleted since. */
  amr_task: string | null;
  origin: "schedule" | "on-demand" | "command";
  /** The row of a command that the run carries out; only of origin `command`. */
  command_device: number | null;
  meter_execution_type: string;
  task_call: string;
  task_kwargs: Json<Record<string, unknown>>;
  run_offset_seconds: number;
  network: number;
  /** The period's instant for scheduled runs, the request's for runs on demand. */
  due_at: Instant;
  not_before: Instant;
  /** 0 goes first; see head-end/queue/priorities.ts. */
  priority: number;
  state: ColumnType<RunState, RunState | undefined, RunState>;
  attempts: Generated<number>;
  lease_owner: string | null;
  lease_expires_at: MaybeInstant;
  started_at: MaybeInstant;
  finished_at: MaybeInstant;
  /** Of the last attempt; the bytes are of all attempts. */
  duration_milliseconds: number | null;
  bytes_sent: Generated<number>;
  bytes_received: Generated<number>;
  rows_read: Generated<number>;
  readings_stored: Generated<number>;
  /** A key of head-end/causes.ts. */
  cause: string | null;
  cause_detail: string | null;
  /** What was left out or corrected without failing the run: sentences. */
  notes: MaybeJson<string[]>;
  result: MaybeJson<unknown>;
  created_at: Instant;
}

export interface MeterDeviceStatusTable {
  meter_device: string;
  last_attempt: Instant;
  last_contact: MaybeInstant;
  last_success: MaybeInstant;
  last_cause: string | null;
  outcomes: number;
  outcome_count: number;
  consecutive_failures: number;
  /** Meter minus UTC, exact decimal, numeric(12,3). */
  clock_drift_seconds: string | null;
  clock_read_at: MaybeInstant;
  clock_set_at: MaybeInstant;
}

export interface AmrProfileLayoutTable {
  id: Generated<number>;
  /** SHA-256 of the layout's JSON text, hexadecimal. */
  digest: string;
  layout: Json<unknown>;
}

export interface AmrDeviceProfileTable {
  meter_device: string;
  /** OBIS of the profile, or the name of a set of registers. */
  profile: string;
  layout: number | null;
  layout_read_at: MaybeInstant;
  /** How this meter takes a range, see drivers/dlms/range-forms.ts. */
  range_form: string | null;
  /** Time of the newest row that is durable. */
  read_until: MaybeInstant;
  /** Series numbers into which rows up to `read_until` were stored. */
  series: number[];
}

export interface MeterObjectListTable {
  meter_device_type: string;
  firmware: string;
  objects: Json<unknown>;
  read_at: Instant;
}

export interface DlmsPeerCounterTable {
  meter_device: string;
  key_kind: string;
  /** The last invocation counter of the meter that was accepted. */
  counter: number;
}

export interface UnknownPusherTable {
  id: Generated<number>;
  /** Of sender and reason. */
  digest: string;
  transport: "tcp" | "udp";
  source_address: string;
  source_port: number;
  reason: string;
  detail: string | null;
  system_title: string | null;
  logical_device_name: string | null;
  /** Of the meter, when it is known and refused. */
  organization: string | null;
  meter_device: string | null;
  pushes: number;
  first_seen: Instant;
  last_seen: Instant;
}

/** Tables of the head-end room, see migrations 0003 and 0006. */
export interface HeadEndTables {
  amr_networks: AmrNetworkTable;
  amr_task_progress: AmrTaskProgressTable;
  amr_runs: AmrRunTable;
  meter_device_statuses: MeterDeviceStatusTable;
  amr_profile_layouts: AmrProfileLayoutTable;
  amr_device_profiles: AmrDeviceProfileTable;
  meter_object_lists: MeterObjectListTable;
  dlms_peer_counters: DlmsPeerCounterTable;
  unknown_pushers: UnknownPusherTable;
}
