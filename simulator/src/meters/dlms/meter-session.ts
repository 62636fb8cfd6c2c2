/** A DLMS server session on a line of the neighbourhood; on the way out the meter's own faults spoil its answers. */
import { ServerSession } from "@anymeter/dlms-cosem";
import type { Session } from "@anymeter/sans-io";
import { damage } from "./damage.ts";
import type { DlmsMeter } from "./dlms-meter.ts";

export class DlmsMeterSession implements Session {
  /** What ends a silent session is the server's own limit of inactivity. */
  readonly patience = undefined;
  readonly #meter: DlmsMeter;
  readonly #session: ServerSession;

  constructor(meter: DlmsMeter) {
    this.#meter = meter;
    this.#session = new ServerSession(meter);
  }

  get finished(): boolean {
    return this.#session.finished;
  }

  receive(bytes: Uint8Array): void {
    this.#session.receive(bytes);
    for (let event = this.#session.nextEvent(); event !== undefined; event = this.#session.nextEvent());
  }

  takeOutput(): Uint8Array | undefined {
    const output = this.#session.takeOutput();
    return output && damage(output, this.#meter.link.framing, this.#meter.faults.current);
  }

  timedOut(): void {
    this.#session.timedOut();
  }

  connectionLost(): void {
    this.#session.connectionLost();
  }
}
