/**
 * A low-voltage network as data: transformers on a stiff medium-voltage source, four-wire line segments in a tree, and a
 * service drop with its meter at the end of each. Voltages are phase to neutral; a segment is a phase conductor's
 * impedance (equal in the three phases) and its neutral conductor's, so that the neutral current of unequal loads
 * shifts every phase. The whole of it is exact for a neutral that is earthed at the transformer only.
 */
import type { JointFault } from "./joint-faults.ts";

/** Ohms. */
export interface Impedance {
  readonly resistance: number;
  readonly reactance: number;
}

export interface FourWireImpedance {
  readonly phase: Impedance;
  readonly neutral: Impedance;
}

/** A junction and the transformer or line segment that feeds it. */
export interface FeederNode {
  readonly name: string;
  /** Index of the feeding node; -1 is the source. A node comes after its parent. */
  readonly parent: number;
  readonly impedance: FourWireImpedance;
}

/** The drop from a junction to one meter. Its joints are where faults grow. */
export interface Service {
  readonly name: string;
  readonly node: number;
  /** Which phases are connected: single phase has one of them. */
  readonly phases: readonly [boolean, boolean, boolean];
  readonly impedance: FourWireImpedance;
  readonly faults: readonly JointFault[];
}

export interface Feeder {
  readonly nodes: readonly FeederNode[];
  readonly services: readonly Service[];
}

/** Conductors: ohms for each kilometre at 20 °C (IEC 60228, typical reactance of bundled cable). */
export const conductors = {
  "4x150 aluminium": { resistance: 0.206, reactance: 0.072 },
  "4x95 aluminium": { resistance: 0.32, reactance: 0.074 },
  "4x25 aluminium": { resistance: 1.2, reactance: 0.084 },
  "4x16 copper": { resistance: 1.15, reactance: 0.082 },
  "2x16 aluminium": { resistance: 1.91, reactance: 0.087 },
} as const satisfies Record<string, Impedance>;

export type Conductor = keyof typeof conductors;

/** A cable whose neutral has the section of its phases. */
export function cable(conductor: Conductor, metres: number): FourWireImpedance {
  const perKilometre = conductors[conductor];
  const impedance = {
    resistance: (perKilometre.resistance * metres) / 1000,
    reactance: (perKilometre.reactance * metres) / 1000,
  };
  return { phase: impedance, neutral: impedance };
}

/** A Dyn transformer: its star winding gives each phase the same series impedance and the neutral none of its own. */
export function transformer(
  ratedKilovoltAmperes: number,
  percentImpedance: number,
  percentLoss: number,
): FourWireImpedance {
  const base = lineToLineVolts ** 2 / (ratedKilovoltAmperes * 1000);
  const resistance = (base * percentLoss) / 100;
  const magnitude = (base * percentImpedance) / 100;
  return {
    phase: { resistance, reactance: Math.sqrt(magnitude ** 2 - resistance ** 2) },
    neutral: { resistance: 0, reactance: 0 },
  };
}

const lineToLineVolts = 400;
export const nominalVolts = 230;
