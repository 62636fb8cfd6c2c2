/** Names that the series of an address may have. */
import { fullObisCode, obisOf } from "@anymeter/iec62056-21";
import type { CompleteIec62056Settings } from "../../../registry/protocols/iec62056-21.ts";

/**
 * The preferred one first: a name from the settings; the full code without its last group, `1-0:1.8.0` for `1.8.0` and for
 * `1-0:1.8.0*255`; the code of a stored value, `1-0:1.8.0*3`; the address as the meter writes it.
 */
export function namesOf(address: string, { series_names: own }: CompleteIec62056Settings): readonly string[] {
  const obis = obisOf(address);
  const alias = own?.[address];
  const code = obis && fullObisCode(obis).replace(/\*255$/, "");
  return [...new Set([alias, code, address].filter((name) => name !== undefined))];
}
