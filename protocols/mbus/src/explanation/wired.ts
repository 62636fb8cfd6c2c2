/** Explains frames of the wired link layer. */
import { Explainer, hexFromByte } from "@anymeter/sans-io";
import { telegramOf } from "../application/decode.ts";
import { openLayers } from "../application/layers.ts";
import { describeControl, primaryMessage } from "../frames/control.ts";
import { decodeFrame } from "../frames/decode.ts";
import { addresses, longestFrame, type MbusFrame } from "../frames/frame.ts";
import { explainApplication, summarize } from "./application.ts";
import type { ExplainedFrame, ExplainOptions } from "./explain.ts";
import { shifted } from "./shifted.ts";

export function explainWired(bytes: Uint8Array, { key, formats }: ExplainOptions): ExplainedFrame {
  const frame = decodeFrame(bytes, { overflowingLength: bytes.length > longestFrame });
  const explainer = new Explainer();
  if (frame.type === "ack") {
    explainer.upTo(1, "acknowledgement: the meter has understood");
    return { summary: "acknowledgement", parts: explainer.parts, frame, telegram: undefined };
  }
  const { control, address } = frame;
  const from = `${describeControl(control)} ${control & primaryMessage ? "to" : "from"} ${addressName(address)}`;
  if (frame.type === "short") {
    explainer.upTo(1, "start of a short frame");
    explainEnds(explainer, frame, 1);
    explainTail(explainer, bytes);
    return { summary: from, parts: explainer.parts, frame, telegram: undefined };
  }
  const { application, ...head } = frame;
  const opened = shifted(applicationAt, () => openLayers(application, { key }));
  const telegram = telegramOf(opened, formats);
  explainer.upTo(1, "start of a long frame");
  explainer.upTo(2, "length: bytes from the C field to before the checksum", { value: bytes[1]! });
  explainer.upTo(3, "length once more", { value: bytes[2]! });
  explainer.upTo(4, "start once more");
  explainEnds(explainer, frame, 4);
  explainApplication(explainer, applicationAt, opened, telegram);
  explainTail(explainer, bytes);
  return { summary: `${from}: ${summarize(opened, telegram)}`, parts: explainer.parts, frame: head, telegram };
}

/** C and A field. */
function explainEnds(
  explainer: Explainer,
  { control, address }: Exclude<MbusFrame, { readonly type: "ack" }>,
  at: number,
): void {
  explainer.upTo(at + 1, `C field: ${describeControl(control)}`, { value: hexFromByte(control) });
  explainer.upTo(at + 2, `A field: ${addressName(address)}`, { value: address });
}

function explainTail(explainer: Explainer, bytes: Uint8Array): void {
  explainer.upTo(bytes.length - 1, "checksum: the sum from the C field on, right", {
    value: hexFromByte(bytes.at(-2)!),
  });
  explainer.upTo(bytes.length, "end of the frame");
}

function addressName(address: number): string {
  switch (address) {
    case addresses.unconfigured:
      return "address 0, not configured";
    case addresses.selected:
      return "the selected meter";
    case addresses.allAnswer:
      return "all meters, all answer";
    case addresses.broadcast:
      return "all meters, none answers";
    default:
      return address <= addresses.largestPrimary ? `address ${address}` : `reserved address ${address}`;
  }
}

/** 68 L L 68 C A before it. */
const applicationAt = 6;
