/**
 * Meters in session at once in one process: associated with HLS-GMAC, every APDU ciphered, each asked for a register
 * again as soon as it has answered, 100 ms later. Counted are those that were open all together and lost nothing.
 *
 * The limit is the same number of bare sockets in a process of its own, exchanging the same bytes in the same turns.
 */

import type { MeterPorts } from "../meter-reads/serve-meters.ts";
import type { BenchResult } from "../result.ts";
import { Child } from "./child.ts";
import { recordReading } from "./lines.ts";
import type { Crowd, CrowdReport } from "./session-process.ts";

const sessions = 10_000;
const latencyMilliseconds = 100;
const seconds = 5;
const targetMemory = 1024;

export async function run(): Promise<BenchResult[]> {
  const meterProcess = new Child("./meter-process.ts", latencyMilliseconds);
  try {
    const ports = await meterProcess.next<MeterPorts>();
    const script = await recordReading(ports.meters[0]!);
    await meterProcess.ask(script);
    const ours = await crowdReport({ kind: "meters", ports: ports.meters, sessions, seconds, script });
    const bare = await crowdReport({ kind: "bare", ports: ports.bare, sessions, seconds, script });
    return resultsOf(ours, bare);
  } finally {
    meterProcess.end();
  }
}

async function crowdReport(crowd: Crowd): Promise<CrowdReport> {
  const sessionProcess = new Child("./session-process.ts");
  try {
    return await sessionProcess.ask<CrowdReport>(crowd);
  } finally {
    sessionProcess.end();
  }
}

function resultsOf(ours: CrowdReport, bare: CrowdReport): BenchResult[] {
  const peer = "bare sockets exchanging the same bytes in the same turns";
  const notes = `${latencyMilliseconds} ms meter latency; lost: ${ours.lost}, bare: ${bare.lost}`;
  return [
    {
      name: "DLMS sessions at once in one process",
      figure: ours.together,
      unit: "sessions",
      peer,
      peerFigure: bare.together,
      ratio: ours.together / bare.together,
      target: sessions,
      notes,
    },
    {
      name: "memory of a process with so many DLMS sessions",
      figure: ours.peakMemory,
      unit: "MiB, at most",
      peer,
      peerFigure: bare.peakMemory,
      ratio: ours.peakMemory / bare.peakMemory,
      target: targetMemory,
      notes: `peak resident memory with ${ours.together} sessions; less is better`,
    },
    {
      name: "registers read in so many DLMS sessions",
      figure: ours.answersPerSecond,
      unit: "answers/s",
      peer,
      peerFigure: bare.answersPerSecond,
      ratio: ours.answersPerSecond / bare.answersPerSecond,
      notes,
    },
  ];
}
