/** Lines of the head-end, opened as it opens them, for meters and for bare sockets alike. */

import { ClientSession } from "@anymeter/dlms-cosem";
import { systemClock } from "../../../platform/src/head-end/clock.ts";
import { MeterSession } from "../../../platform/src/head-end/drivers/dlms/meter-session.ts";
import type { Line } from "../../../platform/src/head-end/session/line.ts";
import { connectTcp } from "../../../platform/src/head-end/session/tcp-line.ts";
import { defaultSettings } from "../../../platform/src/head-end/settings.ts";
import type { Script } from "../meter-reads/serve-meters.ts";
import { benchmarkClient, register } from "./benchmark-meter.ts";

export async function openLine(port: number): Promise<Line> {
  return await connectTcp({
    target: { host: "127.0.0.1", port },
    settings: defaultSettings.session,
    clock: systemClock,
    signal: never,
    counter: { sent: 0, received: 0 },
  });
}

/** The head-end's session over a line; `counter` is the first invocation counter it uses. */
export function sessionOver(line: Line, counter: number): MeterSession {
  return new MeterSession({
    session: new ClientSession(benchmarkClient(counter)),
    line,
    silenceMilliseconds: defaultSettings.session.idleTimeoutMilliseconds,
    beforeSending: nothingToStore,
  });
}

/** Plays a script over a line: as many bytes each way as a session had. */
export async function play(line: Line, script: Script): Promise<void> {
  for (const [up, down] of script) {
    line.send(zeros.subarray(0, up));
    for (let missing = down; missing > 0; ) {
      const bytes = await line.receive(defaultSettings.session.idleTimeoutMilliseconds);
      if (typeof bytes === "string") throw new Error(`a bare socket: ${bytes}`);
      missing -= bytes.length;
    }
  }
}

/** The turns of opening a session and of one reading of a register, for bare sockets to repeat. */
export async function recordReading(port: number): Promise<Script> {
  const line = new RecordingLine(await openLine(port));
  const session = sessionOver(line, 1);
  await session.connect();
  await session.read(register);
  const script = structuredClone(line.script);
  await session.release();
  line.close();
  return script;
}

/** A line that notes how many bytes went which way in which turn. */
export class RecordingLine implements Line {
  readonly script: [up: number, down: number][] = [];
  private readonly line: Line;

  constructor(line: Line) {
    this.line = line;
  }

  get closed(): boolean {
    return this.line.closed;
  }

  send(bytes: Uint8Array): void {
    const turn = this.script.at(-1);
    if (turn !== undefined && turn[1] === 0) turn[0] += bytes.length;
    else this.script.push([bytes.length, 0]);
    this.line.send(bytes);
  }

  async receive(silenceMilliseconds: number): Promise<Uint8Array | "silence" | "closed"> {
    const bytes = await this.line.receive(silenceMilliseconds);
    if (typeof bytes !== "string") this.script.at(-1)![1] += bytes.length;
    return bytes;
  }

  close(): void {
    this.line.close();
  }
}

const never = new AbortController().signal;
const nothingToStore = async (): Promise<void> => {};
const zeros = new Uint8Array(0x1_0000);
