/** The acknowledgement with option select, ACK V Z Y CR LF (clause 6.3.3): which protocol, speed and mode the reader wants. */
import { bytesFromText, control, textFromBytes } from "../characters.ts";
import { iec62056Error } from "../errors.ts";

export interface OptionSelect {
  readonly type: "option-select";
  /** V: "0" normal, "1" secondary, "2" HDLC; some meters answer only one of them. */
  readonly protocol: string;
  /** Z: the baud character that both go on with. */
  readonly baudCharacter: string;
  /** Y: "0" readout, "1" programming, "2" binary (mode E), "6" to "9" the maker's own. */
  readonly mode: string;
}

/** Y by name. */
export const optionModes = { readout: "0", programming: "1", binary: "2" } as const;

export function encodeOptionSelect({ protocol, baudCharacter, mode }: Omit<OptionSelect, "type">): Uint8Array {
  for (const [what, value] of Object.entries({
    "protocol character": protocol,
    "baud character": baudCharacter,
    mode,
  })) {
    if (/^[0-9A-Za-z]$/.test(value)) continue;
    throw iec62056Error("value_invalid", { what, value, reason: "it is one digit or letter" });
  }
  return bytesFromText(`\x06${protocol}${baudCharacter}${mode}\r\n`);
}

/** Bytes of an option select. */
export const optionSelectLength = 6;

/** @throws ProtocolError `message_invalid` */
export function decodeOptionSelect(bytes: Uint8Array): OptionSelect {
  const text = textFromBytes(bytes);
  if (bytes.length !== optionSelectLength || text.charCodeAt(0) !== control.ACK || !text.endsWith("\r\n")) {
    throw iec62056Error("message_invalid", {
      message: "option select",
      reason: "it is not ACK, three characters, CR LF",
    });
  }
  return { type: "option-select", protocol: text[1]!, baudCharacter: text[2]!, mode: text[3]! };
}
