/** The base's writer with the lengths of BER and A-XDR. */
import { ByteWriter as PlainWriter } from "@anymeter/sans-io";

export class ByteWriter extends PlainWriter {
  /** A length or count in the shortest definite form (X.690 clause 8.1.3). */
  writeLength(length: number): void {
    if (length < 0x80) {
      this.unsigned8(length);
    } else if (length < 0x100) {
      this.unsigned16(0x8100 | length);
    } else if (length < 0x1_0000) {
      this.unsigned8(0x82);
      this.unsigned16(length);
    } else {
      this.unsigned8(0x84);
      this.unsigned32(length);
    }
  }

  /** The length of the bytes and the bytes. */
  lengthAndBytes(bytes: Uint8Array): void {
    this.writeLength(bytes.length);
    this.write(bytes);
  }
}
