/**
 * Complete reads of meters, whatever the protocol: connect, read, close, over the head-end's own line, from meters in another
 * process. The limit is the same loop over bare sockets: the same lines, as many bytes up and down in as many turns.
 */
import { Child } from "../dlms/child.ts";
import { openLine, play, RecordingLine } from "../dlms/lines.ts";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import type { MeterPorts, Script } from "./serve-meters.ts";

const rounds = 5;
const readsOfARound = 1500;
const sessionsAtOnce = 64;
/** What the design asks of each TCP protocol. */
const target = 1000;

export type MeterLine = Awaited<ReturnType<typeof openLine>>;

export interface MeterReads {
  /** "complete M-Bus meter reads" */
  readonly name: string;
  /** The file that calls `serveMeters`, from this folder: "../mbus/meter-process.ts". */
  readonly meterProcess: string;
  /** One whole read over an open line. Throws when what was read is not whole. */
  readonly read: (line: MeterLine) => Promise<void>;
}

export async function measureReads({ name, meterProcess, read }: MeterReads): Promise<BenchResult[]> {
  const other = new Child(meterProcess);
  try {
    const { meters, bare } = await other.next<MeterPorts>();
    const script = await record(meters[0]!, read);
    await other.ask(script);
    await round(meters, read);
    const reads: Round[] = [];
    const exchanges: Round[] = [];
    for (let index = 0; index < rounds; index++) {
      reads.push(await round(meters, read));
      exchanges.push(await round(bare, (line) => play(line, script)));
    }
    return [resultOf(name, reads, exchanges, script)];
  } finally {
    other.end();
  }
}

interface Round {
  readonly perSecond: number;
  /** Of this process for a read, in microseconds. */
  readonly processorTime: number;
}

async function record(port: number, read: MeterReads["read"]): Promise<Script> {
  const line = new RecordingLine(await openLine(port));
  await read(line);
  line.close();
  return line.script;
}

async function round(ports: readonly number[], visit: (line: MeterLine) => Promise<void>): Promise<Round> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < readsOfARound) {
      const line = await openLine(ports[next++ % ports.length]!);
      await visit(line).finally(() => line.close());
    }
  };
  const before = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: sessionsAtOnce }, work));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond: readsOfARound / seconds, processorTime: (user + system) / readsOfARound };
}

function resultOf(name: string, reads: readonly Round[], exchanges: readonly Round[], script: Script): BenchResult {
  const [figure, peerFigure] = [speedOf(reads), speedOf(exchanges)];
  const bytes = script.reduce((sum, [up, down]) => sum + up + down, 0);
  return {
    ...{ name, figure, unit: "meters/s" },
    peer: "connecting and exchanging the same bytes over bare sockets",
    ...{ peerFigure, ratio: figure / peerFigure, target },
    notes: `${bytes} bytes in ${script.length} turns, ${sessionsAtOnce} sessions at once, ${processorTimeOf(reads)} µs of processor time a meter here (bare: ${processorTimeOf(exchanges)} µs), median of ${rounds} rounds of ${readsOfARound}`,
  };
}

function speedOf(rounds: readonly Round[]): number {
  return median(rounds.map(({ perSecond }) => perSecond));
}

function processorTimeOf(rounds: readonly Round[]): string {
  return median(rounds.map(({ processorTime }) => processorTime)).toFixed(0);
}
