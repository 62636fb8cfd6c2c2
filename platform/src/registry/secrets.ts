import type { Row } from "./resource.ts";
import type { Sealer } from "./sealing.ts";

/** Columns of a security key collection that hold a secret. */
export const secretColumns = [
  "iec62056_21_password",
  "dlms_global_unicast_encryption_key",
  "dlms_global_broadcast_encryption_key",
  "dlms_global_authentication_key",
  "dlms_master_key",
  "dlms_secret",
  "mbus_key",
] as const;

export type SecretColumn = (typeof secretColumns)[number];

/** Where a secret is kept: a sealed secret opens for this device and this column only. */
export function placeOf(device: string, column: SecretColumn): string {
  return `meter_security_keys:${device}:${column}`;
}

/** @returns the values with their secrets sealed */
export function sealSecrets(values: Row, device: string, sealer: Sealer): Row {
  const sealed = secretColumns
    .filter((column) => typeof values[column] === "string")
    .map((column) => [column, sealer.seal(values[column] as string, placeOf(device, column))]);
  return { ...values, ...Object.fromEntries(sealed) };
}

/** @returns the row with its sealed secrets opened to text. @throws SealError */
export function openSecrets(row: Row, device: string, sealer: Sealer): Row {
  const opened = secretColumns
    .filter((column) => row[column] instanceof Uint8Array)
    .map((column) => [column, sealer.open(row[column] as Uint8Array, placeOf(device, column)).toString("utf8")]);
  return { ...row, ...Object.fromEntries(opened) };
}
