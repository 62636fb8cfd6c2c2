/** Draws the streets: a transformer, two cables along the houses, a drop to each. */
import { type Conductor, cable, type Feeder, type FeederNode, type Service, transformer } from "../physics/feeder.ts";
import { between, pick, seedFor } from "../random.ts";

export interface ServicePlan {
  readonly name: string;
  readonly phases: 1 | 3;
}

/** A feeder with one service for each plan, in order. Single-phase services take phases a, b, c in turn. */
export function drawFeeder(name: string, seed: number, services: readonly ServicePlan[]): Feeder {
  const nodes: FeederNode[] = [
    { name: `${name} busbar`, parent: -1, impedance: transformer(pick(seed, 0, ratings), 4, 1.15) },
  ];
  const cableSeed = seedFor(seed, "cables");
  for (let branch = 0; branch < branches; branch++) {
    for (let segment = 0; segment < segmentsInBranch; segment++) {
      const index = nodes.length;
      const conductor: Conductor = segment < segmentsInBranch / 2 ? "4x150 aluminium" : "4x95 aluminium";
      nodes.push({
        name: `${name} cable ${branch + 1}.${segment + 1}`,
        parent: segment === 0 ? 0 : index - 1,
        impedance: cable(conductor, between(cableSeed, index, 25, 45)),
      });
    }
  }
  const dropSeed = seedFor(seed, "drops");
  return {
    nodes,
    services: services.map((plan, index): Service => {
      const conductor = pick(dropSeed, index, plan.phases === 1 ? singlePhaseDrops : threePhaseDrops);
      return {
        name: plan.name,
        node: 1 + Math.floor(between(dropSeed, index + 10_000, 0, branches * segmentsInBranch)),
        phases: plan.phases === 3 ? [true, true, true] : [index % 3 === 0, index % 3 === 1, index % 3 === 2],
        impedance: cable(conductor, between(dropSeed, index + 20_000, 10, 32)),
        faults: [],
      };
    }),
  };
}

/** Kilovolt amperes. */
const ratings = [250, 400, 630];
const branches = 2;
const segmentsInBranch = 5;
const singlePhaseDrops: readonly Conductor[] = ["2x16 aluminium", "4x16 copper"];
const threePhaseDrops: readonly Conductor[] = ["4x25 aluminium", "4x16 copper"];
