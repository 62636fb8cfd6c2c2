/**
 * One TCP connection that a meter opened. What comes is pushes and heartbeats, until a session takes the connection: then
 * bytes are the session's, but for the pushes and heartbeats that come between its answers.
 */
import type { Socket } from "node:net";
import { type PushBlocks, type WrapperFrame, wrapperFrame } from "@anymeter/dlms-cosem";
import { RunFailure } from "../causes.ts";
import type { ContactedDevice } from "../drivers/driver.ts";
import { dialsIn, type LineOptions } from "../session/contact-session.ts";
import type { Line } from "../session/line.ts";
import type { BoundConnection, BoundMeters } from "./bound-meters.ts";
import type { PushMetrics } from "./push-metrics.ts";
import type { Arrival, PushReceiver } from "./push-receiver.ts";
import type { PushSettings } from "./push-settings.ts";
import { type PushMessage, PushStream } from "./push-stream.ts";
import { RefusedPush } from "./refused-push.ts";
import type { SourceRates } from "./source-rates.ts";

export interface MeterConnectionOptions {
  readonly socket: Socket;
  readonly receiver: PushReceiver;
  readonly bound: BoundMeters;
  readonly rates: SourceRates;
  readonly settings: PushSettings;
  readonly metrics: PushMetrics;
  readonly now: () => number;
  /** A meter dialled in. */
  readonly arrived: (device: ContactedDevice) => Promise<void>;
}

export class MeterConnection implements BoundConnection {
  readonly #options: MeterConnectionOptions;
  readonly #stream: PushStream;
  readonly #blocks: PushBlocks;
  /** A socket that is closed has forgotten it, and what came over it is still being stored. */
  readonly #source: Pick<Arrival, "transport" | "address" | "port">;
  readonly #openedAt: number;
  #device: ContactedDevice | undefined;
  #session: BoundLine | undefined;
  #heardAt: number;
  /** When the message began that is not whole yet. */
  #begunAt: number | undefined;
  #messages = 0;
  #waiting = 0;
  /** Nothing is cut out of the stream until what waits is stored: bytes are smaller than messages. */
  #held = false;
  #peerEnded = false;
  /** The stream is out of step, or the port stops. */
  #ended = false;
  /** Messages are taken one after another, so that answers keep their order. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: MeterConnectionOptions) {
    this.#options = options;
    this.#stream = new PushStream(options.settings.maxApduLength);
    this.#blocks = options.receiver.newBlocks();
    this.#openedAt = options.now();
    this.#heardAt = this.#openedAt;
    const { socket } = options;
    const { remoteAddress = "", remotePort = 0 } = socket;
    this.#source = { transport: "tcp", address: plainAddress(remoteAddress), port: remotePort };
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMilliseconds);
    socket.on("data", (bytes) => this.#receive(bytes));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#closed());
    // A meter may say that it is done before it has its answer.
    socket.on("end", () => {
      this.#peerEnded = true;
      if (this.#waiting === 0) this.#answerEnd();
    });
  }

  /** The meter that dialled in over it. */
  get device(): ContactedDevice | undefined {
    return this.#device;
  }

  /** Bytes kept of messages that are not whole yet. */
  get pending(): number {
    return this.#stream.pending + this.#blocks.pending;
  }

