/** A peer that plays a printed dialogue: it holds each message of the client against the print, and answers with the next. */
import assert from "node:assert/strict";
import type { Session } from "@anymeter/sans-io";
import { bytesOfPrint } from "./vectors.ts";

export class ScriptedMeter implements Session {
  readonly patience = undefined;
  readonly finished = false;
  readonly #script: (readonly [client: string, meter: string])[];
  readonly #output: Uint8Array[] = [];
  #received: number[] = [];

  constructor(script: readonly (readonly [client: string, meter: string])[]) {
    this.#script = [...script];
  }

  /** Exchanges that did not happen yet. */
  get left(): number {
    return this.#script.length;
  }

  receive(bytes: Uint8Array): void {
    this.#received.push(...bytes);
    const [asked, answer] = this.#script[0] ?? ["", ""];
    const expected = bytesOfPrint(asked);
    const received = Uint8Array.from(this.#received);
    assert.deepEqual(
      text(received),
      text(expected.slice(0, received.length)),
      "the client's message is the printed one",
    );
    if (received.length < expected.length) return;
    this.#received = [];
    this.#script.shift();
    if (answer !== "") this.#output.push(bytesOfPrint(answer));
  }

  takeOutput(): Uint8Array | undefined {
    return this.#output.shift();
  }

  timedOut(): void {}

  connectionLost(): void {}
}

/** Printable in a failing test. */
function text(bytes: Uint8Array): string {
  return JSON.stringify(new TextDecoder("latin1").decode(bytes));
}
