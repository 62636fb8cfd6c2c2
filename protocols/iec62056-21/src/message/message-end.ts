/** Where a message ends, by its first character: the one place that knows, for streams and for explanations. */
import { control } from "../characters.ts";
import { optionSelectLength } from "./option-select.ts";

const slash = 0x2f;

/** True for a byte that a message can begin with: `/`, SOH, STX, ACK and NAK. */
export function beginsMessage(byte: number): boolean {
  const character = byte & 0x7f;
  return (
    character === slash ||
    character === control.SOH ||
    character === control.STX ||
    character === control.ACK ||
    character === control.NAK
  );
}

/** True for a message that ends with its line: a request or an identification. */
export function isLine(byte: number): boolean {
  return (byte & 0x7f) === slash;
}

export interface MessageBounds {
  /** Of the first byte, one that `beginsMessage`. */
  readonly start: number;
  /** After the last byte there is. */
  readonly end: number;
  /** Bytes before this index are known to end nothing. */
  readonly scanned?: number;
  /** An ACK is the first character of an option select. */
  readonly expectsOptionSelect?: boolean;
}

/** Index after the last byte of a message; undefined when it is not whole. */
export function endOfMessage(bytes: Uint8Array, bounds: MessageBounds): number | undefined {
  const { start, end } = bounds;
  const first = bytes[start]! & 0x7f;
  if (first === control.NAK) return start + 1;
  if (first === control.ACK) {
    if (!bounds.expectsOptionSelect) return start + 1;
    return end - start >= optionSelectLength ? start + optionSelectLength : undefined;
  }
  const line = isLine(first);
  for (let index = Math.max(bounds.scanned ?? 0, start + 1); index < end; index++) {
    const character = bytes[index]! & 0x7f;
    if (line ? character !== control.LF : character !== control.ETX && character !== control.EOT) continue;
    // Exactly one check character follows ETX or EOT, whatever it looks like.
    const messageEnd = line ? index + 1 : index + 2;
    return messageEnd <= end ? messageEnd : undefined;
  }
  return undefined;
}
