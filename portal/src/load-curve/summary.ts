import type { Curve, CurveValue } from "./curve.ts";
import type { Decimal } from "./decimal.ts";

/** What a curve says in a few figures. */
export interface CurveSummary {
  /** How many values there are. */
  readonly count: number;
  /** Sum of the values, and of what a register grew by in its gaps. */
  readonly total: Decimal;
  readonly highest: CurveValue | undefined;
  readonly lowest: CurveValue | undefined;
  readonly gaps: number;
  /** Readings that would fill the gaps. */
  readonly missing: number;
  /** Times a register went backwards. */
  readonly resets: number;
}

export function summaryOf(curve: Curve): CurveSummary {
  let [count, total, gaps, missing, resets] = [0, 0n, 0, 0, 0];
  let highest: CurveValue | undefined;
  let lowest: CurveValue | undefined;
  for (const point of curve) {
    if (point.value === null) {
      if (point.missing > 0) gaps += 1;
      else resets += 1;
      missing += point.missing;
      total += point.amount ?? 0n;
      continue;
    }
    count += 1;
    total += point.value;
    if (highest === undefined || point.value > highest.value) highest = point;
    if (lowest === undefined || point.value < lowest.value) lowest = point;
  }
  return { count, total, highest, lowest, gaps, missing, resets };
}
