import { dlms } from "./dlms.ts";
import { iFlag } from "./i-flag.ts";
import { iec62056 } from "./iec62056-21.ts";
import { lis200 } from "./lis-200.ts";
import { mbus } from "./mbus.ts";
import { modbus } from "./modbus.ts";

/** Every protocol the platform speaks. A new one is a file like its siblings, and a line here. */
export const protocolDeclarations = [dlms, iec62056, iFlag, mbus, modbus, lis200] as const;

/** Fields of device types and devices that hold settings. */
export type SettingsName = (typeof protocolDeclarations)[number]["settings"]["name"];
export const settingsNames: readonly SettingsName[] = protocolDeclarations.map(({ settings }) => settings.name);
