/**
 * General block transfer (Green Book, clause 9.4.6.13): an APDU of any service, ciphered or not, cut into blocks.
 *
 *   E0 │ control │ block │ acknowledged │ length │ piece of the APDU
 *        ├ 80 last block   ├ 16 bits, from 1   └ the last block received in order
 *        ├ 40 streaming: more of this window follows, do not answer yet
 *        └ 3F window: how many blocks the sender of this APDU takes at once
 *
 * One `GeneralBlockTransfer` is the two directions of one exchange: a long request, its long answer, or both. The side
 * that receives acknowledges each window with an empty block; after a gap it acknowledges what came before the gap, and
 * the sender goes on from there.
 */
import { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import type { GeneralBlockTransfer as GeneralBlock } from "../xdlms/apdu.ts";
import { sessionLimits } from "./settings.ts";

export interface GeneralBlockOutcome {
  /** What to send now. */
  readonly send: readonly GeneralBlock[];
  /** The whole APDU of the peer, once its last block is there. */
  readonly apdu?: Uint8Array;
}

export class GeneralBlockTransfer {
  private readonly ownWindow: number;
  private readonly limit: number;
  /** Blocks the peer takes at once; 1 until it has said otherwise. */
  private peerWindow = 1;
  /** The last number given to a block of ours, empty ones included. */
  private ownBlock = 0;
  /** The last number of the peer received in order, empty ones included. */
  private peerBlock = 0;
  private outgoing: Outgoing | undefined;
  private incoming: ByteWriter | undefined;
  private idleRounds = 0;

  /** `ownWindow`: 1 to 63 blocks; `limit`: most bytes of an APDU joined here. */
  constructor(ownWindow: number, limit: number) {
    this.ownWindow = ownWindow;
    this.limit = limit;
  }

  /** A new exchange begins: numbers start at 1 again, what was under way is forgotten. */
  reset(): void {
    this.ownBlock = 0;
    this.peerBlock = 0;
    this.outgoing = undefined;
    this.incoming = undefined;
    this.idleRounds = 0;
  }

  /** The first window of blocks of an APDU. `maxPduSize` is the longest APDU the peer takes, more than the overhead. */
  send(apdu: Uint8Array, maxPduSize: number): readonly GeneralBlock[] {
    const pieceSize = Math.max(1, maxPduSize - blockOverhead);
    this.outgoing = {
      apdu,
      pieceSize,
      pieces: Math.ceil(apdu.length / pieceSize),
      firstBlock: this.ownBlock + 1,
      acknowledged: 0,
    };
    return this.window(this.outgoing);
  }

  /**
   * Takes a block of the peer. Throws `blocks_too_long`, or `general_block_transfer_stalled` when round after round
   * brings nothing new.
   */
  receive(block: GeneralBlock): GeneralBlockOutcome {
    if (block.window > 0) this.peerWindow = block.window;
    if (block.raw.length === 0 && this.incoming === undefined) {
      this.peerBlock = Math.max(this.peerBlock, block.block);
      return { send: this.resume(block) };
    }
    // A block with content answers all we sent: a peer begins its answer only when it has the whole request.
    this.outgoing = undefined;
    return this.join(block);
  }

  /** What the peer takes after what it has acknowledged. */
  private resume(block: GeneralBlock): readonly GeneralBlock[] {
    const outgoing = this.outgoing;
    if (outgoing === undefined || block.streaming) return [];
    const acknowledged = block.acknowledged - outgoing.firstBlock + 1;
    if (acknowledged >= outgoing.pieces) {
      this.outgoing = undefined;
      return [];
    }
    this.noteProgress(acknowledged > outgoing.acknowledged);
    outgoing.acknowledged = Math.max(outgoing.acknowledged, acknowledged);
    return this.window(outgoing);
  }

  private window(outgoing: Outgoing): readonly GeneralBlock[] {
    const { apdu, pieceSize, pieces, firstBlock, acknowledged } = outgoing;
    const end = Math.min(pieces, acknowledged + this.peerWindow);
    const blocks: GeneralBlock[] = [];
    for (let piece = acknowledged; piece < end; piece++) {
      const raw = apdu.subarray(piece * pieceSize, (piece + 1) * pieceSize);
      blocks.push(this.block(firstBlock + piece, raw, piece === pieces - 1, piece < end - 1));
    }
    this.ownBlock = Math.max(this.ownBlock, firstBlock + end - 1);
    return blocks;
  }

  private join(block: GeneralBlock): GeneralBlockOutcome {
    // Number 1 with nothing under way: the peer has begun a new exchange.
    if (this.incoming === undefined && block.block === 1 && this.peerBlock > 0) this.reset();
    const next = block.block === this.peerBlock + 1 || this.continuesEmptyNumber(block);
    if (next) {
      this.incoming ??= new ByteWriter(1024);
      if (this.incoming.length + block.raw.length > this.limit)
        throw dlmsError("blocks_too_long", { limit: this.limit });
      this.incoming.write(block.raw);
      this.peerBlock = block.block;
      if (block.last) {
        const apdu = this.incoming.finish();
        this.incoming = undefined;
        this.idleRounds = 0;
        return { send: [], apdu };
      }
      this.idleRounds = 0;
    }
    if (block.streaming) return { send: [] };
    if (!next) this.noteProgress(false);
    return { send: [this.block(++this.ownBlock, nothing, true, false)] };
  }

  /** Some peers do not count their empty blocks: their first piece then repeats the number of the last empty one. */
  private continuesEmptyNumber(block: GeneralBlock): boolean {
    return this.incoming === undefined && block.block === this.peerBlock;
  }

  private block(number: number, raw: Uint8Array, last: boolean, streaming: boolean): GeneralBlock {
    return {
      type: "general-block-transfer",
      last,
      streaming,
      window: this.ownWindow,
      block: number & 0xffff,
      acknowledged: this.peerBlock,
      raw,
    };
  }

  private noteProgress(progress: boolean): void {
    this.idleRounds = progress ? 0 : this.idleRounds + 1;
    if (this.idleRounds > sessionLimits.maxGeneralBlockRepeats) {
      throw dlmsError("general_block_transfer_stalled", { rounds: this.idleRounds });
    }
  }
}

interface Outgoing {
  readonly apdu: Uint8Array;
  readonly pieceSize: number;
  readonly pieces: number;
  readonly firstBlock: number;
  /** Pieces the peer has in order. */
  acknowledged: number;
}

/** Tag, control, two block numbers and a length of up to three bytes. */
const blockOverhead = 9;
const nothing = new Uint8Array(0);
