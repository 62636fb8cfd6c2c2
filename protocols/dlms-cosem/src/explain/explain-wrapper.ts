/** Wrapper frames byte by byte: one or several, as a TCP stream or a datagram holds them. */
import type { ExplainedPart, Explanation, Json } from "@anymeter/sans-io";
import { ByteReader } from "../bytes/byte-reader.ts";
import { dlmsError } from "../errors.ts";
import { wrapperHeaderLength, wrapperVersion } from "../framing/wrapper.ts";
import { type ExplainDlmsOptions, explainApduIn } from "./explain-apdu.ts";
import { counted } from "./explain-data.ts";
import { PartList } from "./field-cursor.ts";

/**
 * Explains wrapper frames and the APDUs in them. Throws `wrapper_version_unknown`, `apdu_truncated`, and what decoding an
 * APDU throws.
 */
export function explainDlmsWrapper(bytes: Uint8Array, options: ExplainDlmsOptions = {}): Explanation {
  const reader = new ByteReader(bytes);
  const frames: ExplainedFrame[] = [];
  do frames.push(explainFrame(reader, options));
  while (reader.remaining > 0);
  const [only] = frames;
  const list = new PartList(reader.bytes, 0);
  for (const { start, end, summary, parts } of frames) list.add(start, end, `frame: ${summary}`, { parts });
  const several = frames.length > 1;
  return {
    protocol: "dlms-wrapper",
    summary: several ? counted(frames.length, "wrapper frame") : only!.summary,
    length: bytes.length,
    parts: several ? list.parts : only!.parts,
    decoded: several ? frames.map((frame) => frame.decoded) : only!.decoded,
  };
}

interface ExplainedFrame {
  readonly start: number;
  readonly end: number;
  readonly summary: string;
  readonly parts: readonly ExplainedPart[];
  readonly decoded: Json;
}

/** The header is that of framing/wrapper.ts. */
function explainFrame(reader: ByteReader, options: ExplainDlmsOptions): ExplainedFrame {
  const start = reader.offset;
  const version = reader.unsigned16("the wrapper's version");
  if (version !== wrapperVersion) throw dlmsError("wrapper_version_unknown", { version, offset: start });
  const source = reader.unsigned16("the source wPort");
  const destination = reader.unsigned16("the destination wPort");
  const length = reader.unsigned16("the length of the APDU");
  reader.skip(length, "the end of the APDU");
  const list = new PartList(reader.bytes, start);
  list.add(start, start + 2, "wrapper version", { value: version });
  list.add(start + 2, start + 4, `source wPort: ${portMeaning(source)}`, { value: source });
  list.add(start + 4, start + 6, `destination wPort: ${portMeaning(destination)}`, { value: destination });
  const apduStart = start + wrapperHeaderLength;
  list.add(start + 6, apduStart, "length of the APDU", { value: length });
  const apdu = length > 0 ? explainApduIn(reader.bytes, apduStart, reader.offset, options) : undefined;
  list.add(apduStart, reader.offset, "APDU", { parts: apdu?.parts });
  return {
    start,
    end: reader.offset,
    summary: `from ${source} to ${destination}, ${apdu?.summary ?? "no APDU"}`,
    parts: list.parts,
    decoded: { source, destination, apdu: apdu?.decoded ?? null },
  };
}

/** 1 and 16 are the standard's; whether 1 is a client or a server its side of the line says. */
function portMeaning(port: number): string {
  return ports[port] ?? "set by the utility or the maker";
}

const ports: Readonly<Record<number, string>> = {
  0: "no station",
  1: "management client, or management logical device",
  16: "public client",
  127: "all stations",
};
