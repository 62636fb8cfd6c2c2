/** Explains P1 telegrams and readouts that are sent without being asked, plain and ciphered. */
import { Explainer, hexFromByte, hexFromBytes, type Json, jsonOf } from "@anymeter/sans-io";
import { control, textFromBytes } from "../characters.ts";
import { decipherP1, decodeCipheredP1, type P1Keys } from "../p1/ciphered.ts";
import { decodeP1, p1Layout } from "../p1/telegram.ts";
import type { ExplainedMessage } from "./explain.ts";
import { explainData } from "./explain-data.ts";

/**
 * Index after the telegram that begins with the slash at `start`; undefined for a sign-on, or an identification that stands
 * alone or before STX.
 * @throws ProtocolError `message_invalid` for a telegram without end
 */
export function endOfP1(bytes: Uint8Array, start: number): number | undefined {
  let at = start;
  while (at < bytes.length && (bytes[at]! & 0x7f) !== control.LF) at++;
  while (at < bytes.length && isLineEnd(bytes[at]!)) at++;
  if (at === bytes.length || !/[0-9A-Z(!]/.test(textFromBytes(bytes, at, at + 1))) return undefined;
  return start + p1Layout(bytes.subarray(start)).end;
}

function isLineEnd(byte: number): boolean {
  return (byte & 0x7f) === control.CR || (byte & 0x7f) === control.LF;
}

export function explainP1(bytes: Uint8Array, start: number): ExplainedMessage {
  const telegram = decodeP1(bytes);
  const { dataStart, endMark, checksumEnd, end } = p1Layout(bytes);
  const explainer = new Explainer(start);
  explainer.upTo(start + 1, "Slash: a telegram that is sent unasked");
  explainer.upTo(start + 1 + telegram.identification.length, "Maker, speed and model", {
    value: telegram.identification,
  });
  explainer.upTo(start + dataStart, "Line end");
  for (const { offset, length, meaning, ...more } of explainData(telegram.text, start + dataStart)) {
    explainer.upTo(offset + length, meaning, more);
  }
  explainer.upTo(start + endMark + 1, "Exclamation mark: the telegram ends");
  explainer.upTo(start + checksumEnd, "CRC-16 of everything before it, right", {
    value: textFromBytes(bytes, endMark + 1, checksumEnd),
  });
  explainer.upTo(start + end, "Line end");
  const { text: _, ...decoded } = telegram;
  const summary = `P1 telegram of ${telegram.identification} with ${telegram.dataSets.length} data sets`;
  return { summary, parts: explainer.parts, decoded: jsonOf({ ...decoded, problems: telegram.problems.map(String) }) };
}

export function explainCipheredP1(bytes: Uint8Array, start: number, keys: Partial<P1Keys>): ExplainedMessage {
  const telegram = decodeCipheredP1(bytes);
  const { systemTitle, securityControl, invocationCounter, ciphertext, tag } = telegram;
  const inside = keys.key ? explainInside(decipherP1(telegram, { ...keys, key: keys.key })) : undefined;
  const explainer = new Explainer(start);
  const counterEnd = start + bytes.length - tag.length - ciphertext.length;
  explainer.upTo(start + 1, "General-glo-ciphering: a ciphered telegram");
  explainer.upTo(start + 2, "Length of the system title", { value: systemTitle.length });
  explainer.upTo(start + 2 + systemTitle.length, "System title of the meter", { value: hexFromBytes(systemTitle) });
  explainer.upTo(counterEnd - 5, "Length of what follows", { value: start + bytes.length - counterEnd + 5 });
  const protection = tag.length > 0 ? "authenticated and encrypted" : "encrypted";
  explainer.upTo(counterEnd - 4, `Security control: ${protection} with the global key`, {
    value: hexFromByte(securityControl),
  });
  explainer.upTo(counterEnd, "Invocation counter", { value: invocationCounter });
  explainer.upTo(counterEnd + ciphertext.length, inside ? "Ciphertext" : "Ciphertext: give the key to see inside", {
    ...(inside && { content: { origin: "deciphered", hex: inside.hex, parts: inside.explained.parts } }),
  });
  explainer.upTo(start + bytes.length, "Authentication tag");
  return {
    summary: `ciphered ${inside ? inside.explained.summary : `P1 telegram of ${hexFromBytes(systemTitle)}`}`,
    parts: explainer.parts,
    decoded: {
      ...(jsonOf(telegram) as { [name: string]: Json }),
      ...(inside && { telegram: inside.explained.decoded }),
    },
  };
}

function explainInside(bytes: Uint8Array): { readonly hex: string; readonly explained: ExplainedMessage } {
  return { hex: hexFromBytes(bytes), explained: explainP1(bytes, 0) };
}
