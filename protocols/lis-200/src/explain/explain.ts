/** LIS-200 telegrams, byte by byte: frames as IEC 62056-21 has them, what they carry as LIS-200 has it. */
import { type Block, type Command, decodeMessage, explainIec62056 } from "@anymeter/iec62056-21";
import { type ExplainedPart, Explainer, type Explanation, type Json } from "@anymeter/sans-io";
import { type ExplainedData, explainAnswer, explainCommandData } from "./explain-data.ts";

/**
 * Explains one telegram or several, one after another. Characters may carry a parity bit, which is stripped.
 * @throws ProtocolError of the decoders, with the offset of what is wrong, for bytes that are no telegram
 */
export function explainLis200(bytes: Uint8Array): Explanation {
  const frames = explainIec62056(bytes);
  const isOne = !Array.isArray(frames.decoded);
  const telegrams = isOne
    ? [{ offset: 0, length: bytes.length, meaning: frames.summary, parts: frames.parts, decoded: frames.decoded! }]
    : frames.parts.map((part, index) => ({ ...part, decoded: (frames.decoded as readonly Json[])[index]! }));
  const explained = telegrams.map((telegram) => explainTelegram(bytes, telegram));
  const [only] = explained;
  const parity = /\(bit 7 [^)]*\)$/.exec(frames.summary)?.[0];
  return {
    protocol: "lis-200",
    summary: [explained.map(({ meaning }) => meaning).join("; "), ...(parity ? [parity] : [])].join(" "),
    length: bytes.length,
    parts: isOne ? (only!.parts ?? []) : explained.map(({ decoded: _, ...part }) => part),
    decoded: isOne ? only!.decoded : explained.map(({ decoded }) => decoded),
  };
}

interface ExplainedTelegram extends ExplainedPart {
  readonly decoded: Json;
}

/** Commands and answers carry LIS-200; the others are those of IEC 62056-21. */
function explainTelegram(bytes: Uint8Array, telegram: ExplainedTelegram): ExplainedTelegram {
  const { offset, length } = telegram;
  const first = bytes[offset]! & 0x7f;
  if (first !== startOfHeading && first !== startOfText) return telegram;
  const message = decodeMessage(bytes.subarray(offset, offset + length)) as Command | Block;
  const explainer = new Explainer(offset);
  const data =
    message.type === "command" ? explainCommand(explainer, message, offset) : explainBlock(explainer, message, offset);
  const end = offset + length;
  explainer.upTo(end - 1, message.more ? "EOT: more follows after an acknowledgement" : "ETX: end of the text");
  explainer.upTo(end, "BCC: exclusive or of all 7-bit characters after the first, it fits");
  const { type, more } = message;
  const told: Json = message.type === "command" ? { type, command: message.command, more } : { type, more };
  return {
    ...{ offset, length, parts: explainer.parts },
    meaning: message.type === "command" ? commandSummary(message, data) : `answer: ${data!.summary}`,
    decoded: { ...told, ...(data && { data: data.decoded }) },
  };
}

function explainCommand(explainer: Explainer, { command, data }: Command, start: number): ExplainedData | undefined {
  explainer.upTo(start + 1, "SOH: a command begins");
  explainer.upTo(start + 3, `command ${command}: ${commandMeanings[command] ?? "not one of LIS-200"}`, {
    value: command,
  });
  if (data === undefined) return undefined;
  explainer.upTo(start + 4, "STX: its data begins");
  const explained = explainCommandData(command, data, start + 4);
  explainer.upTo(start + 4 + data.length, "data", { parts: explained.parts, value: data });
  return explained;
}

function explainBlock(explainer: Explainer, { text }: Block, start: number): ExplainedData {
  explainer.upTo(start + 1, "STX: an answer begins");
  const explained = explainAnswer(text, start + 1);
  explainer.upTo(start + 1 + text.length, explained.summary, { parts: explained.parts });
  return explained;
}

function commandSummary({ command }: Command, data: ExplainedData | undefined): string {
  return `${command}: ${data?.summary ?? commandMeanings[command] ?? "a command"}`;
}

const commandMeanings: Readonly<Record<string, string>> = {
  B0: "break, the dialogue is over",
  P0: "the meter's operand for a password, which LIS-200 does not want",
  R1: "read",
  R3: "read in partial blocks",
  W1: "write",
};

const startOfHeading = 0x01;
const startOfText = 0x02;
