import type { MeterDevice, MeterDeviceType, SettingsField } from "../api/contract.ts";

/** One setting as it counts: the device's own, else that of its type. */
export interface ProtocolSetting {
  name: string;
  /** A plain value as the API writes it. */
  text: string;
  /** Parts of a list or an object, which `text` has line by line; undefined for a plain value. */
  parts: number | undefined;
}

/** Which field of a device holds the settings of its protocol. */
const fieldOf: Readonly<Record<string, SettingsField>> = {
  "dlms-cosem": "dlms_settings",
  "iec62056-21": "iec62056_21_settings",
  "i-flag": "corus_settings",
  mbus: "mbus_settings",
  modbus: "modbus_settings",
  "lis-200": "lis200_settings",
};

/** How a device is talked to: the settings of its protocol, by name. The API never gives secrets among them. */
export function protocolSettings(device: MeterDevice, type: MeterDeviceType | undefined): ProtocolSetting[] {
  const field = fieldOf[device.protocol];
  if (!field) return [];
  return Object.entries({ ...type?.[field], ...device[field] })
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => setting(name, value))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

function setting(name: string, value: unknown): ProtocolSetting {
  if (typeof value !== "object" || value === null) return { name, text: String(value), parts: undefined };
  return { name, text: JSON.stringify(value, null, 2), parts: Object.keys(value).length };
}
