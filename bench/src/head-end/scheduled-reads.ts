/**
 * What the head-end makes of the DLMS library: a task is due for every meter and becomes runs, every run a session
 * (associate with HLS-GMAC, read a day of profile, release; every APDU ciphered), every session 288 durable readings and a
 * recorded run. One process with embedded stores on disk, meters in another process.
 *
 * The limit is the same sessions with nothing before and nothing behind them: no schedule, no lease, no store.
 */
import { profileRows } from "../dlms/benchmark-meter.ts";
import { Child } from "../dlms/child.ts";
import { readMeter } from "../dlms/complete-reads.ts";
import { openLine } from "../dlms/lines.ts";
import type { MeterPorts } from "../meter-reads/serve-meters.ts";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import { openPlant, readingsPerSession } from "./plant.ts";

const rounds = 3;
const meters = 2_000;
const sessionsAtOnce = 256;
const target = 400;

export async function run(): Promise<BenchResult[]> {
  const meterProcess = new Child("./meter-process.ts", 0);
  try {
    const { meters: ports } = await meterProcess.next<MeterPorts>();
    const plant = await openPlant(ports, meters, sessionsAtOnce);
    const [scheduled, bare]: number[][] = [[], []];
    try {
      // Nobody counts the first one: it learns the profile's layout.
      await plant.readAll();
      for (let index = 0; index < rounds; index++) {
        scheduled!.push(meters / (await secondsOf(plant.readAll)));
        bare!.push(meters / (await secondsOf(() => readBare(ports))));
      }
    } finally {
      await plant.close();
    }
    return [resultOf(median(scheduled!), median(bare!))];
  } finally {
    meterProcess.end();
  }
}

async function readBare(ports: readonly number[]): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < meters) {
      const line = await openLine(ports[next++ % ports.length]!);
      await readMeter(line).finally(() => line.close());
    }
  };
  await Promise.all(Array.from({ length: sessionsAtOnce }, work));
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function resultOf(figure: number, peerFigure: number): BenchResult {
  return {
    name: "scheduled reads, from the due task to recorded runs",
    figure,
    unit: "sessions/s",
    peer: "the same sessions alone: no schedule, no lease, no store",
    peerFigure,
    ratio: figure / peerFigure,
    target,
    notes: `${meters} meters a round, ${profileRows} rows and ${readingsPerSession} durable readings each, ${sessionsAtOnce} sessions at once, embedded stores on disk, median of ${rounds} rounds`,
  };
}
