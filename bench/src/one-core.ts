/** What one core does of a work and of its peer, side by side. */
import { median } from "./readings/median.ts";
import type { BenchResult } from "./result.ts";

export interface OneCoreWork {
  /** "decode of a small M-Bus telegram" */
  readonly name: string;
  /** What is counted: "telegrams". */
  readonly what: string;
  /** So many of it are done by one call of `work`, and of `peerWork`. */
  readonly count: number;
  readonly work: () => void;
  readonly peer: string;
  readonly peerWork: () => void;
  readonly target?: number;
  readonly notes: string;
}

/**
 * Figures are per second of processor time, so that other work on the machine does not count. Both run in turns, and the
 * medians are reported.
 */
export function compareOnOneCore({ name, what, count, work, peer, peerWork, target, notes }: OneCoreWork): BenchResult {
  const figures: number[] = [];
  const peerFigures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    figures.push(perSecond(count, work));
    peerFigures.push(perSecond(count, peerWork));
  }
  const [figure, peerFigure] = [median(figures), median(peerFigures)];
  return {
    ...{ name, figure, unit: `${what}/s of one core`, peer, peerFigure, ratio: figure / peerFigure },
    ...(target !== undefined && { target }),
    notes: `${notes}, ${count} a round, median of ${rounds} rounds`,
  };
}

function perSecond(count: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
}

const rounds = 9;
