/**
 * What bytes of this protocol say, one message after another: sign-ons, identifications, option selects, commands, data
 * messages, P1 telegrams.
 */
import { type ExplainedPart, Explainer, type Explanation, type Json, ProtocolError } from "@anymeter/sans-io";
import { control, textFromBytes } from "../characters.ts";
import { iec62056Error } from "../errors.ts";
import { beginsMessage, endOfMessage, isLine } from "../message/message-end.ts";
import { cipheredP1Length, cipheredP1Tag, type P1Keys } from "../p1/ciphered.ts";
import { carriesEvenParity } from "../parity.ts";
import { explainMessage } from "./explain-message.ts";
import { endOfP1, explainCipheredP1, explainP1 } from "./explain-p1.ts";

/** Keys of ciphered P1 telegrams; without them the ciphertext stays what it is. */
export type ExplainOptions = Partial<P1Keys>;

/** One message of the bytes, explained. */
export interface ExplainedMessage {
  /** "sign-on of any meter", "R5 1.8.0()" … */
  readonly summary: string;
  readonly parts: readonly ExplainedPart[];
  readonly decoded: Json;
}

/**
 * Explains every byte; a parity bit is stripped and said so.
 * @throws ProtocolError with the offset of what is no message, damaged or not whole
 */
export function explainIec62056(bytes: Uint8Array, options: ExplainOptions = {}): Explanation {
  const messages: { end: number; explained: ExplainedMessage }[] = [];
  if (bytes.length === 0)
    throw iec62056Error("message_invalid", { message: "message", reason: "there are no bytes", offset: 0 });
  for (let start = 0; start < bytes.length; ) {
    const end = endOf(bytes, start);
    messages.push({ end, explained: explainAt(bytes, start, end, options) });
    start = end;
  }
  const [only] = messages;
  const parity = carriesEvenParity(bytes) ? " (bit 7 is the even parity of 7E1 characters)" : "";
  return {
    protocol: "iec62056-21",
    summary: messages.map(({ explained }) => explained.summary).join("; ") + parity,
    length: bytes.length,
    parts: messages.length === 1 ? only!.explained.parts : nested(messages),
    decoded: messages.length === 1 ? only!.explained.decoded : messages.map(({ explained }) => explained.decoded),
  };
}

function nested(messages: readonly { end: number; explained: ExplainedMessage }[]): readonly ExplainedPart[] {
  const explainer = new Explainer();
  for (const { end, explained } of messages)
    explainer.upTo(end, sentence(explained.summary), { parts: explained.parts });
  return explainer.parts;
}

/** Index after the message that begins at `start`; of a run of NULs or line ends, after the last. */
function endOf(bytes: Uint8Array, start: number): number {
  const first = bytes[start]!;
  if (isFiller(first)) {
    let end = start;
    while (end < bytes.length && isFiller(bytes[end]!)) end++;
    return end;
  }
  if (first === cipheredP1Tag && bytes[start + 1] !== undefined) {
    const length = shifted(start, () => cipheredP1Length(bytes.subarray(start)));
    return Math.min(bytes.length, start + (length ?? bytes.length));
  }
  if (!beginsMessage(first)) throw invalid("this byte begins no message", start);
  const telegramEnd = isLine(first) ? shifted(start, () => endOfP1(bytes, start)) : undefined;
  if (telegramEnd !== undefined) return telegramEnd;
  const expectsOptionSelect = looksLikeOptionSelect(bytes, start);
  const end = endOfMessage(bytes, { start, end: bytes.length, expectsOptionSelect });
  if (end === undefined) throw invalid("it is not whole", bytes.length);
  return end;
}

function explainAt(bytes: Uint8Array, start: number, end: number, options: ExplainOptions): ExplainedMessage {
  const first = bytes[start]!;
  const message = bytes.subarray(start, end);
  return shifted(start, () => {
    if (isFiller(first)) return explainFiller(message, start);
    if (first === cipheredP1Tag) return explainCipheredP1(message, start, options);
    if (isLine(first) && endOfP1(message, 0) !== undefined) return explainP1(message, start);
    return explainMessage(message, start);
  });
}

function explainFiller(bytes: Uint8Array, start: number): ExplainedMessage {
  const wakesUp = bytes.every((byte) => (byte & 0x7f) === control.NUL);
  const meaning = wakesUp ? `${bytes.length} NUL characters: the wake-up of battery meters` : "Line ends";
  const explainer = new Explainer(start);
  explainer.upTo(start + bytes.length, meaning);
  return {
    summary: wakesUp ? "wake-up" : "line ends",
    parts: explainer.parts,
    decoded: { type: wakesUp ? "wake-up" : "filler" },
  };
}

function isFiller(byte: number): boolean {
  const character = byte & 0x7f;
  return character === control.NUL || character === control.CR || character === control.LF;
}

/** ACK V Z Y CR LF, and not an ACK with something else behind it. */
function looksLikeOptionSelect(bytes: Uint8Array, start: number): boolean {
  return textFromBytes(bytes, Math.min(start + 4, bytes.length), Math.min(start + 6, bytes.length)) === "\r\n";
}

/** Offsets of errors count from the first byte of all, not of the message. */
function shifted<Result>(start: number, explain: () => Result): Result {
  try {
    return explain();
  } catch (error) {
    if (!(error instanceof ProtocolError) || start === 0 || error.offset === undefined) throw error;
    const message = error.message.replace(/ \(byte \d+\)$/, "");
    throw new ProtocolError(
      error.code,
      { fault: error.fault, message },
      { ...error.details, offset: error.offset + start },
    );
  }
}

function sentence(summary: string): string {
  return summary.charAt(0).toUpperCase() + summary.slice(1);
}

function invalid(reason: string, offset: number): ProtocolError {
  return iec62056Error("message_invalid", { message: "message", reason, offset });
}
