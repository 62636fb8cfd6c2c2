/**
 * Writes fields into bytes that grow as needed; big-endian, and little-endian in the methods that end in LE. Ranges are
 * the caller's care: excess high bits are lost.
 */
export class ByteWriter {
  private bytes: Uint8Array;
  private size = 0;

  constructor(capacity = 128) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.size;
  }

  unsigned8(value: number): void {
    if (this.size === this.bytes.length) this.grow(1);
    this.bytes[this.size++] = value;
  }

  unsigned16(value: number): void {
    const at = this.advance(2);
    const bytes = this.bytes;
    bytes[at] = value >> 8;
    bytes[at + 1] = value;
  }

  unsigned32(value: number): void {
    const at = this.advance(4);
    const bytes = this.bytes;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
  }

  unsigned64(value: bigint): void {
    this.unsigned32(Number((value >> 32n) & 0xffff_ffffn));
    this.unsigned32(Number(value & 0xffff_ffffn));
  }

  float32(value: number): void {
    floatBytes.setFloat32(0, value);
    this.unsigned32(floatBytes.getUint32(0));
  }

  float64(value: number): void {
    floatBytes.setFloat64(0, value);
    this.unsigned32(floatBytes.getUint32(0));
    this.unsigned32(floatBytes.getUint32(4));
  }

  unsigned16LE(value: number): void {
    this.unsignedLE(value, 2);
  }

  unsigned32LE(value: number): void {
    this.unsignedLE(value, 4);
  }

  float32LE(value: number): void {
    floatBytes.setFloat32(0, value);
    this.unsigned32LE(floatBytes.getUint32(0));
  }

  /** A whole number from 0 in 1 to 6 bytes, least significant byte first. */
  unsignedLE(value: number, count: number): void {
    const at = this.advance(count);
    for (let index = 0, rest = value; index < count; index++, rest = Math.floor(rest / 256)) {
      this.bytes[at + index] = rest % 256;
    }
  }

  write(bytes: Uint8Array): void {
    const at = this.advance(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** What was written, as a view of the writer's own bytes: write no more after taking it. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  protected advance(count: number): number {
    const at = this.size;
    if (at + count > this.bytes.length) this.grow(count);
    this.size = at + count;
    return at;
  }

  private grow(count: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.size + count));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

const floatBytes = new DataView(new ArrayBuffer(8));
