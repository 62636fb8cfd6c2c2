/** Cumulated energy of one electric load: its curve, and how it sits on the phases. */
import { CumulatedCurve, type CurveComponent, type CurveSettings } from "./cumulated-curve.ts";

export interface LoadComponent extends Omit<CurveComponent, "meanDaily"> {
  readonly direction: "import" | "export";
  readonly meanDailyWattHours: number;
  /** Vars for each watt (tan φ), positive for inductive loads. */
  readonly reactiveRatio: number;
  /** Shares of phases a, b, c; they sum to 1. */
  readonly phaseShares: readonly [number, number, number];
}

export class EnergyCurve extends CumulatedCurve {
  readonly component: LoadComponent;

  /** Throws when the component could run backwards. */
  constructor(component: LoadComponent, settings: CurveSettings) {
    super({ ...component, meanDaily: component.meanDailyWattHours }, settings);
    this.component = component;
  }

  /** Watt hours counted since installation, at an instant in milliseconds UTC. */
  wattHours(instant: number): number {
    return this.amount(instant);
  }
}
