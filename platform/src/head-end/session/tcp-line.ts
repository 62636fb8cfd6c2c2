/** A line over a TCP socket, bounded in every direction: time to connect, time in all, bytes. */
import { isIP, Socket } from "node:net";
import { type CauseCode, RunFailure } from "../causes.ts";
import type { Clock } from "../clock.ts";
import type { SessionSettings } from "../settings.ts";
import type { Line, LineCounter } from "./line.ts";
import type { ProtocolTrace } from "./protocol-trace.ts";

export interface TcpTarget {
  /** Name or address. */
  readonly host: string;
  readonly port: number;
}

export interface TcpLineOptions {
  readonly target: TcpTarget;
  readonly settings: SessionSettings;
  readonly clock: Clock;
  /** Aborted when the session must end: its reason is a RunFailure. */
  readonly signal: AbortSignal;
  readonly counter: LineCounter;
  readonly trace?: ProtocolTrace | undefined;
}

/** Connects. @throws RunFailure `connect_timeout`, `connect_refused`, `host_unknown`, `unreachable`, or the signal's */
export async function connectTcp(options: TcpLineOptions): Promise<TcpLine> {
  options.signal.throwIfAborted();
  const { target, settings, clock, signal } = options;
  const socket = new Socket();
  try {
    await new Promise<void>((resolve, reject) => {
      const seconds = settings.connectTimeoutMilliseconds / 1000;
      const cancel = clock.after(settings.connectTimeoutMilliseconds, () =>
        reject(new RunFailure("connect_timeout", `${shown(target)} did not answer within ${seconds} s.`)),
      );
      const settle = (end: () => void) => () => {
        cancel();
        signal.removeEventListener("abort", abort);
        end();
      };
      const abort = settle(() => reject(signal.reason));
      signal.addEventListener("abort", abort, { once: true });
      socket.once("connect", settle(resolve));
      socket.once("error", (error) => settle(() => reject(failureOf(error, target)))());
      socket.setNoDelay(true);
      socket.connect({
        host: target.host,
        port: target.port,
        ...(isIP(target.host) === 0 && { autoSelectFamily: true }),
      });
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return new TcpLine(socket, options);
}

export class TcpLine implements Line {
  readonly #socket: Socket;
  readonly #options: TcpLineOptions;
  #waiting: ((event: Uint8Array | "closed" | RunFailure) => void) | undefined;
  #arrived: Uint8Array[] = [];
  #failure: RunFailure | undefined;
  #ended = false;

  constructor(socket: Socket, options: TcpLineOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.removeAllListeners("error");
    socket.on("data", (bytes) => this.#receive(bytes));
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
    socket.on("error", (error) => this.#fail(failureOf(error, options.target)));
    options.signal.addEventListener("abort", this.#abort, { once: true });
  }

  get closed(): boolean {
    return this.#ended;
  }

  send(bytes: Uint8Array): void {
    if (this.#ended || this.#failure) return;
    this.#options.counter.sent += bytes.length;
    this.#options.trace?.sent(bytes);
    this.#socket.write(bytes);
  }

  async receive(silenceMilliseconds: number): Promise<Uint8Array | "silence" | "closed"> {
    if (this.#arrived.length > 0) return this.#takeArrived();
    if (this.#failure) throw this.#failure;
    if (this.#ended) return "closed";
    this.#socket.resume();
    return await new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(silenceMilliseconds, () => {
        this.#waiting = undefined;
        resolve("silence");
      });
      this.#waiting = (event) => {
        this.#waiting = undefined;
        cancel();
        if (event instanceof RunFailure) reject(event);
        else resolve(event);
      };
    });
  }

  close(): void {
    this.#options.signal.removeEventListener("abort", this.#abort);
    this.#ended = true;
    // Half-closing first lets the last bytes (RLRQ, DISC) arrive; a peer that never closes does not hold the socket.
    this.#socket.end();
    const cancel = this.#options.clock.after(lingerMilliseconds, () => this.#socket.destroy());
    this.#socket.once("close", cancel);
    this.#socket.resume();
  }

  #receive(bytes: Uint8Array): void {
    const { counter, settings, trace } = this.#options;
    if (this.#ended) return;
    counter.received += bytes.length;
    trace?.received(bytes);
    if (counter.received > settings.maxBytesReceived) {
      this.#fail(new RunFailure("too_much_data", `More than ${settings.maxBytesReceived} bytes came.`));
    } else if (this.#waiting) this.#waiting(bytes);
    else {
      this.#arrived.push(bytes);
      // Nobody reads just now: let TCP slow the peer down instead of filling memory.
      this.#socket.pause();
    }
  }

  #takeArrived(): Uint8Array {
    const arrived = this.#arrived;
    this.#arrived = [];
    return arrived.length === 1 ? arrived[0]! : Buffer.concat(arrived);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting?.("closed");
  }

  #fail(failure: RunFailure): void {
    if (this.#ended) return;
    this.#failure ??= failure;
    this.#socket.destroy();
    this.#waiting?.(this.#failure);
  }

  readonly #abort = () => this.#fail(this.#options.signal.reason as RunFailure);
}

/** How long a closed socket may wait for the peer's own end. */
const lingerMilliseconds = 1_000;

/** Causes by the system's error code. */
const causesOfSystemErrors: Readonly<Record<string, CauseCode>> = {
  ECONNREFUSED: "connect_refused",
  ECONNRESET: "connection_reset",
  EPIPE: "connection_reset",
  ECONNABORTED: "connection_reset",
  ETIMEDOUT: "connect_timeout",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ENOTFOUND: "host_unknown",
  EAI_AGAIN: "host_unknown",
};

function failureOf(error: Error & { code?: string; errors?: readonly Error[] }, target: TcpTarget): RunFailure {
  // Several addresses were tried: the last one's error is as good as any.
  const { code = "" } = (error.errors?.at(-1) ?? error) as { code?: string };
  const cause = causesOfSystemErrors[code];
  return new RunFailure(cause ?? "connection_reset", `${shown(target)}: ${code || error.message}.`, { cause: error });
}

function shown({ host, port }: TcpTarget): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
