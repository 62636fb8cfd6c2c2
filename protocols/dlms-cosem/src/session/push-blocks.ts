/**
 * Pushes that come in general blocks (L+G E450): nobody acknowledges them, every push counts from block 1, and the blocks
 * of several meters may come mixed. So they are joined by sender, number and last bit.
 */
import { DlmsError } from "../errors.ts";
import { isGeneralBlock, readGeneralBlock } from "./apdu-channel.ts";
import { JoinedBlocks } from "./joined-blocks.ts";
import { sessionLimits } from "./settings.ts";

export class PushBlocks {
  private readonly unfinished = new Map<string, JoinedBlocks>();
  private readonly maximumLength: number;
  private readonly maximumSenders: number;

  /** `maximumLength`: most bytes of one push; `maximumSenders`: unfinished pushes kept at once, at least 1. */
  constructor(
    maximumLength: number = sessionLimits.maxRequestSize,
    maximumSenders: number = sessionLimits.maxPushSenders,
  ) {
    this.maximumLength = maximumLength;
    this.maximumSenders = maximumSenders;
  }

  /** Bytes of unfinished pushes. */
  get pending(): number {
    let pending = 0;
    for (const joined of this.unfinished.values()) pending += joined.length;
    return pending;
  }

  /**
   * Takes an APDU of a sender, whatever names it to the caller. Returns it as it is when it is no block, and the joined
   * one, which may be ciphered, with the last block of a push. A push with a gap is dropped, for no block comes again.
   * Throws what decoding a block throws.
   */
  receive(sender: string, apdu: Uint8Array): Uint8Array | undefined {
    if (!isGeneralBlock(apdu)) return apdu;
    const { block, last, raw } = readGeneralBlock(apdu);
    const joined = block === 1 ? new JoinedBlocks(this.maximumLength) : this.unfinished.get(sender);
    this.unfinished.delete(sender);
    if (joined === undefined || !appended(joined, block, raw)) return undefined;
    if (last) return joined.bytes();
    this.keep(sender, joined);
    return undefined;
  }

  /** Beyond the limit of senders the one that has been silent longest is given up. */
  private keep(sender: string, joined: JoinedBlocks): void {
    const [silent] = this.unfinished.keys();
    if (silent !== undefined && this.unfinished.size >= this.maximumSenders) this.unfinished.delete(silent);
    this.unfinished.set(sender, joined);
  }
}

function appended(joined: JoinedBlocks, number: number, raw: Uint8Array): boolean {
  try {
    joined.append(number, raw);
    return true;
  } catch (error) {
    if (error instanceof DlmsError) return false;
    throw error;
  }
}
