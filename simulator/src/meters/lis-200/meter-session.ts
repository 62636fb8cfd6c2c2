/** A device's session with one reader, with what its habits and faults make of its answers. */
import { type Lis200Device, Lis200ServerSession } from "@anymeter/lis-200";
import { type FaultSwitches, isTurn } from "../faults.ts";
import type { Lis200Faults } from "./lis200-meter.ts";

export class Lis200MeterSession extends Lis200ServerSession {
  readonly #faults: FaultSwitches<Lis200Faults>;
  #answers = 0;

  constructor(device: Lis200Device, faults: FaultSwitches<Lis200Faults>) {
    super(device);
    this.#faults = faults;
  }

  override takeOutput(): Uint8Array | undefined {
    const output = super.takeOutput();
    // Fillers are bytes of erased memory: FF where the line has eight bits.
    return output && this.#spoiled(output.map((byte) => (byte === delete7 ? 0xff : byte)));
  }

  #spoiled(output: Uint8Array): Uint8Array {
    const hasCheck = output[0] === startOfText;
    if (!hasCheck || !isTurn(++this.#answers, this.#faults.current.wrongChecksEvery)) return output;
    return output.with(-1, output.at(-1)! ^ 1);
  }
}

const startOfText = 0x02;
const delete7 = 0x7f;
