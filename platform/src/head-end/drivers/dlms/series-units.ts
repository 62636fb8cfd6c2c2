import { units } from "@anymeter/dlms-cosem";
import type { AllowedSeries } from "../driver.ts";
import { shiftBetween } from "../series-units.ts";

/**
 * Powers of ten to add to the scaler so that the value is in the series' unit; undefined when the units differ.
 * @param captured code of the scaler-unit (Blue Book 4.3.2)
 * @param wanted the series' unit as registered, such as "kWh"
 */
export function shiftFromCode(captured: number, wanted: AllowedSeries["unit"]): number | undefined {
  const symbol = unitless.has(captured) ? null : units.get(captured)?.symbol;
  return symbol === undefined ? undefined : shiftBetween(symbol, wanted);
}

/** 254 other, 255 count: whatever the series calls it. */
const unitless: ReadonlySet<number> = new Set([254, 255]);
