import { type Decimal, scaleDecimal } from "./decimal.ts";
import type { CurveView, QuantityKind } from "./quantity.ts";
import type { Readings } from "./readings.ts";

/** An exact value and the time it stands for, in ms since 1970 UTC; an instant has `start === end`. */
export interface CurveValue {
  readonly start: number;
  readonly end: number;
  readonly value: Decimal;
}

/** A time without a value. */
export interface CurveHole {
  readonly start: number;
  readonly end: number;
  readonly value: null;
  /** Readings that are not there; 0 when they are, but the register went backwards: reset, rolled over or exchanged. */
  readonly missing: number;
  /** What a register grew by meanwhile: known even though nobody knows when. */
  readonly amount?: Decimal;
}

/** Ascending and without overlap. */
export type Curve = readonly (CurveValue | CurveHole)[];

/** A step this much longer than the usual one is a gap. */
const gapFactor = 1.5;
const hour = 3_600_000n;

/** Turns stored readings into what is drawn. Every value stays exact. */
export function curveOf(readings: Readings, kind: QuantityKind, view: CurveView): Curve {
  const interval = usualInterval(readings.times) ?? 0;
  if (view === "values") return instants(readings, interval);
  const curve = kind === "register" ? differences(readings, interval) : amounts(readings, interval);
  if (view === "energy") return curve;
  // How long a lone amount took is not known, and so no rate of it.
  return interval === 0 ? [] : curve.map(meanRate);
}

/** The (lower) median step between readings: neither gaps nor a few extra readings change it. Undefined with fewer than two. */
export function usualInterval(times: readonly number[]): number | undefined {
  const steps = times.slice(1).map((time, index) => time - times[index]!);
  return steps.sort((a, b) => a - b)[(steps.length - 1) >> 1];
}

/** Each reading where it was taken, and the gaps between them. */
function instants({ times, values }: Readings, interval: number): Curve {
  return times.flatMap((time, index): Curve => {
    const point = { start: time, end: time, value: values[index]! };
    const before = times[index - 1];
    return before !== undefined && isLong(time - before, interval) ? [hole(before, time, interval), point] : [point];
  });
}

/** What a register grew by from one reading to the next. */
function differences({ times, values }: Readings, interval: number): Curve {
  return times.slice(1).map((end, index) => {
    const start = times[index]!;
    const growth = values[index + 1]! - values[index]!;
    if (growth < 0n) return { start, end, value: null, missing: 0 };
    if (isLong(end - start, interval)) return { ...hole(start, end, interval), amount: growth };
    return { start, end, value: growth };
  });
}

/** Values that are amounts already: each stands for the interval that ends at its time. */
function amounts({ times, values }: Readings, interval: number): Curve {
  return times.flatMap((end, index): Curve => {
    const before = times[index - 1];
    const gap = before !== undefined && isLong(end - before, interval);
    const start = gap || before === undefined ? end - interval : before;
    const point = { start, end, value: values[index]! };
    return gap ? [{ ...hole(before, end, interval), end: start }, point] : [point];
  });
}

function meanRate(point: CurveValue | CurveHole): CurveValue | CurveHole {
  // What a gap holds is an amount, which has no place among rates.
  if (point.value === null) return { start: point.start, end: point.end, value: null, missing: point.missing };
  const duration = BigInt(point.end - point.start);
  return duration === 0n ? point : { ...point, value: scaleDecimal(point.value, hour, duration) };
}

function hole(start: number, end: number, interval: number): CurveHole {
  return { start, end, value: null, missing: Math.round((end - start) / interval) - 1 };
}

function isLong(duration: number, interval: number): boolean {
  return duration > interval * gapFactor;
}
