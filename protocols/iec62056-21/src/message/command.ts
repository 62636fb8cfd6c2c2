/** Programming command messages, `SOH C D [STX data] ETX BCC` (clause 6.3.5 ff.): what a reader asks and a meter's P0. */
import { control, textFromBytes } from "../characters.ts";
import { iec62056Error } from "../errors.ts";
import { checkBlockCheck, checkText, withBlockCheck } from "./block-check.ts";

export interface Command {
  readonly type: "command";
  /** Letter and digit: "P1", "R5", "W1", "E2", "B0" … */
  readonly command: string;
  /** A data set such as "1.8.0()" or "(12345678)"; undefined where the message has none. */
  readonly data: string | undefined;
  /** More of the same follows: the message ended with EOT (partial blocks). */
  readonly more: boolean;
}

/** What commands ask for: table of clause 6.3.6. */
export const commandMeanings: Readonly<Record<string, string>> = {
  P0: "operand for a secure algorithm, or the serial number",
  P1: "password",
  P2: "result of a secure algorithm",
  W1: "write, ASCII coded",
  W2: "write, formatted",
  W3: "write, ASCII coded, in partial blocks",
  W4: "write, formatted, in partial blocks",
  W5: "write, national use",
  R1: "read, ASCII coded",
  R2: "read, formatted",
  R3: "read, ASCII coded, in partial blocks",
  R4: "read, formatted, in partial blocks",
  R5: "read, national use",
  R6: "read, national use, in partial blocks",
  E2: "execute, formatted",
  B0: "break: the dialogue ends",
};

/**
 * `encodeCommand("R1", "1.8.0()")`; without data there is no STX, as in `encodeCommand("B0")`.
 * @throws ProtocolError `value_invalid` for a command that is no letter and digit, or data with control characters that frame
 */
export function encodeCommand(command: string, data?: string, options: { readonly more?: boolean } = {}): Uint8Array {
  if (!/^[A-Z][0-9]$/.test(command)) {
    throw iec62056Error("value_invalid", {
      what: "command",
      value: command,
      reason: "it is a capital letter and a digit",
    });
  }
  checkText(data ?? "", "data of the command");
  const end = options.more ? "\x04" : "\x03";
  return withBlockCheck(`\x01${command}${data === undefined ? "" : `\x02${data}`}${end}`);
}

/** @throws ProtocolError `message_checksum_wrong`, `message_invalid` */
export function decodeCommand(bytes: Uint8Array): Command {
  const end = bytes.length - 2;
  const last = bytes[end]! & 0x7f;
  if (end < 3 || (bytes[0]! & 0x7f) !== control.SOH || (last !== control.ETX && last !== control.EOT)) {
    throw iec62056Error("message_invalid", {
      message: "command",
      reason: "it is not SOH, two characters, data, ETX, BCC",
    });
  }
  checkBlockCheck(bytes, "command");
  const command = textFromBytes(bytes, 1, 3);
  if (end > 3 && (bytes[3]! & 0x7f) !== control.STX) {
    throw iec62056Error("message_invalid", {
      message: `command ${command}`,
      reason: "STX is missing before its data",
      offset: 3,
    });
  }
  return {
    type: "command",
    command,
    data: end > 3 ? textFromBytes(bytes, 4, end) : undefined,
    more: last === control.EOT,
  };
}
