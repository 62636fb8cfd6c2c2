/**
 * A client session written as routines. A routine is a generator that reads like the protocol's own description: it
 * yields what to send and how long to wait, and is given what came.
 *
 * ```ts
 * function* ping(): Routine<Uint8Array> {
 *   const incoming = yield { send: Uint8Array.of(0x10), patience: 1000 };
 *   if (incoming === "silence") throw commonError("no_answer", { waitedFor: "ping", milliseconds: 1000 });
 *   return incoming;
 * }
 * ```
 *
 * Requests are queued and made one after another; one that throws fails alone.
 */
import { plainView } from "../bytes/plain-view.ts";
import { commonError } from "../errors.ts";
import type { ClientEvent, ClientSession, Request } from "./session.ts";

/** What a routine yields: bytes to send, if any, and for how many milliseconds of silence to wait. */
export interface Turn {
  readonly send?: Uint8Array;
  readonly patience: number;
}

/** What a routine is given: the bytes that came, in pieces of any size, or that nothing came for so long. */
export type Incoming = Uint8Array | "silence";

export type Routine<Result> = Generator<Turn, Result, Incoming>;

export interface RoutineSessionOptions {
  /** Requests that may wait. Default 1024. */
  readonly queueLimit?: number;
}

interface Waiting {
  readonly id: number;
  readonly begin: () => Routine<unknown>;
}

export class RoutineSession implements ClientSession {
  readonly #queueLimit: number;
  readonly #waiting: Waiting[] = [];
  readonly #events: ClientEvent[] = [];
  readonly #output: Uint8Array[] = [];
  #current: { readonly id: number; readonly routine: Routine<unknown> } | undefined;
  #patience: number | undefined;
  #lastId = 0;
  #lost = false;
  #finished = false;

  constructor(options: RoutineSessionOptions = {}) {
    this.#queueLimit = options.queueLimit ?? 1024;
  }

  get patience(): number | undefined {
    return this.#patience;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** A request is under way or waits. */
  get busy(): boolean {
    return this.#current !== undefined;
  }

  takeOutput(): Uint8Array | undefined {
    return this.#output.shift();
  }

  nextEvent(): ClientEvent | undefined {
    return this.#events.shift();
  }

  receive(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const received = plainView(bytes);
    if (this.#current) this.#step((routine) => routine.next(received));
    else this.unasked(received);
  }

  timedOut(): void {
    if (this.#current) this.#step((routine) => routine.next("silence"));
  }

  connectionLost(): void {
    this.#lost = true;
    const state = this.#current ? "waiting for an answer" : "idle";
    if (this.#current) this.#step((routine) => routine.throw(commonError("connection_lost", { state })));
    // A routine that caught the error must not wait for what cannot come.
    if (this.#current) this.#fail(this.#current.id, commonError("connection_lost", { state }));
    for (const { id } of this.#waiting.splice(0)) this.#fail(id, commonError("connection_lost", { state: "waiting" }));
    this.#finished = true;
  }

  /**
   * Queues a routine.
   * @throws ProtocolError `request_queue_full`, or `session_over` after `finish` or a lost connection
   */
  protected enqueue<Result>(begin: () => Routine<Result>): Request<Result> {
    if (this.#lost || this.#finished) throw commonError("session_over", {});
    if (this.#waiting.length >= this.#queueLimit) throw commonError("request_queue_full", { limit: this.#queueLimit });
    const id = ++this.#lastId;
    this.#waiting.push({ id, begin });
    if (!this.#current) this.#beginNext();
    return { id };
  }

  /** Bytes that came while nothing was asked: dropped, unless a protocol makes something of them. */
  protected unasked(_bytes: Uint8Array): void {}

  /** Nothing more will be asked: what waits fails, what is queued for sending is still sent. */
  protected finish(): void {
    this.#finished = true;
    this.#patience = undefined;
    for (const { id } of this.#waiting.splice(0)) this.#fail(id, commonError("session_over", {}));
  }

  #beginNext(): void {
    while (!this.#current && !this.#finished) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#current = { id: next.id, routine: next.begin() };
      this.#step((routine) => routine.next(undefined as never));
    }
  }

  #step(advance: (routine: Routine<unknown>) => IteratorResult<Turn, unknown>): void {
    const { id, routine } = this.#current!;
    try {
      const { done, value } = advance(routine);
      if (!done) {
        if (value.send && value.send.length > 0) this.#output.push(value.send);
        this.#patience = value.patience;
        return;
      }
      this.#end();
      this.#events.push({ type: "response", id, result: value });
    } catch (error) {
      this.#end();
      this.#fail(id, error);
    }
    if (!this.#lost) this.#beginNext();
  }

  #end(): void {
    this.#current = undefined;
    this.#patience = undefined;
  }

  #fail(id: number, error: unknown): void {
    if (this.#current?.id === id) this.#end();
    this.#events.push({
      type: "request-failed",
      id,
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
}
