/**
 * Between the services and the link, for both roles: protects and opens APDUs, and cuts and joins those that travel by
 * general block transfer. Blocks are the outermost layer: what they carry may be ciphered.
 */

import { ByteReader } from "../bytes/byte-reader.ts";
import { dlmsError } from "../errors.ts";
import type { GeneralBlockTransfer as GeneralBlock } from "../xdlms/apdu.ts";
import { encodeApdu } from "../xdlms/codec.ts";
import { decodeGeneralBlockTransfer } from "../xdlms/general.ts";
import { serviceTags } from "../xdlms/tags.ts";
import { GeneralBlockTransfer } from "./general-block-transfer.ts";
import type { ApduProtection, OpenedApdu } from "./protection.ts";

/** What a channel needs of the link. */
export interface ApduLine {
  transmit(apdu: Uint8Array): void;
  /** More of the peer's is due before this side answers. */
  yieldTurn(): void;
}

export class ApduChannel {
  readonly protection: ApduProtection;
  /** Most bytes joined from blocks to one APDU or one answer. */
  readonly maxJoinedSize: number;
  /** Longest APDU the peer takes, in bytes; Infinity = no limit. */
  maxSize = Number.POSITIVE_INFINITY;
  /** Whether general block transfer was agreed. */
  generalBlocksAgreed = false;
  private readonly line: ApduLine;
  private readonly window: number;
  private transfer: GeneralBlockTransfer | undefined;

  /** `window`: general blocks taken at once. */
  constructor(protection: ApduProtection, line: ApduLine, window: number, maxJoinedSize: number) {
    this.protection = protection;
    this.line = line;
    this.window = window;
    this.maxJoinedSize = maxJoinedSize;
  }

  /** Longest APDU of a service that travels whole: what ciphering adds is taken off. */
  get room(): number {
    return this.maxSize - this.protection.overhead;
  }

  /** A request and its answer begin: block numbers count from 1 again. */
  beginExchange(): void {
    this.transfer?.reset();
  }

  /** Throws `request_too_long` when the peer cannot take it, and what protecting throws. */
  send(apdu: Uint8Array): void {
    const sealed = this.protection.seal(apdu);
    if (sealed.length <= this.maxSize) {
      this.line.transmit(sealed);
      return;
    }
    if (!this.generalBlocksAgreed) throw dlmsError("request_too_long", { length: sealed.length, limit: this.maxSize });
    this.sendBlocks(this.generalBlockTransfer().send(sealed, this.maxSize));
  }

  /**
   * An APDU of the peer, opened; undefined while blocks of it are missing. Throws what joining and opening throw.
   */
  receive(bytes: Uint8Array): OpenedApdu | undefined {
    if (!isGeneralBlock(bytes)) return this.protection.open(bytes);
    if (!this.generalBlocksAgreed) {
      throw dlmsError("response_unexpected", { received: "general-block-transfer", expected: "a service agreed to" });
    }
    const { send, apdu } = this.generalBlockTransfer().receive(readGeneralBlock(bytes));
    if (send.length === 0 && apdu === undefined) this.line.yieldTurn();
    this.sendBlocks(send);
    return apdu && this.protection.open(apdu);
  }

  private sendBlocks(blocks: readonly GeneralBlock[]): void {
    for (const block of blocks) this.line.transmit(encodeApdu(block));
  }

  private generalBlockTransfer(): GeneralBlockTransfer {
    this.transfer ??= new GeneralBlockTransfer(this.window, this.maxJoinedSize);
    return this.transfer;
  }
}

export function isGeneralBlock(bytes: Uint8Array): boolean {
  return bytes[0] === serviceTags["general-block-transfer"].plain;
}

export function readGeneralBlock(bytes: Uint8Array): GeneralBlock {
  const reader = new ByteReader(bytes, 1);
  const block = decodeGeneralBlockTransfer(reader);
  reader.expectEnd("the block");
  return block;
}
