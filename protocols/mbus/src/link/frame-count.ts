/**
 * The frame count bit (EN 13757-2 clause 5.5.2): it tells a slave whether a frame is new or a retry. It is one for each
 * address and service, set to 1 by SND_NKE and by a selection, toggled after a good answer, kept on a retry. A slave
 * repeats its last telegram when the bit stays, and goes on to its next one when it toggles.
 */
import { controls, frameCountBit } from "../frames/control.ts";
import { addresses } from "../frames/frame.ts";

/** Services that count frames, each by itself. */
export type CountedService = "sendUserData" | "requestClass1" | "requestClass2";

export class FrameCounts {
  /** Services of addresses whose next bit is 0; all others have 1. */
  readonly #zero = new Set<number>();

  /** The C field of the next frame, the same until `answered` or `reset`. */
  control(address: number, service: CountedService): number {
    return controls[service] | (this.#zero.has(key(address, service)) ? 0 : frameCountBit);
  }

  /** A good answer came: the next frame counts on. */
  answered(address: number, service: CountedService): void {
    const counted = key(address, service);
    if (!this.#zero.delete(counted)) this.#zero.add(counted);
  }

  /** The slave took SND_NKE, or was selected: its next frame has the bit set. To 255 all slaves begin anew. */
  reset(address: number): void {
    if (address === addresses.broadcast) this.#zero.clear();
    else for (const service of services) this.#zero.delete(key(address, service));
  }
}

const services: readonly CountedService[] = ["sendUserData", "requestClass1", "requestClass2"];

function key(address: number, service: CountedService): number {
  return address * 256 + controls[service];
}
