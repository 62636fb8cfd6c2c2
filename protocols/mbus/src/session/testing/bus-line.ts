/** A client, a gateway and the way between them, with a clock of its own: time passes only when both sides wait. */
import { bytesFromHex, hexFromBytes, joinBytes, type Request, type Session } from "@anymeter/sans-io";
import type { MbusClient } from "../client.ts";

export interface WayHabits {
  /** Every byte comes alone. */
  readonly chopped?: boolean;
  /** The client hears its own bytes. */
  readonly echo?: boolean;
  /** What becomes of the client's n-th output (from 0) on its way; undefined = lost. */
  readonly toBus?: (bytes: Uint8Array, index: number) => Uint8Array | undefined;
  /** What becomes of the gateway's n-th output (from 0) on its way; undefined = lost. */
  readonly toClient?: (bytes: Uint8Array, index: number) => Uint8Array | undefined;
}

export class BusLine {
  readonly #client: MbusClient;
  readonly #gateway: Session;
  readonly #habits: WayHabits;
  #clientSince = 0;
  #gatewaySince = 0;
  #sent = 0;
  #answered = 0;
  /** Milliseconds since the beginning. */
  now = 0;
  /** "> 1040054516", "< E5": as sent by either side, before the way did anything to them. */
  readonly transcript: string[] = [];

  constructor(client: MbusClient, gateway: Session, habits: WayHabits = {}) {
    this.#client = client;
    this.#gateway = gateway;
    this.#habits = habits;
  }

  /** The result of a request; throws what it failed by. */
  ask<Result>({ id }: Request<Result>): Result {
    for (let turn = 0; turn < mostTurns; turn++) {
      for (let event = this.#client.nextEvent(); event; event = this.#client.nextEvent()) {
        if (event.id !== id) continue;
        if (event.type === "request-failed") throw event.error;
        return event.result as Result;
      }
      if (!this.#carry()) this.#wait();
    }
    throw new Error("the request does not come to an end");
  }

  /** What `ask` throws. */
  failureOf(request: Request<unknown>): Error & { code?: string } {
    try {
      this.ask(request);
    } catch (error) {
      return error as Error;
    }
    throw new Error("the request succeeded");
  }

  /** The client's frames: "1040054516 107B05…". */
  get sent(): string {
    return this.transcript.flatMap((line) => (line.startsWith("> ") ? line.slice(2) : [])).join(" ");
  }

  #carry(): boolean {
    let moved = false;
    for (let bytes = this.#client.takeOutput(); bytes; bytes = this.#client.takeOutput()) {
      moved = true;
      this.#clientSince = this.now;
      this.transcript.push(`> ${hexFromBytes(bytes)}`);
      if (this.#habits.echo) this.#deliver(bytes, this.#client);
      const arrived = this.#habits.toBus ? this.#habits.toBus(bytes, this.#sent++) : bytes;
      if (arrived) this.#deliver(arrived, this.#gateway);
    }
    for (let bytes = this.#gateway.takeOutput(); bytes; bytes = this.#gateway.takeOutput()) {
      moved = true;
      this.#gatewaySince = this.now;
      this.transcript.push(`< ${hexFromBytes(bytes)}`);
      const arrived = this.#habits.toClient ? this.#habits.toClient(bytes, this.#answered++) : bytes;
      if (arrived) this.#deliver(arrived, this.#client);
    }
    return moved;
  }

  #deliver(bytes: Uint8Array, receiver: Session): void {
    if (receiver === this.#client) this.#clientSince = this.now;
    else this.#gatewaySince = this.now;
    if (!this.#habits.chopped) receiver.receive(bytes);
    else for (const byte of bytes) receiver.receive(Uint8Array.of(byte));
  }

  /** Lets time pass until one of the two has waited long enough. */
  #wait(): void {
    const clientDue = this.#clientSince + (this.#client.patience ?? Number.POSITIVE_INFINITY);
    const gatewayDue = this.#gatewaySince + (this.#gateway.patience ?? Number.POSITIVE_INFINITY);
    this.now = Math.max(this.now, Math.min(clientDue, gatewayDue));
    if (gatewayDue <= clientDue && gatewayDue <= this.now) {
      this.#gatewaySince = this.now;
      this.#gateway.timedOut();
    } else if (clientDue <= this.now) {
      this.#clientSince = this.now;
      this.#client.timedOut();
    } else throw new Error("both sides wait for nothing");
  }
}

/** Bytes before the n-th answer of the gateway. */
export function junkBefore(index: number, hex: string): NonNullable<WayHabits["toClient"]> {
  return (bytes, at) => (at === index ? joinBytes([bytesFromHex(hex), bytes]) : bytes);
}

const mostTurns = 100_000;
