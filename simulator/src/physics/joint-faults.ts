/** Joints that fail, as functions of time: the ohms they add to one leg of a service drop. What a detector must find. */
import { unit } from "../random.ts";

/** The conductor with the joint; "line" is every phase that is connected. */
export type Leg = "line" | "a" | "b" | "c" | "neutral";

/** Times are milliseconds UTC; ohms are added to the healthy conductor. */
export type JointFault =
  | { readonly kind: "step"; readonly leg: Leg; readonly from: number; readonly ohms: number }
  | {
      readonly kind: "ramp";
      readonly leg: Leg;
      readonly from: number;
      readonly ohmsPerDay: number;
      readonly limitOhms: number;
    }
  | {
      readonly kind: "intermittent";
      readonly leg: Leg;
      readonly from: number;
      readonly ohms: number;
      /** Share of the hours in which it shows, 0–1. */
      readonly share: number;
      readonly seed: number;
    }
  /** The neutral conductor is broken: what is left is a path through earth. */
  | { readonly kind: "open-neutral"; readonly from: number; readonly earthPathOhms: number };

/** Writes the ohms added to phases a, b, c and the neutral at an instant into `added[offset … offset + 3]`. */
export function addJointOhms(
  faults: readonly JointFault[],
  instant: number,
  added: Float64Array,
  offset: number,
): void {
  added.fill(0, offset, offset + 4);
  for (const fault of faults) {
    const ohms = jointOhms(fault, instant);
    if (ohms === 0) continue;
    for (const conductor of conductorsOf(fault)) added[offset + conductor]! += ohms;
  }
}

/** The ohms of one fault at an instant, 0 before it begins. */
export function jointOhms(fault: JointFault, instant: number): number {
  if (instant < fault.from) return 0;
  switch (fault.kind) {
    case "step":
      return fault.ohms;
    case "ramp":
      return Math.min(fault.limitOhms, ((instant - fault.from) / dayMilliseconds) * fault.ohmsPerDay);
    case "intermittent":
      return unit(fault.seed, Math.floor(instant / hourMilliseconds)) < fault.share ? fault.ohms : 0;
    case "open-neutral":
      return fault.earthPathOhms;
  }
}

function conductorsOf(fault: JointFault): readonly number[] {
  return fault.kind === "open-neutral" ? legConductors.neutral : legConductors[fault.leg];
}

const legConductors: Record<Leg, readonly number[]> = { line: [0, 1, 2], a: [0], b: [1], c: [2], neutral: [3] };
const hourMilliseconds = 3_600_000;
const dayMilliseconds = 24 * hourMilliseconds;
