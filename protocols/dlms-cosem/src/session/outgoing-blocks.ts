/** Cuts one long encoding into the blocks of a service, as views: nothing is copied until a block is sent. */
import type { DataBlock } from "../xdlms/apdu.ts";

export class OutgoingBlocks {
  private readonly bytes: Uint8Array;
  private readonly size: number;
  private offset = 0;
  /** The number of the last block handed out; blocks count from 1. */
  number = 0;

  /** `size`: most bytes of a block after the first. */
  constructor(bytes: Uint8Array, size: number) {
    this.bytes = bytes;
    this.size = Math.max(1, size);
  }

  /** True when the last block was handed out. */
  get finished(): boolean {
    return this.number > 0 && this.offset >= this.bytes.length;
  }

  next(size = this.size): DataBlock {
    const end = Math.min(this.bytes.length, this.offset + Math.max(1, size));
    const raw = this.bytes.subarray(this.offset, end);
    this.offset = end;
    this.number++;
    return { last: end === this.bytes.length, number: this.number, raw };
  }
}

/** What a block's APDU costs besides its raw bytes: tag, choice, invocation, last, number, result choice, length. */
export const blockOverhead = 3 + 1 + 4 + 1 + 3;
