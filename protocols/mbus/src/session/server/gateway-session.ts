/** A server session: one connection to a gateway, which puts what comes on its bus and hands back what the bus answers. */
import type { Session } from "@anymeter/sans-io";
import { FrameParser } from "../../frames/parser.ts";
import type { MbusBus, SlaveAnswer } from "./bus.ts";

export class MbusGatewaySession implements Session {
  readonly #bus: MbusBus;
  readonly #parser = new FrameParser();
  readonly #output: Uint8Array[] = [];
  /** Answers whose time has not come, the next one first; delays count from the one before. */
  #late: Required<SlaveAnswer>[] = [];
  #finished = false;

  /** One bus may serve several connections. */
  constructor(bus: MbusBus) {
    this.#bus = bus;
  }

  get patience(): number | undefined {
    if (this.#late[0]) return this.#late[0].delay;
    return this.#parser.pending > 0 ? betweenBytesMilliseconds : undefined;
  }

  get finished(): boolean {
    return this.#finished;
  }

  receive(bytes: Uint8Array): void {
    this.#parser.push(bytes);
    this.#serve();
  }

  takeOutput(): Uint8Array | undefined {
    return this.#output.shift();
  }

  timedOut(): void {
    const due = this.#late.shift();
    if (due) this.#output.push(due.bytes);
    else {
      this.#parser.resynchronize();
      this.#serve();
    }
  }

  connectionLost(): void {
    this.#late = [];
    this.#finished = true;
  }

  /** Slaves take no notice of what is no frame; one that is spoken to again does not answer what was asked before. */
  #serve(): void {
    for (let parsed = this.#parser.next(); parsed; parsed = this.#parser.next()) {
      if (parsed.type === "damaged") continue;
      this.#late = [];
      let passed = 0;
      for (const { bytes, delay } of this.#bus.transmit(parsed)) {
        if (delay === 0) this.#output.push(bytes);
        else this.#late.push({ bytes, delay: delay - passed });
        passed = delay;
      }
    }
  }
}

/** A frame whose rest does not come for so long was none. */
const betweenBytesMilliseconds = 500;
