/** A meter that pushes: every period of its clock, a while after it, and again while nobody takes it. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import type { DlmsMeter } from "../dlms-meter.ts";
import type { PushHabit } from "../makes.ts";
import { pushFrames } from "./push-message.ts";
import { pushRetries, randomisationSeconds, repetitionSeconds } from "./push-setup.ts";

export interface PushDestination {
  readonly host: string;
  readonly port: number;
}

export class MeterPusher {
  readonly #meter: DlmsMeter;
  readonly #habit: PushHabit;
  readonly #destination: PushDestination;
  readonly #repetitionMilliseconds: number;
  #timer: NodeJS.Timeout | undefined;
  #invokeId = 0;
  #stopped = false;

  constructor(
    meter: DlmsMeter,
    habit: PushHabit,
    destination: PushDestination,
    repetitionMilliseconds: number = repetitionSeconds * 1000,
  ) {
    this.#meter = meter;
    this.#habit = habit;
    this.#destination = destination;
    this.#repetitionMilliseconds = repetitionMilliseconds;
  }

  /** Pushes after `delay` milliseconds, then some time after every full period of the meter's clock. */
  start(delay: number): void {
    this.#timer = setTimeout(() => {
      void this.push();
      this.start(this.#untilNext());
    }, delay).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Sends one push now. @returns whether somebody took it, as far as the make can know */
  async push(): Promise<boolean> {
    for (let attempt = 0; attempt <= pushRetries && !this.#stopped; attempt++) {
      if (attempt > 0) await wait(this.#repetitionMilliseconds);
      if (this.#meter.faults.current.silent) continue;
      // Made anew for each attempt: a counter is used once.
      const frames = pushFrames(this.#meter, this.#habit, ++this.#invokeId & 0xff_ffff);
      if (frames.length === 0) return false;
      try {
        if (await this.#send(frames)) return true;
      } catch {
        // Nobody listens: again after the pause.
      }
    }
    return false;
  }

  #send(frames: readonly Uint8Array[]): Promise<boolean> {
    return this.#habit.transport === "udp" ? this.#sendDatagrams(frames) : this.#sendStream(frames);
  }

  async #sendDatagrams(frames: readonly Uint8Array[]): Promise<boolean> {
    const { host, port } = this.#destination;
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    try {
      for (const frame of frames) {
        await new Promise<void>((resolve, reject) => {
          socket.send(frame, port, host, (error) => (error ? reject(error) : resolve()));
        });
      }
      return true;
    } finally {
      socket.close();
    }
  }

  async #sendStream(frames: readonly Uint8Array[]): Promise<boolean> {
    const socket = connect(this.#destination);
    socket.setTimeout(answerMilliseconds, () => socket.destroy());
    try {
      await once(socket, "connect");
      for (const frame of frames) socket.write(frame);
      if (!this.#habit.confirmed) return true;
      const answered = await Promise.race([
        once(socket, "data").then(() => true),
        once(socket, "close").then(() => false),
      ]);
      return answered;
    } finally {
      socket.on("error", () => {});
      socket.end();
    }
  }

  #untilNext(): number {
    const period = this.#meter.capturePeriod * 1000;
    const spread = Math.random() * Math.min(randomisationSeconds * 1000, period / 2);
    return period - (this.#meter.clockTime % period) + spread;
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

const answerMilliseconds = 10_000;
