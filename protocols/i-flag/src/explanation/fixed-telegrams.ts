/** The telegrams around the work: wake-up, sign-on, option, PASS, acknowledgements, break. */
import { commonError, Explainer } from "@anymeter/sans-io";
import { iFlagError } from "../errors.ts";
import { breakTelegram, lineFeed, pass, shortestWakeUp } from "../frames/control.ts";
import { checkChecksum, hex16 } from "../frames/frame.ts";
import { decodeIdentification } from "../session/sign-on.ts";
import type { Conversation, ExplainedTelegram } from "./telegram.ts";

export function explainNulls(bytes: Uint8Array, start: number): ExplainedTelegram {
  let end = start;
  while (bytes[end] === 0) end++;
  const count = end - start;
  const summary =
    count >= shortestWakeUp
      ? `wake-up: ${count} NULs, at least ${shortestWakeUp} are needed`
      : `${count} NULs: the converter is awake`;
  return one(start, end, summary, { telegram: count >= shortestWakeUp ? "wake-up" : "awake", count });
}

export function explainAcknowledgement(start: number, acknowledged: boolean, told: Conversation): ExplainedTelegram {
  const reading = told.asked?.type === "database" && told.asked.frames.next > 0;
  const summary = acknowledged
    ? `ACK: ${reading ? "the next frame, please" : "taken"}`
    : `NAK: ${reading ? "the same frame again, please" : "refused"}`;
  return one(start, start + 1, summary, { telegram: acknowledged ? "ack" : "nak" });
}

/** `/?!`, or the converter's answer to it. */
export function explainSignOn(bytes: Uint8Array, start: number): ExplainedTelegram {
  const end = lineEnd(bytes, start, "the sign-on");
  const text = textOf(bytes, start, end);
  if (text.startsWith("/?")) {
    return one(start, end, "sign-on: who is there?", { telegram: "sign-on" }, text.trim());
  }
  const identification = decodeIdentification(text, start);
  const explainer = new Explainer(start);
  explainer.upTo(start + 1, "an identification begins");
  explainer.upTo(start + 4, "maker", { value: identification.manufacturer });
  explainer.upTo(start + 5, "baud character; over TCP it means nothing", { value: identification.baudCharacter });
  explainer.upTo(end - 2, "model", { value: identification.name });
  explainer.upTo(end, "CR LF");
  return {
    end,
    summary: `identification of a ${identification.manufacturer} ${identification.name}`,
    parts: explainer.parts,
    decoded: { telegram: "identification", ...identification },
  };
}

/** @returns undefined when the ACK at `start` stands alone */
export function explainOption(bytes: Uint8Array, start: number): ExplainedTelegram | undefined {
  const text = textOf(bytes, start, start + 6);
  if (!/^[0-9][!-~]{2}\r\n$/.test(text.slice(1))) return undefined;
  const explainer = new Explainer(start);
  explainer.upTo(start + 1, "ACK: an option begins");
  explainer.upTo(start + 2, "protocol control character", { value: text[1]! });
  explainer.upTo(start + 3, "baud character, as the converter named it", { value: text[2]! });
  explainer.upTo(start + 4, "mode: 7 is the binary protocol", { value: text[3]! });
  explainer.upTo(start + 6, "CR LF");
  return {
    end: start + 6,
    summary: "option: the binary protocol, please",
    parts: explainer.parts,
    decoded: { telegram: "option", baudCharacter: text[2]!, mode: text[3]! },
  };
}

export function explainPassword(bytes: Uint8Array, start: number): ExplainedTelegram {
  const end = start + pass.length;
  const letters = textOf(bytes, start, end - 2);
  if (!letters.startsWith("PASS".slice(0, letters.length))) {
    throw iFlagError("telegram_unknown", { found: `"${letters}"`, offset: start });
  }
  if (bytes.length < end) throw commonError("bytes_truncated", { what: "the end of PASS", offset: bytes.length });
  checkChecksum(bytes, start, end - 2, "password");
  const explainer = new Explainer(start);
  explainer.upTo(end - 2, "the word PASS, the same from both sides: no secret", { value: letters });
  explainer.upTo(end, "checksum (CRC-16, low byte first): right", {
    value: hex16(bytes[end - 2]! | (bytes[end - 1]! << 8)),
  });
  return { end, summary: "password exchange", parts: explainer.parts, decoded: { telegram: "password" } };
}

/** @returns undefined when what begins at `start` is no break */
export function explainBreak(bytes: Uint8Array, start: number): ExplainedTelegram | undefined {
  if (!breakTelegram.every((byte, at) => byte === bytes[start + at])) return undefined;
  const end = start + breakTelegram.length;
  const explainer = new Explainer(start);
  explainer.upTo(start + 1, "SOH: a frame begins");
  explainer.upTo(start + 3, "B0: break, the converter may sleep");
  explainer.upTo(start + 4, "ETX: the data ends");
  explainer.upTo(end, "checksum (CRC-16, low byte first): right", {
    value: hex16(bytes[end - 2]! | (bytes[end - 1]! << 8)),
  });
  return { end, summary: "break: the end of the session", parts: explainer.parts, decoded: { telegram: "break" } };
}

function one(
  start: number,
  end: number,
  summary: string,
  decoded: ExplainedTelegram["decoded"],
  value?: string,
): ExplainedTelegram {
  const explainer = new Explainer(start);
  explainer.upTo(end, summary, { value });
  return { end, summary, parts: explainer.parts, decoded };
}

function lineEnd(bytes: Uint8Array, start: number, what: string): number {
  const end = bytes.indexOf(lineFeed, start) + 1;
  if (end === 0) throw commonError("bytes_truncated", { what: `the line end of ${what}`, offset: bytes.length });
  return end;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Array.from(bytes.subarray(start, end), (byte) => String.fromCharCode(byte)).join("");
}
