/** Decoding of bytes that are one encoding, no more and no less. */
import { ByteReader } from "../bytes/byte-reader.ts";
import { dlmsError } from "../errors.ts";
import { dataLimits } from "./limits.ts";

/**
 * Reads bytes, or all that is left of a reader. Throws `apdu_too_long` beyond `dataLimits.bytes`, unread, and
 * `apdu_trailing_bytes` when `read` leaves some over.
 */
export function decodeWhole<T>(source: Uint8Array | ByteReader, what: string, read: (reader: ByteReader) => T): T {
  const reader = source instanceof ByteReader ? source : new ByteReader(source);
  if (reader.remaining > dataLimits.bytes) {
    throw dlmsError("apdu_too_long", { length: reader.remaining, limit: dataLimits.bytes });
  }
  const value = read(reader);
  reader.expectEnd(what);
  return value;
}
