/**
 * Cuts a stream of readouts that come unasked, every second to every few minutes. Who begins to listen may begin in the
 * middle of one: it is skipped up to the next that begins. What it is, is told by its first byte and its tail.
 */
import { ProtocolError } from "@anymeter/sans-io";
import { control } from "../characters.ts";
import { iec62056Error } from "../errors.ts";
import {
  checksTag,
  cipheredP1Length,
  cipheredP1Tag,
  decipherP1,
  decodeCipheredP1,
  type P1Keys,
} from "../p1/ciphered.ts";
import { decodePushed, type PushedReadout } from "./pushed.ts";

export type Pushed = { readonly readout: PushedReadout } | { readonly error: ProtocolError };

export interface PushParserOptions {
  /** For ciphered telegrams. */
  readonly keys?: P1Keys | undefined;
}

/** Characters of the longest readout: DSMR 5 allows 2 kB, mode D meters with a load profile send some ten. */
export const pushLimit = 64 * 1024;

export class PushParser {
  readonly #keys: P1Keys | undefined;
  #bytes = new Uint8Array(0);
  #end = 0;
  /** Where to go on looking for the end. */
  #scanned = 0;
  /** Where the line ends after the identification are known to go to; 0 before the first. */
  #linesEnd = 0;
  /** Whether an STX followed the identification; undefined until that is known. */
  #framed: boolean | undefined;

  constructor({ keys }: PushParserOptions = {}) {
    this.#keys = keys;
  }

  push(bytes: Uint8Array): void {
    const needed = this.#end + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(needed * 2);
      grown.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end = needed;
  }

  /** The next whole readout, or what was wrong with it; undefined when more bytes are needed. */
  next(): Pushed | undefined {
    this.#skipToStart();
    if (this.#end === 0) return undefined;
    try {
      const length = this.#length();
      if (length === undefined || length > this.#end) return this.#tooLong();
      const bytes = this.#bytes.slice(0, length);
      this.#drop(length);
      return { readout: bytes[0] === cipheredP1Tag ? this.#decipher(bytes) : decodePushed(bytes) };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { error };
    }
  }

  #decipher(bytes: Uint8Array): PushedReadout {
    const telegram = decodeCipheredP1(bytes);
    if (!this.#keys) throw iec62056Error("key_missing", {});
    const plain = decipherP1(telegram, this.#keys);
    if (checksTag(this.#keys)) return { ...decodePushed(plain), form: "ciphered-p1", checked: "tag" };
    // Without the tag, only the telegram's own checksum tells that the key was right.
    const readout = decodedOrNothing(plain);
    if (readout?.checked !== "checksum") throw iec62056Error("authentication_failed", {});
    return { ...readout, form: "ciphered-p1" };
  }

  /** Bytes of the readout at the start of the buffer; undefined when its end has not come. */
  #length(): number | undefined {
    const first = this.#bytes[0]!;
    if (first === cipheredP1Tag) return this.#cipheredLength();
    if (first === hdlcFlag) {
      this.#drop(this.#end);
      throw iec62056Error("pushes_hdlc", {});
    }
    if ((first & 0x7f) === control.STX) this.#framed = true;
    this.#framed ??= this.#findFraming();
    return this.#framed === undefined ? undefined : this.#scanForEnd(this.#framed);
  }

  #cipheredLength(): number | undefined {
    try {
      return cipheredP1Length(this.#bytes.subarray(0, this.#end));
    } catch (error) {
      this.#drop(1);
      throw error;
    }
  }

  /** After the identification's line: STX, or anything else. */
  #findFraming(): boolean | undefined {
    for (; this.#scanned < this.#end; this.#scanned++) {
      if (this.#character(this.#scanned) !== control.LF) continue;
      let next = Math.max(this.#scanned + 1, this.#linesEnd);
      while (next < this.#end && (this.#character(next) === control.LF || this.#character(next) === control.CR)) next++;
      this.#linesEnd = next;
      return next === this.#end ? undefined : this.#character(next) === control.STX;
    }
    return undefined;
  }

  /** ETX and one check character, or the line that begins with an exclamation mark. */
  #scanForEnd(framed: boolean): number | undefined {
    for (let index = Math.max(this.#scanned, 1); index < this.#end; index++) {
      this.#scanned = index;
      const character = this.#character(index);
      if (framed) {
        if (character === control.ETX) return index + 2;
      } else if (character === control.LF && this.#isEndLine(index)) return index + 1;
    }
    return undefined;
  }

  /** True when the line that ends at this line feed begins with an exclamation mark. */
  #isEndLine(lineFeed: number): boolean {
    let start = lineFeed;
    while (start > 0 && lineFeed - start < longestEndLine && this.#character(start - 1) !== control.LF) start--;
    return this.#character(start) === exclamationMark;
  }

  #skipToStart(): void {
    let start = 0;
    while (start < this.#end && !beginsReadout(this.#bytes[start]!)) start++;
    if (start > 0) this.#drop(start);
  }

  #drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#end);
    this.#end -= count;
    this.#scanned = 0;
    this.#linesEnd = 0;
    this.#framed = undefined;
  }

  #tooLong(): Pushed | undefined {
    if (this.#end <= pushLimit) return undefined;
    this.#drop(this.#end);
    return { error: iec62056Error("message_too_long", { message: "readout", limit: pushLimit }) };
  }

  #character(index: number): number {
    return this.#bytes[index]! & 0x7f;
  }
}

function decodedOrNothing(bytes: Uint8Array): PushedReadout | undefined {
  try {
    return decodePushed(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

const slash = 0x2f;
const exclamationMark = 0x21;
const hdlcFlag = 0x7e;
/** Exclamation mark, four digits, CR. */
const longestEndLine = 6;

function beginsReadout(byte: number): boolean {
  return byte === cipheredP1Tag || byte === hdlcFlag || (byte & 0x7f) === slash || (byte & 0x7f) === control.STX;
}
