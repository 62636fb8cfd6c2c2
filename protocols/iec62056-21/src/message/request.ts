/** The request message, `/?address!` CR LF (clause 6.3.1): the sign-on of whoever reads. */
import { bytesFromText, textFromBytes } from "../characters.ts";
import { iec62056Error } from "../errors.ts";

export interface RequestMessage {
  readonly type: "request";
  /** The meter asked for; undefined asks whoever is on the line. */
  readonly address: string | undefined;
}

/** @param address up to 32 digits, letters and blanks; without one, any meter on the line answers */
export function encodeRequest(address?: string): Uint8Array {
  if (address !== undefined && !/^[0-9A-Za-z ]{0,32}$/.test(address)) {
    throw iec62056Error("value_invalid", {
      what: "device address",
      value: address,
      reason: "up to 32 digits, letters and blanks are allowed",
    });
  }
  return bytesFromText(`/?${address ?? ""}!\r\n`);
}

/** @throws ProtocolError `message_invalid` */
export function decodeRequest(bytes: Uint8Array): RequestMessage {
  const match = /^\/\?([^!]*)!\r\n$/.exec(textFromBytes(bytes));
  if (!match) throw iec62056Error("message_invalid", { message: "request", reason: 'it is not "/?address!" CR LF' });
  return { type: "request", address: match[1] || undefined };
}
