/** "60 1D A1…" with or without blanks, for tests, traces and documents. */
import { commonError } from "../errors.ts";

/** @throws ProtocolError `hex_invalid` when the text is not whole pairs of hexadecimal digits */
export function bytesFromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, "");
  const wrong = digits.search(/[^0-9a-f]/i);
  if (wrong >= 0 || digits.length % 2 !== 0) {
    throw commonError("hex_invalid", { offset: Math.floor((wrong >= 0 ? wrong : digits.length) / 2) });
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
  return bytes;
}

/** Upper case without blanks: "601DA1". */
export function hexFromBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hexFromByte(byte);
  return text;
}

/** Two upper-case digits: 10 → "0A". */
export function hexFromByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
