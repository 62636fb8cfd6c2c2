/**
 * A reader that writes down what it read: the decoder itself, run over it, says where each field of an APDU stands. So
 * an explanation cannot disagree with what the decoder understood.
 */
import { ByteReader } from "../bytes/byte-reader.ts";

/** One read of the decoder. Fields of one trace follow each other; a gap between two is bytes that were stepped over. */
export interface Field {
  readonly offset: number;
  /** Index after the last byte. */
  readonly end: number;
  /** What the decoder expected there: "a class id". */
  readonly what: string;
  /** What it got; bytes for strings, with their length taken off; undefined for bytes only skipped. */
  readonly value: number | bigint | Uint8Array | undefined;
}

export class TracingReader extends ByteReader {
  readonly fields: Field[];

  constructor(bytes: Uint8Array, offset = 0, limit = bytes.length, fields: Field[] = []) {
    super(bytes, offset, limit);
    this.fields = fields;
  }

  override unsigned8(what: string): number {
    return this.#record(what, () => super.unsigned8(what));
  }

  override unsigned16(what: string): number {
    return this.#record(what, () => super.unsigned16(what));
  }

  override unsigned32(what: string): number {
    return this.#record(what, () => super.unsigned32(what));
  }

  override unsigned64(what: string): bigint {
    return this.#record(what, () => super.unsigned64(what));
  }

  override signed8(what: string): number {
    return this.#record(what, () => super.signed8(what));
  }

  override signed16(what: string): number {
    return this.#record(what, () => super.signed16(what));
  }

  override signed32(what: string): number {
    return this.#record(what, () => super.signed32(what));
  }

  override signed64(what: string): bigint {
    return this.#record(what, () => super.signed64(what));
  }

  override float32(what: string): number {
    return this.#record(what, () => super.float32(what));
  }

  override float64(what: string): number {
    return this.#record(what, () => super.float64(what));
  }

  override length(what: string): number {
    return this.#record(what, () => super.length(what));
  }

  override take(count: number, what: string): Uint8Array {
    return this.#record(what, () => super.take(count, what));
  }

  override lengthAndBytes(what: string): Uint8Array {
    return this.#record(what, () => super.lengthAndBytes(what));
  }

  override skip(count: number, what: string): void {
    const at = this.offset;
    this.#record(what, () => {
      super.skip(count, what);
      return this.bytes.subarray(at, at + count);
    });
  }

  override inner(count: number, what: string): TracingReader {
    const at = this.advance(count, what);
    return new TracingReader(this.bytes, at, at + count, this.fields);
  }

  /** Reads made of smaller reads are one field. */
  #record<Value extends number | bigint | Uint8Array>(what: string, read: () => Value): Value {
    const before = this.fields.length;
    const offset = this.offset;
    const value = read();
    this.fields.length = before;
    if (this.offset > offset) this.fields.push({ offset, end: this.offset, what, value });
    return value;
  }
}
