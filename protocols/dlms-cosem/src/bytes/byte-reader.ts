/**
 * Reads big-endian fields from bytes that came from a peer. Every read is checked against the limit, and a read past it
 * throws `apdu_truncated` with the offset and what was expected there. What it hands out are views, never copies: they
 * keep the received bytes alive and change with them.
 */
import { dlmsError } from "../errors.ts";
import { plainView } from "./plain-view.ts";

export class ByteReader {
  readonly bytes: Uint8Array;
  /** Index of the next byte to read. */
  offset: number;
  /** Index after the last byte that may be read. */
  readonly limit: number;

  constructor(bytes: Uint8Array, offset = 0, limit = bytes.length) {
    this.bytes = plainView(bytes);
    this.offset = offset;
    this.limit = limit;
  }

  get remaining(): number {
    return this.limit - this.offset;
  }

  unsigned8(what: string): number {
    if (this.offset >= this.limit) throw this.truncated(what);
    return this.bytes[this.offset++]!;
  }

  unsigned16(what: string): number {
    const at = this.advance(2, what);
    const bytes = this.bytes;
    return (bytes[at]! << 8) | bytes[at + 1]!;
  }

  unsigned32(what: string): number {
    const at = this.advance(4, what);
    const bytes = this.bytes;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  unsigned64(what: string): bigint {
    const at = this.advance(8, what);
    return (BigInt(this.word(at)) << 32n) | BigInt(this.word(at + 4));
  }

  signed8(what: string): number {
    return (this.unsigned8(what) << 24) >> 24;
  }

  signed16(what: string): number {
    return (this.unsigned16(what) << 16) >> 16;
  }

  signed32(what: string): number {
    return this.unsigned32(what) | 0;
  }

  signed64(what: string): bigint {
    return BigInt.asIntN(64, this.unsigned64(what));
  }

  float32(what: string): number {
    floatBytes.setUint32(0, this.unsigned32(what));
    return floatBytes.getFloat32(0);
  }

  float64(what: string): number {
    floatBytes.setUint32(0, this.unsigned32(what));
    floatBytes.setUint32(4, this.unsigned32(what));
    return floatBytes.getFloat64(0);
  }

  /** The next `count` bytes as a view. */
  take(count: number, what: string): Uint8Array {
    const at = this.advance(count, what);
    return this.bytes.subarray(at, at + count);
  }

  /** All bytes up to the limit as a view. */
  rest(): Uint8Array {
    return this.take(this.remaining, "the rest");
  }

  skip(count: number, what: string): void {
    this.advance(count, what);
  }

  /** A reader over the next `count` bytes, which this reader steps over. */
  inner(count: number, what: string): ByteReader {
    const at = this.advance(count, what);
    return new ByteReader(this.bytes, at, at + count);
  }

  /** A length or count: one byte up to 127, or `81`…`84` and that many bytes (X.690 clause 8.1.3, definite form). */
  length(what: string): number {
    const first = this.unsigned8(what);
    if (first < 0x80) return first;
    const size = first & 0x7f;
    if (size === 0 || size > 4) {
      const reason = size === 0 ? "the indefinite form is not allowed" : `${size} bytes are too many`;
      throw dlmsError("length_invalid", { what, reason, offset: this.offset - 1 });
    }
    let length = 0;
    for (let index = 0; index < size; index++) length = length * 256 + this.unsigned8(what);
    return length;
  }

  /** A length and that many bytes, as a view. */
  lengthAndBytes(what: string): Uint8Array {
    return this.take(this.length(what), what);
  }

  expectEnd(what: string): void {
    if (this.offset < this.limit) {
      throw dlmsError("apdu_trailing_bytes", { count: this.remaining, what, offset: this.offset });
    }
  }

  private advance(count: number, what: string): number {
    const at = this.offset;
    if (count > this.limit - at) throw this.truncated(what);
    this.offset = at + count;
    return at;
  }

  private word(at: number): number {
    const bytes = this.bytes;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  private truncated(what: string): Error {
    return dlmsError("apdu_truncated", { what, offset: this.offset });
  }
}

const floatBytes = new DataView(new ArrayBuffer(8));
