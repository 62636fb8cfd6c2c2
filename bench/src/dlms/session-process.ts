/**
 * Many sessions in one process: the head-end's lines and sessions, or bare sockets in their place, all open at once and
 * all asking again as soon as they are answered. In a process of its own so that its memory is its own.
 */

import type { Script } from "../meter-reads/serve-meters.ts";
import { register } from "./benchmark-meter.ts";
import { openLine, play, sessionOver } from "./lines.ts";

export interface Crowd {
  readonly kind: "meters" | "bare";
  readonly ports: readonly number[];
  readonly sessions: number;
  /** How long all of them ask, once all are open. */
  readonly seconds: number;
  /** What a bare socket plays: opening turns, and last the one that is repeated. */
  readonly script: Script;
}

export interface CrowdReport {
  /** Open at the same time, and still so at the end. */
  readonly together: number;
  readonly lost: number;
  readonly answersPerSecond: number;
  /** The most memory this process had, in MiB. */
  readonly peakMemory: number;
}

/** Connections under way at a time while the crowd gathers. */
const arrivalsAtOnce = 256;

process.on("disconnect", () => process.exit());
process.on("message", async (message) => process.send!(await gather(message as Crowd)));

interface Member {
  ask(): Promise<unknown>;
  leave(): Promise<void>;
}

async function gather(crowd: Crowd): Promise<CrowdReport> {
  const members: Member[] = [];
  let lost = 0;
  await each(crowd.sessions, arrivalsAtOnce, async (index) => {
    try {
      members.push(await join(crowd, crowd.ports[index % crowd.ports.length]!));
    } catch {
      lost++;
    }
  });
  let answers = 0;
  let together = 0;
  const start = performance.now();
  const end = start + crowd.seconds * 1000;
  await each(members.length, members.length, async (index) => {
    try {
      while (performance.now() < end) {
        await members[index]!.ask();
        answers++;
      }
      together++;
    } catch {
      lost++;
    }
  });
  const seconds = (performance.now() - start) / 1000;
  await each(members.length, arrivalsAtOnce, async (index) => await members[index]!.leave());
  const peakMemory = process.resourceUsage().maxRSS / 1024;
  return { together, lost, answersPerSecond: answers / seconds, peakMemory };
}

async function join({ kind, script }: Crowd, port: number): Promise<Member> {
  const line = await openLine(port);
  if (kind === "bare") {
    await play(line, script.slice(0, -1));
    return { ask: async () => await play(line, script.slice(-1)), leave: async () => line.close() };
  }
  const session = sessionOver(line, 1);
  await session.connect();
  return {
    ask: async () => await session.read(register),
    leave: async () => {
      await session.release();
      line.close();
    },
  };
}

/** Calls for 0 … count − 1, so many at a time. */
async function each(count: number, atOnce: number, visit: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await visit(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
