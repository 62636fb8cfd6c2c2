/** The shapes the portal reads from the API, as the platform's OpenAPI document (/openapi.json) describes them. */

export interface Page<Row> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Row[];
}

/** An organization the user may change to. */
export interface Organization {
  id: string;
  name: string;
}

export interface MeterDevice extends ProtocolSettings {
  id: string;
  name: string;
  external_system_reference: string | null;
  manufacturer_serial: string | null;
  protocol: string;
  iec62056_21_address: string | null;
  dlms_logical_device_name: string | null;
  dlms_system_title: string | null;
  type: string | null;
  network_interface: string | null;
  has_current_transformer: boolean;
  current_transformer_ratio: number;
  has_voltage_transformer: boolean;
  voltage_transformer_ratio: number;
  has_disconnector: boolean;
  /** COSEM control state: 0 disconnected, 1 connected, 2 ready for reconnection. */
  disconnector_status: 0 | 1 | 2 | null;
  created_at: string;
}

export interface MeterDeviceType extends ProtocolSettings {
  id: string;
  name: string;
  manufacturer: string;
  manufacturer_model: string;
  config: string | null;
}

export interface MeterDeviceConfig {
  id: string;
  name: string;
  series: string[];
  /** IANA name of the zone the meter's own clock runs in. */
  timezone: string;
}

export interface MeterReadingSeries {
  id: string;
  name: string;
  description: string | null;
  unit: string;
  affected_by_ct_ratio: boolean;
  affected_by_vt_ratio: boolean;
}

export interface NetworkInterface {
  id: string;
  host: string | null;
  port: number | null;
}

/** How the contacts with one device went, over the head-end's recent runs. */
export interface DeviceStatus {
  meter_device: string;
  name: string;
  last_attempt: string | null;
  last_contact: string | null;
  last_success: string | null;
  /** Code of why something failed at the last contact; null when nothing did or none was made. */
  last_cause: string | null;
  last_cause_sentence: string | null;
  last_cause_advice: string | null;
  success_percent: number | null;
  /** Meter clock minus platform clock; positive = the meter is ahead. */
  clock_drift_seconds: number | null;
}

/** How to talk to a meter: a device's own settings go over those of its type. */
export type ProtocolSettings = Record<SettingsField, Record<string, unknown> | null>;

export type SettingsField =
  | "dlms_settings"
  | "iec62056_21_settings"
  | "lis200_settings"
  | "corus_settings"
  | "mbus_settings"
  | "modbus_settings";

/** What was done with a device once: a scheduled or an invoked call. */
export interface Run {
  id: number;
  task_call: string;
  started_at: string | null;
  /** Rows or values the meter delivered. */
  rows_read: number;
  /** What exactly happened when it failed. */
  cause_detail: string | null;
}

/** The last stored value of one series of a device. */
export interface LatestReading {
  series: string;
  series_name: string;
  series_description: string;
  unit: string;
  timestamp: string;
  value: string;
}

/** One stored reading: an instant and an exact decimal. */
export interface StoredReading {
  timestamp: string;
  value: string;
}
