/** Explains one framed message by its fields. */
import { Explainer, hexFromByte, jsonOf, type ProtocolError } from "@anymeter/sans-io";
import { control, textFromBytes } from "../characters.ts";
import { decodeDataSets } from "../data/data-set.ts";
import type { Block } from "../message/block.ts";
import { type Command, commandMeanings } from "../message/command.ts";
import { baudRates, type Identification, protocolMode, reactionTime } from "../message/identification.ts";
import { decodeMessage } from "../message/message-parser.ts";
import { type OptionSelect, optionModes } from "../message/option-select.ts";
import type { RequestMessage } from "../message/request.ts";
import type { ExplainedMessage } from "./explain.ts";
import { explainData } from "./explain-data.ts";

/**
 * @param start of the message in the bytes that are explained as a whole
 * @throws ProtocolError of the decoder
 */
export function explainMessage(bytes: Uint8Array, start: number): ExplainedMessage {
  const message = decodeMessage(bytes);
  const explainer = new Explainer(start);
  const end = start + bytes.length;
  switch (message.type) {
    case "request":
      return explainRequest(message, explainer, end);
    case "identification":
      return explainIdentification(message, explainer, end, bytes);
    case "option-select":
      return explainOptionSelect(message, explainer, start);
    case "command":
      return explainCommand(message, explainer, bytes, start);
    case "block":
      return explainBlock(message, explainer, bytes, start);
    case "acknowledge":
      explainer.upTo(end, "ACK: received, go on");
      return { summary: "ACK", parts: explainer.parts, decoded: { type: "acknowledge" } };
    case "refuse":
      explainer.upTo(end, "NAK: refused or damaged, repeat");
      return { summary: "NAK", parts: explainer.parts, decoded: { type: "refuse" } };
  }
}

function explainRequest(message: RequestMessage, explainer: Explainer, end: number): ExplainedMessage {
  const { address } = message;
  explainer.upTo(end - 3 - (address?.length ?? 0), "Slash and question mark: a sign-on");
  explainer.upTo(end - 3, "Address of the meter asked for", { value: address });
  explainer.upTo(end - 2, "Exclamation mark: end of the sign-on");
  explainer.upTo(end, "CR LF");
  const summary = address === undefined ? "sign-on to any meter" : `sign-on to the meter ${address}`;
  return { summary, parts: explainer.parts, decoded: jsonOf(message) };
}

function explainIdentification(
  message: Identification,
  explainer: Explainer,
  end: number,
  bytes: Uint8Array,
): ExplainedMessage {
  const start = end - bytes.length;
  const { manufacturer, baudCharacter, escapes, model } = message;
  const mode = protocolMode(message);
  const rate = baudRates[baudCharacter];
  explainer.upTo(start + 1, "Slash: an identification");
  explainer.upTo(start + 4, `Maker, who needs ${reactionTime(message)} ms to react`, { value: manufacturer });
  explainer.upTo(
    start + 5,
    `Baud character: ${rate === undefined ? "no change of speed" : `${rate} baud`}, mode ${mode}`,
    {
      value: baudCharacter,
    },
  );
  for (const [index, offer] of escapes.entries()) {
    const meaning =
      offer === "2" ? "Escape 2: binary mode E (DLMS over HDLC) is offered" : "Escape: enhanced identification";
    explainer.upTo(start + 7 + index * 2, meaning, { value: `\\${offer}` });
  }
  explainer.upTo(start + 5 + escapes.length * 2 + model.length, "Model, in the maker's words", { value: model });
  explainer.upTo(end, "Line end");
  return {
    summary: `identification of ${manufacturer} ${model}`.trimEnd(),
    parts: explainer.parts,
    decoded: jsonOf(message),
  };
}

const protocolMeanings: Readonly<Record<string, string>> = { "0": "normal", "1": "secondary", "2": "HDLC" };
const modeMeanings: Readonly<Record<string, string>> = {
  [optionModes.readout]: "data readout",
  [optionModes.programming]: "programming mode",
  [optionModes.binary]: "binary mode (HDLC)",
};

function explainOptionSelect(message: OptionSelect, explainer: Explainer, start: number): ExplainedMessage {
  const { protocol, baudCharacter, mode } = message;
  const rate = baudRates[baudCharacter];
  const wanted = modeMeanings[mode] ?? "the maker's own mode";
  explainer.upTo(start + 1, "ACK: the identification was understood");
  explainer.upTo(start + 2, `Protocol: ${protocolMeanings[protocol] ?? "reserved"}`, { value: protocol });
  explainer.upTo(start + 3, `Speed to go on with: ${rate === undefined ? "unknown" : `${rate} baud`}`, {
    value: baudCharacter,
  });
  explainer.upTo(start + 4, `Mode: ${wanted}`, { value: mode });
  explainer.upTo(start + 6, "CR LF");
  return { summary: `option select, ${wanted}`, parts: explainer.parts, decoded: jsonOf(message) };
}

function explainCommand(message: Command, explainer: Explainer, bytes: Uint8Array, start: number): ExplainedMessage {
  const { command, data } = message;
  const meaning = commandMeanings[command] ?? "reserved or the maker's own";
  explainer.upTo(start + 1, "SOH: a command begins");
  explainer.upTo(start + 3, `Command ${command}: ${meaning}`);
  if (data !== undefined) explainer.upTo(start + 4, "STX: its data begin");
  explainText(explainer, bytes, start, data === undefined ? 3 : 4);
  explainEnd(explainer, bytes, start);
  return { summary: `${command} ${data ?? ""}`.trimEnd(), parts: explainer.parts, decoded: jsonOf(message) };
}

function explainBlock(message: Block, explainer: Explainer, bytes: Uint8Array, start: number): ExplainedMessage {
  const problems: ProtocolError[] = [];
  const dataSets = decodeDataSets(message.text, problems);
  explainer.upTo(start + 1, "STX: data begin");
  explainText(explainer, bytes, start, 1);
  explainEnd(explainer, bytes, start);
  const [first] = dataSets;
  const summary =
    dataSets.length === 1 && first ? `data: ${first.address || "one value"}` : `${dataSets.length} data sets`;
  return {
    summary: message.more ? `${summary}, more follow` : summary,
    parts: explainer.parts,
    decoded: { type: "block", more: message.more, dataSets: jsonOf(dataSets) },
  };
}

function explainText(explainer: Explainer, bytes: Uint8Array, start: number, from: number): void {
  for (const { offset, length, meaning, ...more } of explainData(
    textFromBytes(bytes, from, bytes.length - 2),
    start + from,
  )) {
    explainer.upTo(offset + length, meaning, more);
  }
}

function explainEnd(explainer: Explainer, bytes: Uint8Array, start: number): void {
  const more = (bytes[bytes.length - 2]! & 0x7f) === control.EOT;
  explainer.upTo(start + bytes.length - 1, more ? "EOT: this block ends, another follows" : "ETX: end of the text");
  const check = hexFromByte(bytes[bytes.length - 1]! & 0x7f);
  explainer.upTo(start + bytes.length, "BCC: exclusive or of all characters after the first, right", { value: check });
}
