/** What a connection to a meter is: a dialogue, with what its faults make of the answers, or a port that only sends. */
import { type ServerDevice, ServerSession } from "@anymeter/iec62056-21";
import type { Session } from "@anymeter/sans-io";
import { type FaultSwitches, isTurn } from "../faults.ts";
import type { Iec62056Faults } from "./iec62056-meter.ts";

export class Iec62056MeterSession extends ServerSession {
  readonly #faults: FaultSwitches<Iec62056Faults>;
  #answers = 0;

  constructor(device: ServerDevice, faults: FaultSwitches<Iec62056Faults>) {
    super(device);
    this.#faults = faults;
  }

  override takeOutput(): Uint8Array | undefined {
    const output = super.takeOutput();
    const hasCheck = output !== undefined && (output[0]! & 0x7f) === startOfText;
    if (!hasCheck || !isTurn(++this.#answers, this.#faults.current.wrongChecksEvery)) return output;
    // Two bits, so that the parity stays right and only the check tells.
    return output.with(-1, output.at(-1)! ^ 0x03);
  }
}

/** Sends a telegram every so often; who connects comes in the middle of one. */
export class PushingSession implements Session {
  readonly finished = false;
  readonly patience: number;
  readonly #telegram: () => Uint8Array;
  #waiting: Uint8Array | undefined;

  constructor(interval: number, telegram: () => Uint8Array) {
    this.patience = interval;
    this.#telegram = telegram;
    this.#waiting = telegram().subarray(-tailLength);
  }

  takeOutput(): Uint8Array | undefined {
    const output = this.#waiting;
    this.#waiting = undefined;
    return output;
  }

  timedOut(): void {
    this.#waiting = this.#telegram();
  }

  /** The port has no receiver. */
  receive(): void {}

  connectionLost(): void {}
}

const startOfText = 0x02;
/** Bytes of the telegram that was under way when somebody connected. */
const tailLength = 120;
