/** What messages that begin with SOH or STX share: the block check character, and what may stand between. */
import { hexFromByte } from "@anymeter/sans-io";
import { blockCheck, bytesFromText, control } from "../characters.ts";
import { iec62056Error } from "../errors.ts";

/** A message from SOH or STX to ETX or EOT, followed by its check of all but the first character. */
export function withBlockCheck(message: string): Uint8Array {
  const bytes = bytesFromText(`${message}\0`);
  bytes[message.length] = blockCheck(bytes, 1, message.length);
  return bytes;
}

/** @throws ProtocolError `message_checksum_wrong` unless the last byte is the check of those after the first */
export function checkBlockCheck(bytes: Uint8Array, message: string): void {
  const at = bytes.length - 1;
  const expected = blockCheck(bytes, 1, at);
  const found = bytes[at]! & 0x7f;
  if (found === expected) return;
  const [foundHex, expectedHex] = [hexFromByte(found), hexFromByte(expected)];
  throw iec62056Error("message_checksum_wrong", { message, found: foundHex, expected: expectedHex, offset: at });
}

/** @throws ProtocolError `value_invalid` for text with characters that frame messages, or beyond 7 bits */
export function checkText(text: string, what: string): void {
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character <= 0x7f && !framing.has(character)) continue;
    const reason = `character ${index + 1} is not one that data may hold`;
    throw iec62056Error("value_invalid", { what, value: text.slice(0, 64), reason });
  }
}

/** Characters that frame messages. */
const framing: ReadonlySet<number> = new Set([
  control.NUL,
  control.SOH,
  control.STX,
  control.ETX,
  control.EOT,
  control.ACK,
  control.NAK,
]);
