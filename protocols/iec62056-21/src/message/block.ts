/** Data messages and programming data, `STX text ETX BCC`, or EOT in place of ETX where more follows (clauses 6.3.4, 6.3.6). */
import { control, textFromBytes } from "../characters.ts";
import { iec62056Error } from "../errors.ts";
import { checkBlockCheck, checkText, withBlockCheck } from "./block-check.ts";

export interface Block {
  readonly type: "block";
  readonly text: string;
  /** The block ended with EOT: acknowledge it, the next one follows. */
  readonly more: boolean;
}

/** @throws ProtocolError `value_invalid` for text with characters that frame messages */
export function encodeBlock(text: string, options: { readonly more?: boolean } = {}): Uint8Array {
  checkText(text, "text of the block");
  return withBlockCheck(`\x02${text}${options.more ? "\x04" : "\x03"}`);
}

/** @throws ProtocolError `message_checksum_wrong`, `message_invalid` */
export function decodeBlock(bytes: Uint8Array): Block {
  const end = bytes.length - 2;
  const last = bytes[end]! & 0x7f;
  if (end < 1 || (bytes[0]! & 0x7f) !== control.STX || (last !== control.ETX && last !== control.EOT)) {
    throw iec62056Error("message_invalid", { message: "data message", reason: "it is not STX, text, ETX or EOT, BCC" });
  }
  checkBlockCheck(bytes, "data message");
  return { type: "block", text: textFromBytes(bytes, 1, end), more: last === control.EOT };
}
