import type { ColumnType, Generated } from "kysely";

/** A JSON object column: read parsed, written as JSON text. */
type JsonObject = ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;
type Instant = ColumnType<Date, Date | string, Date | string>;
type MaybeInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** Columns of every row that the API lists. */
interface Listed {
  id: Generated<string>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface OrganizationTable extends Listed {
  /** Key of the organization in the columnar store. */
  number: Generated<number>;
  name: string;
  is_active: Generated<boolean>;
}

export interface UserTable extends Listed {
  username: string;
  /** argon2id in PHC form; null = cannot sign in with a password. */
  password_hash: string | null;
  email: Generated<string>;
  is_staff: Generated<boolean>;
  is_active: Generated<boolean>;
  /** Raised to revoke every JWT session of the user: a token carries the epoch it was issued in. */
  session_epoch: Generated<number>;
}

export interface UserTokenTable {
  user_id: string;
  /** SHA-256 of the 40 hexadecimal digits. */
  token_hash: Uint8Array;
  created_at: Generated<Date>;
}

export interface MembershipTable {
  id: Generated<number>;
  organization: string;
  user: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface JwtSigningKeyTable {
  kid: string;
  sealed_secret: Uint8Array;
  created_at: Generated<Date>;
  /** New tokens are signed with the key until then … */
  signs_until: Instant;
  /** … and its tokens are accepted until then. */
  verifies_until: Instant;
}

export interface MeterReadingSeriesTable extends Listed {
  /** Key of the series in the columnar store. */
  number: Generated<number>;
  organization: string;
  name: string;
  description: Generated<string>;
  unit: string;
  unit_description: string | null;
  /** Exact decimal, numeric(18,6). */
  si_multiplier: Generated<string>;
  affected_by_ct_ratio: Generated<boolean>;
  affected_by_vt_ratio: Generated<boolean>;
}

export interface MeterDeviceConfigTable extends Listed {
  organization: string;
  name: string;
  /** IANA zone in which naive times of the meter are read. */
  timezone: Generated<string>;
}

export interface MeterDeviceConfigSeriesTable {
  meter_device_config: string;
  meter_reading_series: string;
}

/** How to talk to a meter, by protocol; see registry/protocols/. */
interface ProtocolSettingsColumns {
  dlms_settings: JsonObject;
  iec62056_21_settings: JsonObject;
  corus_settings: JsonObject;
  mbus_settings: JsonObject;
  modbus_settings: JsonObject;
  lis200_settings: JsonObject;
}

export interface MeterDeviceTypeTable extends Listed, ProtocolSettingsColumns {
  organization: string;
  name: string;
  description: Generated<string>;
  manufacturer: string;
  manufacturer_model: string;
  config: string | null;
}

export interface SimCardTable extends Listed {
  organization: string | null;
  iccid: string;
  imsi: string;
  ip_address: string | null;
  phone_number: string | null;
  external_system_link: string | null;
}

export interface NetworkInterfaceTable extends Listed {
  organization: string;
  static_ip_address: string | null;
  fqdn: string | null;
  port: number | null;
  sim: string | null;
  can_block: Generated<boolean>;
  /** Holder of the block, see registry/interface-blocks.ts. */
  blocked_by: string | null;
  block_time: MaybeInstant;
  /** null while blocked = until it is given back. */
  block_expires_at: MaybeInstant;
}

export interface AmrTaskTable extends Listed {
  organization: string;
  name: string;
  description: Generated<string>;
  is_active: Generated<boolean>;
  schedule: string;
  run_offset_seconds: Generated<number>;
  meter_execution_type: string;
  task_call: string;
  task_kwargs: JsonObject;
}

export interface AmrTaskGroupTable extends Listed {
  organization: string;
  name: string;
  description: Generated<string>;
}

export interface AmrTaskGroupTaskTable {
  amr_task_group: string;
  amr_task: string;
}

/** Settings of a device go over those of its type. */
export interface MeterDeviceTable extends Listed, ProtocolSettingsColumns {
  /** Key of the device in the columnar store. */
  number: Generated<number>;
  /** null = nobody owns it yet; only staff sees it, and it can store no readings. */
  organization: string | null;
  name: string;
  external_system_reference: string | null;
  manufacturer_serial: string | null;
  protocol: string;
  iec62056_21_address: string | null;
  dlms_logical_device_name: string | null;
  dlms_system_title: string | null;
  type: string | null;
  network_interface: string | null;
  has_current_transformer: Generated<boolean>;
  current_transformer_ratio: Generated<number>;
  has_voltage_transformer: Generated<boolean>;
  voltage_transformer_ratio: Generated<number>;
  has_disconnector: Generated<boolean>;
  /** COSEM control_state: 0 disconnected, 1 connected, 2 ready for reconnection. */
  disconnector_status: number | null;
  /** The name that other systems have for the meter (UDIL). */
  global_device_id: string | null;
  /** Meter serial number of UDIL: digits. */
  msn: string | null;
  /** 0 = out of use: not read, takes no commands. */
  meter_activation_status: Generated<number>;
  /** The vendor's MDC that has the meter; null = we read it ourselves. */
  udil_mdc: string | null;
}

export interface MeterDeviceTaskGroupTable {
  meter_device: string;
  amr_task_group: string;
}

export interface MeterDeviceTaskTable {
  meter_device: string;
  amr_task: string;
}

/** Secrets are sealed, see registry/sealing.ts. */
export interface MeterSecurityKeyTable extends Listed {
  organization: string | null;
  meter: string;
  iec62056_21_password: Uint8Array | null;
  dlms_global_unicast_encryption_key: Uint8Array | null;
  dlms_global_broadcast_encryption_key: Uint8Array | null;
  dlms_global_authentication_key: Uint8Array | null;
  dlms_master_key: Uint8Array | null;
  dlms_secret: Uint8Array | null;
  mbus_key: Uint8Array | null;
}

export interface DlmsInvocationCounterTable {
  meter_device: string;
  key_kind: string;
  /** The next counter that was never handed out. */
  counter: number;
}

/** Tables of the registry room, see migration 0001. */
export interface RegistryTables {
  organizations: OrganizationTable;
  users: UserTable;
  user_tokens: UserTokenTable;
  memberships: MembershipTable;
  jwt_signing_keys: JwtSigningKeyTable;
  meter_reading_series: MeterReadingSeriesTable;
  meter_device_configs: MeterDeviceConfigTable;
  meter_device_config_series: MeterDeviceConfigSeriesTable;
  meter_device_types: MeterDeviceTypeTable;
  sim_cards: SimCardTable;
  network_interfaces: NetworkInterfaceTable;
  amr_tasks: AmrTaskTable;
  amr_task_groups: AmrTaskGroupTable;
  amr_task_group_tasks: AmrTaskGroupTaskTable;
  meter_devices: MeterDeviceTable;
  meter_device_task_groups: MeterDeviceTaskGroupTable;
  meter_device_tasks: MeterDeviceTaskTable;
  meter_security_keys: MeterSecurityKeyTable;
  dlms_invocation_counters: DlmsInvocationCounterTable;
}
