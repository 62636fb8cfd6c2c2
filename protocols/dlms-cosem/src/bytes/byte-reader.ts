/** The base's reader with the lengths of BER and A-XDR; a read past the limit throws `apdu_truncated`. */
import { ByteReader as PlainReader } from "@anymeter/sans-io";
import { dlmsError } from "../errors.ts";

export class ByteReader extends PlainReader {
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

  protected override truncated(what: string): Error {
    return dlmsError("apdu_truncated", { what, offset: this.offset });
  }

  protected override trailing(what: string): Error {
    return dlmsError("apdu_trailing_bytes", { count: this.remaining, what, offset: this.offset });
  }
}
