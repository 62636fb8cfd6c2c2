/** Decoding of bytes that are one encoding, no more and no less. */
import { ByteReader } from "../bytes/byte-reader.ts";
import { dlmsError } from "../errors.ts";
import { dataLimits } from "./limits.ts";

/** Throws `apdu_too_long` beyond `dataLimits.bytes`, unread, and `apdu_trailing_bytes` when `read` leaves some over. */
export function decodeWhole<T>(bytes: Uint8Array, what: string, read: (reader: ByteReader) => T): T {
  if (bytes.length > dataLimits.bytes) {
    throw dlmsError("apdu_too_long", { length: bytes.length, limit: dataLimits.bytes });
  }
  const reader = new ByteReader(bytes);
  const value = read(reader);
  reader.expectEnd(what);
  return value;
}
