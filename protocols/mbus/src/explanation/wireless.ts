/** Explains frames of the wireless link layer. */
import { type ExplainedPart, Explainer, hexFromByte, hexFromBytes } from "@anymeter/sans-io";
import { telegramOf } from "../application/decode.ts";
import { openLayers } from "../application/layers.ts";
import { mediumName } from "../application/medium.ts";
import { describeControl } from "../frames/control.ts";
import { decodeWirelessFrame, type WirelessFrame, wirelessHeadLength } from "../wireless/frame.ts";
import { explainApplication, summarize } from "./application.ts";
import type { ExplainedFrame, ExplainOptions } from "./explain.ts";
import { shifted } from "./shifted.ts";

export function explainWireless(bytes: Uint8Array, { key, formats }: ExplainOptions): ExplainedFrame {
  const frame = decodeWirelessFrame(bytes);
  const { format, control, address, linkAddress, application, blocks } = frame;
  const opened = shifted(wirelessHeadLength, () => openLayers(application, { key, linkAddress }));
  const telegram = telegramOf(opened, formats);
  const explainer = new Explainer();
  explainer.upTo(1, "L field: bytes behind it, of format A without check sequences", { value: bytes[0]! });
  explainer.upTo(2, `C field: ${describeControl(control)}`, { value: hexFromByte(control) });
  explainer.upTo(4, "M field: manufacturer", { value: address.manufacturer });
  explainer.upTo(8, "A field: identification", { value: address.identification });
  explainer.upTo(9, "A field: version", { value: address.version });
  explainer.upTo(10, `A field: device type ${mediumName(address.medium)}`, { value: address.medium });
  if (blocks.length === 1 && blocks[0]!.checkLength === 0) {
    explainApplication(explainer, wirelessHeadLength, opened, telegram);
  } else {
    explainBlocks(explainer, frame, bytes, () => {
      const inner = new Explainer();
      explainApplication(inner, 0, opened, telegram);
      return inner.parts;
    });
  }
  const sender = `${address.manufacturer} ${address.identification}, ${mediumName(address.medium)}`;
  return {
    summary: `wireless ${describeControl(control)} of ${sender}: ${summarize(opened, telegram)}`,
    parts: explainer.parts,
    frame: { format, control, address },
    telegram,
  };
}

/** Blocks of the application layer and their check sequences, and what the blocks say when they are joined. */
function explainBlocks(
  explainer: Explainer,
  { blocks, application }: WirelessFrame,
  bytes: Uint8Array,
  applicationParts: () => readonly ExplainedPart[],
): void {
  const [first] = blocks;
  // In format A the head is a block of its own.
  const headIsBlock = first!.end === wirelessHeadLength;
  if (headIsBlock) explainer.upTo(wirelessHeadLength + first!.checkLength, "check sequence of the link layer, right");
  const rest = headIsBlock ? blocks.slice(1) : blocks;
  const inner = new Explainer(headIsBlock ? wirelessHeadLength + first!.checkLength : wirelessHeadLength);
  for (const { end, checkLength } of rest) {
    inner.upTo(end, "application layer");
    inner.upTo(end + checkLength, "check sequence of the block, right");
  }
  explainer.upTo(bytes.length, "application layer in blocks with check sequences", {
    parts: inner.parts,
    content: {
      origin: rest.length === 1 ? "without its check sequence" : `joined from ${rest.length} blocks`,
      hex: hexFromBytes(application),
      parts: applicationParts(),
    },
  });
}
