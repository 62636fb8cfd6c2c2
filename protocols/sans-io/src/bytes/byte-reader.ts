/**
 * Reads fields from bytes that came from a peer; what has a byte order is big-endian, and little-endian in the methods
 * that end in LE. Every read is checked against the limit: one past it throws with the offset and what was expected
 * there. What it hands out are views, never copies: they keep the received bytes alive and change with them.
 */
import { commonError } from "../errors.ts";
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
    return (BigInt(this.unsigned32(what)) << 32n) | BigInt(this.unsigned32(what));
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

  unsigned16LE(what: string): number {
    const at = this.advance(2, what);
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  unsigned32LE(what: string): number {
    const at = this.advance(4, what);
    const bytes = this.bytes;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }

  float32LE(what: string): number {
    floatBytes.setUint32(0, this.unsigned32LE(what));
    return floatBytes.getFloat32(0);
  }

  /** A whole number of 1 to 6 bytes, least significant byte first. */
  unsignedLE(count: number, what: string): number {
    const at = this.advance(count, what);
    let value = 0;
    for (let index = count - 1; index >= 0; index--) value = value * 256 + this.bytes[at + index]!;
    return value;
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

  /** @throws ProtocolError `bytes_trailing` unless everything was read */
  expectEnd(what: string): void {
    if (this.offset < this.limit) throw this.trailing(what);
  }

  protected advance(count: number, what: string): number {
    const at = this.offset;
    if (count > this.limit - at) throw this.truncated(what);
    this.offset = at + count;
    return at;
  }

  /** The error of a read past the limit; a package may have one of its own. */
  protected truncated(what: string): Error {
    return commonError("bytes_truncated", { what, offset: this.offset });
  }

  protected trailing(what: string): Error {
    return commonError("bytes_trailing", { count: this.remaining, what, offset: this.offset });
  }
}

const floatBytes = new DataView(new ArrayBuffer(8));
