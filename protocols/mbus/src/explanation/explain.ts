/** Explains every byte of a wired or wireless frame, for technicians. */
import { type Explanation, type Json, jsonOf } from "@anymeter/sans-io";
import type { RecordFormats } from "../application/record-formats.ts";
import type { Telegram } from "../application/telegram.ts";
import { frameBytes } from "../frames/frame.ts";
import { recordName } from "../records/record.ts";
import { recordValueText } from "../records/record-text.ts";
import { explainWired } from "./wired.ts";
import { explainWireless } from "./wireless.ts";

export interface ExplainOptions {
  /** The meter's AES key: what it deciphers is explained too. */
  readonly key?: Uint8Array | undefined;
  /** Which link layer the bytes are of; told from the bytes when absent. */
  readonly link?: "wired" | "wireless" | undefined;
  /** Formats of full telegrams, to expand compact frames; learns from what is explained. */
  readonly formats?: RecordFormats | undefined;
}

/** What a link layer's explanation gives. */
export interface ExplainedFrame {
  readonly summary: string;
  readonly parts: Explanation["parts"];
  readonly frame: object;
  readonly telegram: Telegram | undefined;
}

/** @throws ProtocolError for bytes that are no frame: `frame_…`, `wireless_…`, `bytes_truncated`, `control_information_unknown` */
export function explainMbus(bytes: Uint8Array, options: ExplainOptions = {}): Explanation {
  const link = options.link ?? (looksWired(bytes) ? "wired" : "wireless");
  const { summary, parts, frame, telegram } =
    link === "wired" ? explainWired(bytes, options) : explainWireless(bytes, options);
  const decoded = jsonOf({ link, ...frame, ...(telegram && { telegram: telegramJson(telegram) }) });
  return { protocol: "mbus", summary, length: bytes.length, parts, decoded };
}

/** A wireless frame begins with its length, which may be 10, 68 or E5 too: the rest of the frame must fit. */
function looksWired(bytes: Uint8Array): boolean {
  switch (bytes[0]) {
    case frameBytes.ack:
      return bytes.length === 1;
    case frameBytes.shortStart:
      return bytes.length <= 5;
    case frameBytes.longStart:
      return bytes.length < 4 || bytes[1] === bytes[2] || bytes[3] === frameBytes.longStart;
    default:
      return bytes.length === 0;
  }
}

function telegramJson(telegram: Telegram): Json {
  const { records, problems, content, ...rest } = telegram;
  return jsonOf({
    ...rest,
    content,
    records: records.map(({ problem, ...record }) => ({
      name: recordName(record),
      text: recordValueText(record),
      ...record,
      ...(problem && { problem: problem.message }),
    })),
    problems: problems.map(({ code, message }) => ({ code, message })),
  });
}
