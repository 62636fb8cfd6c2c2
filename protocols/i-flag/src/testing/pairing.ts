/** A client and a server in one process, with a line between them that can be cut in pieces, changed and silenced. */
import { joinBytes, type Request, type Session } from "@anymeter/sans-io";
import type { IFlagClient } from "../session/client.ts";

export interface Line {
  /** What becomes of the client's bytes on their way. Default: nothing. */
  readonly up?: (bytes: Uint8Array) => Uint8Array | undefined;
  /** What becomes of the server's bytes. */
  readonly down?: (bytes: Uint8Array) => Uint8Array | undefined;
  /** Bytes in one piece at most. */
  readonly piece?: number;
}

/** Milliseconds since the beginning; it moves by what silence costs. */
export class PairedClock {
  milliseconds = 0;
  readonly now = (): number => this.milliseconds;
}

export class Pairing {
  readonly #client: IFlagClient;
  readonly #server: Session;
  readonly #line: Line;
  readonly #clock: PairedClock;
  /** What the client sent, telegram by telegram. */
  readonly sent: Uint8Array[] = [];

  constructor(client: IFlagClient, server: Session, line: Line = {}, clock = new PairedClock()) {
    this.#client = client;
    this.#server = server;
    this.#line = line;
    this.#clock = clock;
  }

  /** The answer to a request. Throws what it failed with. */
  ask<Result>({ id }: Request<Result>): Result {
    for (let turns = 0; turns < 200_000; turns++) {
      this.#exchange();
      const event = this.#client.nextEvent();
      if (event && event.id !== id) throw new Error(`request ${event.id} was answered before ${id}`);
      if (event?.type === "request-failed") throw event.error;
      if (event) return event.result as Result;
      this.#pass(this.#client.patience!);
      this.#client.timedOut();
    }
    throw new Error("the request has no end");
  }

  /** Nothing happens for so long. */
  idle(milliseconds: number): void {
    this.#pass(milliseconds);
  }

  #pass(milliseconds: number): void {
    this.#clock.milliseconds += milliseconds;
    if (this.#server.patience !== undefined && milliseconds >= this.#server.patience) this.#server.timedOut();
  }

  #exchange(): void {
    for (let quiet = false; !quiet; ) {
      quiet = true;
      for (let bytes = this.#client.takeOutput(); bytes; bytes = this.#client.takeOutput()) {
        quiet = false;
        this.sent.push(bytes);
        this.#deliver(this.#line.up ? this.#line.up(bytes) : bytes, this.#server);
      }
      const answers: Uint8Array[] = [];
      for (let bytes = this.#server.takeOutput(); bytes; bytes = this.#server.takeOutput()) answers.push(bytes);
      if (answers.length === 0) continue;
      quiet = false;
      const joined = joinBytes(answers);
      this.#deliver(this.#line.down ? this.#line.down(joined) : joined, this.#client);
    }
  }

  #deliver(bytes: Uint8Array | undefined, receiver: Session): void {
    if (!bytes) return;
    const piece = this.#line.piece ?? bytes.length;
    for (let at = 0; at < bytes.length; at += piece) receiver.receive(bytes.subarray(at, at + piece));
  }
}