  /** @returns the limit that the connection has overrun, if any */
  overrun(now: number): "slow" | "idle" | undefined {
    const { firstMessageMilliseconds, messageMilliseconds, idleMilliseconds, boundIdleMilliseconds } =
      this.#options.settings;
    if (this.#session || this.#waiting > 0) return undefined;
    if (this.#begunAt !== undefined && now - this.#begunAt > messageMilliseconds) return "slow";
    if (this.#messages === 0) return now - this.#openedAt > firstMessageMilliseconds ? "slow" : undefined;
    return now - this.#heardAt > (this.#device ? boundIdleMilliseconds : idleMilliseconds) ? "idle" : undefined;
  }

  openLine(options: LineOptions): Line | undefined {
    const { socket } = this.#options;
    if (socket.destroyed || !socket.writable || this.#session?.closed === false) return undefined;
    this.#session = new BoundLine(socket, options, (answered) => this.#sessionEnded(answered));
    return this.#session;
  }

  close(): void {
    this.#options.socket.destroy();
  }

  /** Takes nothing more. @returns when what was taken is stored and answered */
  finish(): Promise<void> {
    this.#ended = true;
    this.#options.socket.pause();
    return this.#work;
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#heardAt = this.#options.now();
    if (this.#session && this.#stream.framing !== "wrapper") {
      this.#session.deliver(bytes);
      return;
    }
    this.#stream.push(bytes);
    this.#takeMessages();
  }

  #takeMessages(): void {
    try {
      while (!this.#held && !this.#ended) {
        const message = this.#stream.next();
        if (!message) break;
        this.#take(message);
      }
    } catch (error) {
      this.#ended = true;
      // A stream that is out of step stays so: whoever it was begins anew.
      const arrival = this.#arrival;
      this.#enqueue(() => this.#options.receiver.refuse(error, arrival, this.#device));
      this.#session?.broken(error);
      this.#options.socket.destroySoon();
      return;
    }
    // What is held back came long ago, and is slow because of us.
    if (this.#held || !this.#stream.incomplete) this.#begunAt = undefined;
    else this.#begunAt ??= this.#heardAt;
  }

  #take(message: PushMessage): void {
    this.#messages++;
    this.#begunAt = undefined;
    if (this.#session && message.kind === "apdu" && message.frame && this.#session.isOf(message.frame)) {
      const { source, destination, apdu } = message.frame;
      this.#session.deliver(wrapperFrame(source, destination, apdu));
      return;
    }
    const { rates, socket } = this.#options;
    const delay = rates.delay(this.#arrival.address, this.#heardAt);
    this.#waiting++;
    if (delay > 0 || this.#waiting >= this.#options.settings.maxWaitingPerConnection) {
      this.#held = true;
      socket.pause();
    }
    this.#enqueue(async () => {
      if (delay > 0) await rates.pause(delay);
      try {
        await this.#process(message);
      } finally {
        this.#waiting--;
        if (this.#waiting === 0) this.#drained();
      }
    });
  }

  /** Goes on with what was held back. Of a connection that broke nobody waits for an answer: it is sent again. */
  #drained(): void {
    const { socket } = this.#options;
    if (this.#ended || socket.destroyed) return;
    this.#held = false;
    this.#heardAt = this.#options.now();
    this.#takeMessages();
    if (!this.#held) socket.resume();
    if (this.#peerEnded && this.#waiting === 0) this.#answerEnd();
  }

  #answerEnd(): void {
    this.#enqueue(async () => void this.#options.socket.end());
  }

  async #process(message: PushMessage): Promise<void> {
    const { receiver, socket } = this.#options;
    if (message.kind === "heartbeat") {
      const device = await receiver.identify(message.heartbeat, this.#arrival);
      if (!device) {
        // It may be registered when it dials again.
        if (!message.heartbeat.optional) socket.end();
        return;
      }
      if (device.settings.dlms_settings?.heartbeat_answer === "echo") socket.write(message.bytes);
      await this.#bind(device);
      return;
    }
    const apdu = await this.#joined(message);
    // What a session gave up waiting for may come late.
    if (!apdu || (this.#device && !pushTags.has(apdu[0]!))) return;
    const { answer, device } = await receiver.receive(apdu, this.#arrival);
    if (answer && message.frame) {
      socket.write(wrapperFrame(message.frame.destination, message.frame.source, answer));
    }
    if (device && dialsIn(device)) await this.#bind(device);
  }

  /** undefined until the last block came. */
  async #joined({ sender, apdu }: Extract<PushMessage, { kind: "apdu" }>): Promise<Uint8Array | undefined> {
    try {
      return this.#blocks.receive(sender, apdu);
    } catch (error) {
      await this.#options.receiver.refuse(error, this.#arrival, this.#device);
      return undefined;
    }
  }

  async #bind(device: ContactedDevice): Promise<void> {
    const { socket, bound, metrics, receiver, arrived } = this.#options;
    if (socket.destroyed || this.#device?.id === device.id) return;
    if (!dialsIn(device)) {
      await receiver.refuse(new RefusedPush("dials_in_unset"), this.#arrival, device);
      return;
    }
    // One connection is one meter's: a second name over it is that of a gateway, whose meters are called by it.
    if (this.#device) return;
    this.#device = device;
    bound.bind(device.id, this);
    metrics.bound(1);
    await arrived(device);
  }

  #enqueue(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch(() => {
      // The stores do not answer: the meter keeps what it has and comes again.
      this.#options.socket.destroy();
    });
  }

  #sessionEnded(answered: boolean): void {
    this.#session = undefined;
    // A meter that says nothing at all is not there any more, whatever its socket says: it will dial again.
    if (!answered) this.close();
    this.#stream.restart();
    this.#heardAt = this.#options.now();
  }

  #closed(): void {
    this.#session?.broken(new RunFailure("connection_closed"));
    if (!this.#device) return;
    this.#options.bound.unbind(this.#device.id, this);
    this.#options.metrics.bound(-1);
  }

  get #arrival(): Arrival {
    return { ...this.#source, connectedDevice: this.#device?.id };
  }
}

/** The line of a session over a connection that stays open behind it. */
class BoundLine implements Line {
  readonly #socket: Socket;
  readonly #options: LineOptions;
  readonly #ended: (answered: boolean) => void;
  #arrived: Uint8Array[] = [];
  #waiting: (() => void) | undefined;
  #failure: RunFailure | undefined;
  #over = false;
  #sent = 0;
  #received = 0;
  #peerEnded = false;
  /** The client's wrapper port, as the session's own frames have it. */
  #client: number | undefined;

  constructor(socket: Socket, options: LineOptions, ended: (answered: boolean) => void) {
    this.#socket = socket;
    this.#options = options;
    this.#ended = ended;
    if (options.signal.aborted) this.#abort();
    options.signal.addEventListener("abort", this.#abort, { once: true });
  }

  get closed(): boolean {
    return this.#over || this.#peerEnded;
  }

  send(bytes: Uint8Array): void {
    if (this.closed || this.#failure) return;
    const { counter, trace } = this.#options;
    counter.sent += bytes.length;
    this.#sent += bytes.length;
    trace?.sent(bytes);
    if (bytes.length > 4 && bytes[0] === 0) this.#client = (bytes[2]! << 8) | bytes[3]!;
    this.#socket.write(bytes);
  }

  async receive(silenceMilliseconds: number): Promise<Uint8Array | "silence" | "closed"> {
    if (this.#arrived.length === 0 && !this.#failure && !this.closed) await this.#wait(silenceMilliseconds);
    if (this.#arrived.length > 0) return Buffer.concat(this.#arrived.splice(0));
    if (this.#failure) throw this.#failure;
    return this.closed ? "closed" : "silence";
  }

  /** The session is over; the meter's connection is not. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.signal.removeEventListener("abort", this.#abort);
    this.#ended(this.#received > 0 || this.#sent === 0);
  }

  /** An unasked service goes past the session, unless it goes to the session's own client. */
  isOf({ destination, apdu }: WrapperFrame): boolean {
    return !pushTags.has(apdu[0]!) || (destination === this.#client && !plainPushTags.has(apdu[0]!));
  }

  deliver(bytes: Uint8Array): void {
    if (this.#over) return;
    const { counter, settings, trace } = this.#options;
    counter.received += bytes.length;
    this.#received += bytes.length;
    trace?.received(bytes);
    if (counter.received > settings.maxBytesReceived) {
      this.#failure ??= new RunFailure("too_much_data", `More than ${settings.maxBytesReceived} bytes came.`);
    } else this.#arrived.push(Uint8Array.from(bytes));
    this.#waiting?.();
  }

  broken(error: unknown): void {
    if (error instanceof RunFailure && error.code === "connection_closed") this.#peerEnded = true;
    else this.#failure ??= new RunFailure("garbage", error instanceof Error ? error.message : String(error));
    this.#waiting?.();
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#waiting = undefined;
        resolve();
      };
      const cancel = this.#options.clock.after(milliseconds, done);
      this.#waiting = done;
    });
  }

  readonly #abort = () => {
    this.#failure ??= this.#options.signal.reason as RunFailure;
    this.#waiting?.();
  };
}

/** An IPv4 address that came over an IPv6 socket is written as the former, as it is registered. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
}

/** data-notification, event-notification. */
const plainPushTags: ReadonlySet<number> = new Set([0x0f, 0xc2]);
/** These, the ciphered ones and general blocks, which sessions use as well. */
const pushTags: ReadonlySet<number> = new Set([...plainPushTags, 0xca, 0xdb, 0xdc, 0xe0]);
/** Middleboxes forget a connection that is silent for some minutes. */
const keepAliveMilliseconds = 60_000;
