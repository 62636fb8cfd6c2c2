/** Collects the blocks of one long service. The bytes are copied: the buffers they came in may be reused meanwhile. */
import { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";

export class JoinedBlocks {
  /** The number the next block must carry; blocks count from 1. */
  expected = 1;
  private readonly limit: number;
  private counted = 0;
  private readonly writer = new ByteWriter(1024);

  /** `limit`: most bytes of all blocks together. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Throws `block_number_unexpected`, or `blocks_too_long` beyond the limit. */
  append(number: number, raw: Uint8Array): void {
    if (number !== this.expected)
      throw dlmsError("block_number_unexpected", { received: number, expected: this.expected });
    this.counted += Math.max(raw.length, leastCounted);
    if (this.counted > this.limit) throw dlmsError("blocks_too_long", { limit: this.limit });
    this.writer.write(raw);
    this.expected++;
  }

  /** Bytes held. */
  get length(): number {
    return this.writer.length;
  }

  bytes(): Uint8Array {
    return this.writer.finish();
  }
}

/** What even an empty block counts towards the limit, so that a peer cannot send them for ever. */
const leastCounted = 16;
