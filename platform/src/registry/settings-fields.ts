import { jsonObject, type ValueField } from "./fields.ts";
import { settingsOrNull } from "./protocols/declaration.ts";
import { protocolDeclarations } from "./protocols/index.ts";

/** The settings of every protocol as fields of a device type or a device. */
export function settingsFields(): Readonly<Record<string, ValueField>> {
  return Object.fromEntries(
    protocolDeclarations.map(({ settings }) => [
      settings.name,
      { ...jsonObject(settingsOrNull(settings)), ...("check" in settings && { check: settings.check }) },
    ]),
  );
}
