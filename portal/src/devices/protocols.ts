/** Protocols as people write them. Proper names: the same in every language. */
const names: Readonly<Record<string, string>> = {
  "dlms-cosem": "DLMS/COSEM",
  "iec62056-21": "IEC 62056-21",
  "i-flag": "i-flag",
  mbus: "M-Bus",
  modbus: "Modbus",
  "lis-200": "LIS-200",
  udil: "UDIL",
};

/** Codes of the protocols the portal knows, as the API's `protocol` has them. */
export const protocols: readonly string[] = Object.keys(names);

/** @returns the protocol's name, or the code itself when the portal does not know it */
export function protocolName(code: string): string {
  return names[code] ?? code;
}
