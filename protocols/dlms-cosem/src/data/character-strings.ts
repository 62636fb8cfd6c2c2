/** Bit-strings and the two character strings: the length first, in bits or bytes, then the content. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import { dataLimits } from "./limits.ts";

/** Bits as "0110", first bit first; the unused low bits of the last byte are not looked at. */
export function readBits(reader: ByteReader): string {
  const at = reader.offset;
  const count = reader.length("the number of bits");
  if (count > dataLimits.bits) {
    const reason = `${count} bits exceed the limit of ${dataLimits.bits}`;
    throw dlmsError("length_invalid", { what: "a bit-string", reason, offset: at });
  }
  const bytes = reader.take(Math.ceil(count / 8), "a bit-string");
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return bits.slice(0, count);
}

export function writeBits(writer: ByteWriter, bits: string): void {
  if (/[^01]/.test(bits)) {
    throw dlmsError("value_not_encodable", {
      what: "The bit-string",
      reason: "it may hold only the characters 0 and 1",
    });
  }
  writer.writeLength(bits.length);
  for (let at = 0; at < bits.length; at += 8) {
    writer.unsigned8(Number.parseInt(bits.slice(at, at + 8).padEnd(8, "0"), 2));
  }
}

/**
 * A visible-string is ASCII (ISO/IEC 646). Meters put other bytes there, so each byte becomes the character of its
 * number (Latin-1) and goes back to the same byte.
 */
export function readLatin1(reader: ByteReader): string {
  const bytes = reader.lengthAndBytes("a visible-string");
  return latin1FromBytes(bytes);
}

export function writeLatin1(writer: ByteWriter, text: string): void {
  writer.lengthAndBytes(bytesFromLatin1(text));
}

export function latin1FromBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += charactersAtOnce) {
    const piece: ArrayLike<number> = bytes.subarray(at, at + charactersAtOnce);
    text += String.fromCharCode.apply(null, piece as number[]);
  }
  return text;
}

/** Throws `value_not_encodable` on a character beyond one byte. */
export function bytesFromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff) {
      throw dlmsError("value_not_encodable", {
        what: `The visible-string "${text}"`,
        reason: `"${text[index]}" takes more than one byte; use a utf8-string`,
      });
    }
    bytes[index] = code;
  }
  return bytes;
}

/** Bytes that are not UTF-8 show as U+FFFD. */
export function readUtf8(reader: ByteReader): string {
  return utf8Decoder.decode(reader.lengthAndBytes("a utf8-string"));
}

export function writeUtf8(writer: ByteWriter, text: string): void {
  writer.lengthAndBytes(utf8Encoder.encode(text));
}

/** Arguments of one call, which live on the stack; joined one by one, characters would each be an object for a while. */
const charactersAtOnce = 4096;
const utf8Decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const utf8Encoder = new TextEncoder();
