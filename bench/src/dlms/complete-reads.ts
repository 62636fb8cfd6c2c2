/**
 * Complete meter reads: connect, associate with HLS-GMAC, read a day of profile (96 rows of 5 columns) by range, release,
 * close; every APDU ciphered. Read by the head-end's own line and session, from meters in another process.
 *
 * The limit is the same loop over bare sockets: the same lines, as many bytes up and down in as many turns, no DLMS.
 */
import type { BenchResult } from "../result.ts";
import { dayOfProfile, profileRows } from "./benchmark-meter.ts";
import { Child } from "./child.ts";
import { openLine, play, RecordingLine, sessionOver } from "./lines.ts";
import type { MeterPorts, Script } from "./meter-process.ts";

const rounds = 5;
const metersOfRound = 1500;
const sessionsAtOnce = 64;
const target = 1000;

export async function run(): Promise<BenchResult[]> {
  const meterProcess = new Child("./meter-process.ts", 0);
  try {
    const { meters, bare } = await meterProcess.next<MeterPorts>();
    const script = await record(meters[0]!);
    await meterProcess.ask(script);
    const reads: Round[] = [];
    const exchanges: Round[] = [];
    await round(meters, readMeter);
    for (let index = 0; index < rounds; index++) {
      reads.push(await round(meters, readMeter));
      exchanges.push(await round(bare, async (port) => await exchangeBytes(port, script)));
    }
    return [resultOf(reads, exchanges, script)];
  } finally {
    meterProcess.end();
  }
}

interface Round {
  readonly perSecond: number;
  /** Processor time of this process, in microseconds. */
  readonly processorTime: number;
}

/** One complete read, by the library over a line of the head-end. */
export async function readMeter(port: number): Promise<void> {
  const line = await openLine(port);
  try {
    await readOver(line);
  } finally {
    line.close();
  }
}

async function readOver(line: Parameters<typeof sessionOver>[0]): Promise<void> {
  const session = sessionOver(line, 1);
  await session.connect();
  const data = await session.read(dayOfProfile);
  if (data.type !== "array" || data.value.length !== profileRows) throw new Error("the profile is not whole");
  await session.release();
}

async function exchangeBytes(port: number, script: Script): Promise<void> {
  const line = await openLine(port);
  try {
    await play(line, script);
  } finally {
    line.close();
  }
}

async function record(port: number): Promise<Script> {
  const line = new RecordingLine(await openLine(port));
  await readOver(line);
  line.close();
  return line.script;
}

async function round(ports: readonly number[], visit: (port: number) => Promise<void>): Promise<Round> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < metersOfRound) await visit(ports[next++ % ports.length]!);
  };
  const before = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: sessionsAtOnce }, work));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond: metersOfRound / seconds, processorTime: (user + system) / metersOfRound };
}

function resultOf(reads: readonly Round[], exchanges: readonly Round[], script: Script): BenchResult {
  const figure = median(reads.map(({ perSecond }) => perSecond));
  const peerFigure = median(exchanges.map(({ perSecond }) => perSecond));
  const bytes = script.reduce((sum, [up, down]) => sum + up + down, 0);
  const [own, bare] = [reads, exchanges].map((each) =>
    median(each.map(({ processorTime }) => processorTime)).toFixed(0),
  );
  return {
    name: "complete DLMS meter reads",
    figure,
    unit: "meters/s",
    peer: "connecting and exchanging the same bytes over bare sockets",
    peerFigure,
    ratio: figure / peerFigure,
    target,
    notes: `${bytes} bytes in ${script.length} turns, ${sessionsAtOnce} sessions at once, ${own} µs of processor time a meter here (bare: ${bare} µs), median of ${rounds} rounds of ${metersOfRound}`,
  };
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}
