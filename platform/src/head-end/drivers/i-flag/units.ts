/** Units of what a converter tells, as it is set. */
import type { CompleteCorusSettings } from "../../../registry/protocols/i-flag.ts";

/** @param unit of a converter set to metric units; "" for a plain number */
export function unitAsSet(unit: string, settings: CompleteCorusSettings): string | null {
  if (unit === "") return null;
  if (unit === "bar") return settings.pressure_unit;
  return unit === "°C" ? settings.temperature_unit : unit;
}
