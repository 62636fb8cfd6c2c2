/** Who lives behind a meter: kinds of customers as a table, each drawn into its loads by seed. */
import { between, seedFor, unit } from "../random.ts";
import type { LoadComponent } from "./energy-curve.ts";
import type { ShapeName } from "./shapes.ts";

export type CustomerKindName = keyof typeof customerKinds;

/** One load of a kind of customer; ranges are drawn from evenly. */
interface LoadRecipe {
  readonly shape: ShapeName;
  readonly dailyWattHours: readonly [number, number];
  /** Vars for each watt; negative is capacitive, as electronics on standby are. */
  readonly reactiveRatio: number;
  readonly season: number;
  readonly seasonPeak: number;
  /** How it sits on three phases: on one of them, evenly, or unevenly. */
  readonly phases: "one" | "even" | "uneven";
}

interface CustomerKind {
  readonly phases: 1 | 3;
  /** How many there are beside the others with as many phases. */
  readonly share: number;
  readonly loads: readonly LoadRecipe[];
}

const january = 0.04;
const june = 0.47;

const lighting: LoadRecipe = {
  shape: "household",
  dailyWattHours: [6_000, 13_000],
  reactiveRatio: 0.18,
  season: 0.15,
  seasonPeak: january,
  phases: "uneven",
};
const electronics: LoadRecipe = {
  shape: "standby",
  dailyWattHours: [900, 1_900],
  reactiveRatio: -0.35,
  season: 0,
  seasonPeak: january,
  phases: "one",
};
const car: LoadRecipe = {
  shape: "electric-vehicle",
  dailyWattHours: [5_000, 9_000],
  reactiveRatio: 0.02,
  season: 0.1,
  seasonPeak: january,
  phases: "one",
};
const panels: LoadRecipe = {
  shape: "photovoltaic",
  dailyWattHours: [6_000, 11_000],
  reactiveRatio: 0,
  season: 0.75,
  seasonPeak: june,
  phases: "even",
};
const heatPump: LoadRecipe = {
  shape: "heat-pump",
  dailyWattHours: [9_000, 15_000],
  reactiveRatio: 0.3,
  season: 0.8,
  seasonPeak: january,
  phases: "even",
};
const trade: LoadRecipe = {
  shape: "shop",
  dailyWattHours: [30_000, 75_000],
  reactiveRatio: 0.33,
  season: 0.05,
  seasonPeak: june,
  phases: "uneven",
};

export const customerKinds = {
  home: { phases: 1, share: 6, loads: [lighting, electronics] },
  "home with car": { phases: 1, share: 2, loads: [lighting, electronics, car] },
  "home with panels": { phases: 1, share: 2, loads: [lighting, electronics, panels] },
  "holiday home": { phases: 1, share: 1, loads: [electronics] },
  house: { phases: 3, share: 2, loads: [lighting, electronics] },
  "house with car": { phases: 3, share: 2, loads: [lighting, electronics, car] },
  "house with heat pump": { phases: 3, share: 2, loads: [lighting, electronics, heatPump, panels] },
  shop: { phases: 3, share: 2, loads: [trade, electronics] },
} as const satisfies Record<string, CustomerKind>;

/** Draws a kind among those with this many phases. */
export function drawCustomerKind(seed: number, phases: 1 | 3): CustomerKindName {
  const kinds = Object.entries(customerKinds).filter(([, kind]) => kind.phases === phases);
  let position = unit(seed, 0) * kinds.reduce((sum, [, kind]) => sum + kind.share, 0);
  for (const [name, kind] of kinds) {
    position -= kind.share;
    if (position < 0) return name as CustomerKindName;
  }
  return kinds.at(-1)![0] as CustomerKindName;
}

/** The loads of one customer. `phase` is the one a single-phase service hangs on. */
export function drawLoads(kind: CustomerKindName, seed: number, phase: 0 | 1 | 2): LoadComponent[] {
  const { loads, phases } = customerKinds[kind];
  return loads.map((recipe, index) => {
    const ownSeed = seedFor(seed, index);
    return {
      shape: recipe.shape,
      direction: recipe.shape === "photovoltaic" ? "export" : "import",
      meanDailyWattHours: Math.round(between(ownSeed, 1, ...recipe.dailyWattHours)),
      reactiveRatio: recipe.reactiveRatio,
      phaseShares: phases === 1 ? onePhase(phase) : phaseShares(recipe.phases, ownSeed),
      season: recipe.season,
      seasonPeak: recipe.seasonPeak,
      noise: recipe.season > 0.5 ? 0.1 : 0.2,
      seed: seedFor(ownSeed, "shape"),
    };
  });
}

function phaseShares(arrangement: LoadRecipe["phases"], seed: number): readonly [number, number, number] {
  if (arrangement === "even") return [1 / 3, 1 / 3, 1 / 3];
  const favoured = Math.floor(unit(seed, 2) * 3) as 0 | 1 | 2;
  if (arrangement === "one") return onePhase(favoured);
  const shares: [number, number, number] = [0.22, 0.22, 0.22];
  shares[favoured] = 0.34;
  shares[(favoured + 1) % 3] = 0.44;
  return shares;
}

function onePhase(phase: 0 | 1 | 2): readonly [number, number, number] {
  const shares: [number, number, number] = [0, 0, 0];
  shares[phase] = 1;
  return shares;
}
