/** Register tables as manuals print them: one row a quantity, what is common to all said once. */
import type { Quantity } from "./quantities.ts";
import type { RegisterEntry } from "./register-map.ts";

/** Quantity, unit, address on the wire, and the exponent where it is not 0. */
export type Row = readonly [quantity: Quantity, unit: string, address: number, exponent?: number];

/** @param common what all rows share: type, order, pattern for "not available", scale register */
export function rows(
  common: Omit<RegisterEntry, "series" | "quantity" | "unit" | "address" | "exponent">,
  table: readonly Row[],
): RegisterEntry[] {
  return table.map(([quantity, unit, address, exponent]) => ({
    ...quantity,
    unit,
    address,
    ...common,
    ...(exponent !== undefined && { exponent }),
  }));
}
