import type { LatestReading } from "../api/contract.ts";
import { type QuantityKind, quantityKind } from "../load-curve/quantity.ts";

/** Registers are what a meter is for; then what it measured in an interval; what is so at this moment comes last. */
const rank: Readonly<Record<QuantityKind, number>> = { register: 0, interval: 1, instantaneous: 2 };

/** The order in which a person reads a meter's values: registers first, each kind by name. */
export function inReadingOrder(readings: readonly LatestReading[]): LatestReading[] {
  const names = new Intl.Collator("en", { numeric: true });
  const rankOf = ({ series_name: name, unit }: LatestReading) => rank[quantityKind({ name, unit })];
  return readings.toSorted((a, b) => rankOf(a) - rankOf(b) || names.compare(a.series_name, b.series_name));
}
