import type { Curve } from "./curve.ts";
import { decimalNumber } from "./decimal.ts";

/** A point to draw: time in ms, and a float or null where the line breaks. */
export type ChartPoint = [time: number, value: number | null];

/**
 * The points of a line. Values of intervals become steps: each is drawn from the start of its interval, and the last
 * one before a gap is drawn to its own end, so that the gap is as wide as it is.
 */
export function chartPoints(curve: Curve): ChartPoint[] {
  const points: ChartPoint[] = [];
  curve.forEach((point, index) => {
    if (point.value === null) {
      points.push([point.start, null]);
      return;
    }
    const value = decimalNumber(point.value);
    points.push([point.start, value]);
    const last = curve[index + 1]?.value == null;
    if (last && point.end > point.start) points.push([point.end, value]);
  });
  return points;
}

/** The point of a curve that covers a time, or else the nearest before it. */
export function pointAt(curve: Curve, time: number): Curve[number] | undefined {
  let [low, high] = [0, curve.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle]!.start <= time) low = middle + 1;
    else high = middle;
  }
  return curve[low - 1] ?? curve[0];
}
