/** Who takes gas, heat or water, drawn from a table of uses as loads are for electricity. */
import { CumulatedCurve, type CurveSettings } from "../loads/cumulated-curve.ts";
import type { ShapeName } from "../loads/shapes.ts";
import { between, seedFor } from "../random.ts";

export interface PipeSettings extends Pick<CurveSettings, "slotMinutes" | "weatherSeed" | "installedOn"> {
  readonly seed: number;
}

/** One use; the mean is drawn from the range, in the medium's own unit. */
export interface PipeUse {
  readonly shape: ShapeName;
  readonly daily: readonly [number, number];
  /** Size of the season as a share of the mean, with its peak in January. */
  readonly season: number;
}

export function drawUses(uses: readonly PipeUse[], settings: PipeSettings): CumulatedCurve[] {
  return uses.map(({ shape, daily, season }, index) => {
    const seed = seedFor(settings.seed, index);
    const component = { shape, season, seasonPeak: january, noise: season > 0.5 ? 0.1 : 0.2, seed };
    return new CumulatedCurve({ ...component, meanDaily: Math.round(between(seed, 1, ...daily)) }, settings);
  });
}

/** The sum of curves at an instant, in whole units. */
export function counted(curves: readonly { amount(instant: number): number }[], instant: number): number {
  return Math.floor(curves.reduce((sum, curve) => sum + curve.amount(instant), 0));
}

/** Mean flow per hour over a span of time, in whole units. */
export function flowBetween(curves: readonly { amount(instant: number): number }[], from: number, to: number): number {
  const amount = curves.reduce((sum, curve) => sum + curve.amount(to) - curve.amount(from), 0);
  return Math.round((amount * 3_600_000) / (to - from));
}

const january = 0.04;
