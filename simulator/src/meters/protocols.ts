/** How a utility's platform names the protocols: the registry's field for settings, and who executes tasks. */

export const protocols = {
  "dlms-cosem": { label: "DLMS", settingsField: "dlms_settings", executionType: "generic_dlms" },
  "iec62056-21": {
    label: "IEC 62056-21",
    settingsField: "iec62056_21_settings",
    executionType: "generic_iec6205621",
  },
  "lis-200": { label: "LIS-200", settingsField: "lis200_settings", executionType: "generic_lis200" },
  "i-flag": { label: "i-flag", settingsField: "corus_settings", executionType: "generic_corus_meter" },
  mbus: { label: "M-Bus", settingsField: "mbus_settings", executionType: "generic_mbus" },
  modbus: { label: "Modbus", settingsField: "modbus_settings", executionType: "generic_modbus" },
} as const satisfies Record<string, ProtocolNames>;

export type ProtocolName = keyof typeof protocols;

interface ProtocolNames {
  /** "M-Bus": in names of groups, for people. */
  readonly label: string;
  /** Field of meter device types, and of devices for what differs. */
  readonly settingsField: string;
  readonly executionType: string;
}
