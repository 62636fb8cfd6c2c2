/** From the application layer to header and records. */
import { ByteReader, type ProtocolError } from "@anymeter/sans-io";
import { decodeRecords } from "../records/decode.ts";
import { readFixedStructure } from "./fixed-structure.ts";
import { type OpenedLayers, type OpenOptions, openLayers, type TransportLayer } from "./layers.ts";
import { RecordFormats, readFormatFrame } from "./record-formats.ts";
import type { Telegram } from "./telegram.ts";

export interface DecodeOptions extends OpenOptions {
  /** Formats that full telegrams showed: learns from this telegram, and expands compact frames by it. */
  readonly formats?: RecordFormats | undefined;
}

/**
 * Decodes an application layer, from its CI field on. What it cannot understand is in `problems`, with the rest decoded.
 * @throws ProtocolError `bytes_truncated`, `control_information_unknown`, `authentication_layer_invalid` for bytes that have
 * no header to begin with, and `key_invalid`
 */
export function decodeTelegram(application: Uint8Array, options: DecodeOptions = {}): Telegram {
  return telegramOf(openLayers(application, options), options.formats);
}

/** What the opened layers hold. */
export function telegramOf(
  { layers, transport, problems }: OpenedLayers,
  formats: RecordFormats | undefined,
): Telegram {
  const controlInformation = layers.at(-1)!.controlInformation;
  const content = transport?.data.content;
  if (!transport || !content) return { ...emptyTelegram, controlInformation, header: transport?.header, problems };
  const telegram = { ...emptyTelegram, controlInformation, header: transport.header, content, problems };
  if (transport.isFixed) {
    const fixed = readFixedStructure(new ByteReader(content));
    const wrong = fixed.records.flatMap(({ problem }) => problem ?? []);
    return { ...telegram, ...fixed, problems: [...problems, ...wrong] };
  }
  switch (transport.information.content) {
    case "records":
      return recordsOf(telegram, content, transport, formats);
    case "compact":
      return compactOf(telegram, content, transport, formats);
    case "format":
      return formatOf(telegram, content, formats);
    case "application error":
      return { ...telegram, applicationError: content[0] ?? 0 };
    case "alarm":
      return { ...telegram, alarm: content[0] ?? 0 };
    default:
      return telegram;
  }
}

function recordsOf(
  telegram: Telegram,
  content: Uint8Array,
  { information }: TransportLayer,
  formats: RecordFormats | undefined,
): Telegram {
  const direction = information.direction === "to meter" ? "to meter" : "from meter";
  const { records, manufacturerData, moreFollows, problems } = decodeRecords(content, direction);
  if (direction === "from meter" && information.content === "records") formats?.learn(records);
  return {
    ...telegram,
    content,
    records,
    manufacturerData,
    moreFollows,
    problems: joined(telegram.problems, problems),
  };
}

function compactOf(
  telegram: Telegram,
  content: Uint8Array,
  transport: TransportLayer,
  formats: RecordFormats | undefined,
): Telegram {
  const expanded = (formats ?? new RecordFormats()).expand(content);
  if (!(expanded instanceof Uint8Array)) return { ...telegram, problems: [...telegram.problems, expanded] };
  return recordsOf(telegram, expanded, transport, undefined);
}

function formatOf(telegram: Telegram, content: Uint8Array, formats: RecordFormats | undefined): Telegram {
  const format = readFormatFrame(content);
  if (!("heads" in format)) return { ...telegram, problems: [...telegram.problems, format] };
  formats?.learnFormat(format);
  return telegram;
}

function joined(outer: readonly ProtocolError[], inner: readonly ProtocolError[]): readonly ProtocolError[] {
  return outer.length === 0 ? inner : [...outer, ...inner];
}

const emptyTelegram = {
  header: undefined,
  records: [],
  manufacturerData: undefined,
  moreFollows: false,
  applicationError: undefined,
  alarm: undefined,
  content: new Uint8Array(0),
  problems: [],
} as const;
