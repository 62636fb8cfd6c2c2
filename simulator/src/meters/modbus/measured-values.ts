/** What a meter measures at its supply point, by the names of its series; in Wh, varh, W, V, A, Hz. */
import type { EnergyRegisters, PhaseMeans, SupplyPoint } from "../../supply/supply-point.ts";

/** One moment of a supply point. */
export interface Moment {
  readonly energy: EnergyRegisters;
  readonly means: PhaseMeans;
  /** Connected phases; a single-phase meter calls its own L1, whichever it is. */
  readonly connected: readonly boolean[];
}

export function momentOf(supply: SupplyPoint, instant: number, onePhase: boolean): Moment {
  const [energy, means] = [supply.registers(instant), supply.now(instant)];
  const { phases } = supply;
  const order = onePhase || phases.filter(Boolean).length === 1 ? [phases.indexOf(true)] : [0, 1, 2];
  const pick = (values: readonly number[]) => order.map((phase) => values[phase] ?? 0);
  return {
    energy,
    means: {
      hertz: means.hertz,
      volts: pick(means.volts),
      amperes: pick(means.amperes),
      watts: pick(means.watts),
      vars: pick(means.vars),
    },
    connected: order.map((phase) => phases[phase] ?? false),
  };
}

/** The value of a series; "no phase" of a phase that is not connected, undefined of what these meters do not measure. */
export function measured(series: string, moment: Moment): number | "no phase" | undefined {
  const [, c, d] = /^1-0:(\d+)\.([78])\.[012]$/.exec(series) ?? [];
  return d === "8" ? energyOf(Number(c), series, moment) : momentaryOf(Number(c), moment);
}

/** Group C of the OBIS code: 21 … 79 repeat 1 … 19 for the phases. */
function energyOf(c: number, series: string, { energy, connected }: Moment): number | "no phase" | undefined {
  // All is counted in the first tariff.
  if (series.endsWith(".2")) return 0;
  const phase = Math.floor(c / 20);
  const total = totals[c % 20]?.(energy);
  if (total === undefined || phase === 0) return total;
  if (!connected[phase - 1]) return "no phase";
  // The supply keeps one register for all phases.
  return Math.floor(total / connected.filter(Boolean).length);
}

const totals: Readonly<Record<number, (energy: EnergyRegisters) => number>> = {
  1: (energy) => energy.import,
  2: (energy) => energy.export,
  3: (energy) => energy.inductive,
  4: (energy) => energy.capacitive,
  15: (energy) => energy.import + energy.export,
  16: (energy) => energy.import - energy.export,
};

function momentaryOf(c: number, { means, connected }: Moment): number | "no phase" | undefined {
  const [watts, vars] = [sum(means.watts), sum(means.vars)];
  if (c === 14) return means.hertz;
  if (c === 13) return watts === 0 && vars === 0 ? 1 : Math.abs(watts) / Math.hypot(watts, vars);
  if (c === 16) return watts;
  const values = phaseValues[c % 20]?.(means);
  if (!values || c < 20) return undefined;
  const phase = Math.floor(c / 20) - 1;
  return connected[phase] ? values[phase] : "no phase";
}

const phaseValues: Readonly<Record<number, (means: PhaseMeans) => readonly number[]>> = {
  11: (means) => means.amperes,
  12: (means) => means.volts,
  16: (means) => means.watts,
};

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
