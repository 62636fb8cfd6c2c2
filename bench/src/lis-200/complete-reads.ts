/**
 * Complete device reads: connect, sign on, open the supplier's lock, read the base volume and a day of the measuring-period
 * archive (96 rows of 17 columns, in partial blocks of 50), break, close. Read over the head-end's own line, from devices in
 * another process; the archive's layout is known, as it is to a head-end that has read the model before.
 *
 * The limit is the same loop over bare sockets: the same lines, as many bytes up and down in as many turns, no LIS-200.
 */
import { Lis200Client, parseLayout } from "@anymeter/lis-200";
import { Conversation } from "@anymeter/sans-io";
import { Child } from "../dlms/child.ts";
import { openLine, play, RecordingLine } from "../dlms/lines.ts";
import type { MeterPorts, Script } from "../dlms/meter-process.ts";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import { archiveOfADay, layoutTexts, lock } from "./benchmark-device.ts";

const rounds = 5;
const readsOfARound = 1500;
const sessionsAtOnce = 64;
const target = 1000;
const layout = parseLayout(3, layoutTexts);

export async function run(): Promise<BenchResult[]> {
  const devices = new Child("../lis-200/meter-process.ts");
  try {
    const { meters, bare } = await devices.next<MeterPorts>();
    const script = await record(meters[0]!);
    await devices.ask(script);
    await round(meters, readDevice);
    const reads: number[] = [];
    const exchanges: number[] = [];
    for (let index = 0; index < rounds; index++) {
      reads.push(await round(meters, readDevice));
      exchanges.push(await round(bare, (port) => exchangeBytes(port, script)));
    }
    return [resultOf(median(reads), median(exchanges), script)];
  } finally {
    devices.end();
  }
}

type OpenLine = Awaited<ReturnType<typeof openLine>>;

async function readDevice(port: number): Promise<void> {
  const line = await openLine(port);
  try {
    await readOver(line);
  } finally {
    line.close();
  }
}

async function readOver(line: OpenLine): Promise<void> {
  const client = new Lis200Client();
  const conversation = new Conversation(client, line);
  await conversation.request(client.connect());
  await conversation.request(client.openLock(lock.number, lock.code));
  await conversation.request(client.read("2:302.0"));
  const { rows } = await conversation.request(client.readArchive({ archive: 3, layout, rowsPerBlock: 50 }));
  if (rows.length !== archiveOfADay.length) throw new Error(`${rows.length} rows`);
  await conversation.request(client.disconnect());
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

/** @returns reads a second */
async function round(ports: readonly number[], visit: (port: number) => Promise<void>): Promise<number> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < readsOfARound) await visit(ports[next++ % ports.length]!);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: sessionsAtOnce }, work));
  return (readsOfARound * 1000) / (performance.now() - start);
}

function resultOf(figure: number, peerFigure: number, script: Script): BenchResult {
  const bytes = script.reduce((sum, [up, down]) => sum + up + down, 0);
  return {
    ...{ name: "complete LIS-200 device reads", figure, unit: "meters/s" },
    peer: "connecting and exchanging the same bytes over bare sockets",
    ...{ peerFigure, ratio: figure / peerFigure, target },
    notes: `${bytes} bytes in ${script.length} turns, ${sessionsAtOnce} sessions at once, median of ${rounds} rounds of ${readsOfARound}`,
  };
}
