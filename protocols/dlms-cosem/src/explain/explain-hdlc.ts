/** HDLC frames byte by byte: one or several, segments joined, and what belongs to no frame. */
import { type ExplainedPart, type Explanation, hexFromByte, hexFromBytes, type Json, jsonOf } from "@anymeter/sans-io";
import { type DlmsError, dlmsError } from "../errors.ts";
import { describeHdlcAddress, hdlcAddressLengthAt } from "../framing/hdlc/address.ts";
import { Assembly, llcHeaders } from "../framing/hdlc/assembly.ts";
import { checkSequence } from "../framing/hdlc/check-sequence.ts";
import { frameKind, hasPollFinal, receiveSequence, sendSequence } from "../framing/hdlc/control.ts";
import { checkSequenceLength, formatLength, formatType, hdlcFlag, maximumFrameLength } from "../framing/hdlc/frame.ts";
import { hdlcParametersIn } from "../framing/hdlc/parameters.ts";
import { type FoundFrame, readCandidate } from "../framing/hdlc/parser.ts";
import { type ExplainDlmsOptions, type ExplainedApdu, explainApduIn } from "./explain-apdu.ts";
import { counted } from "./explain-data.ts";
import { PartList } from "./field-cursor.ts";

/**
 * Explains HDLC frames with their flags, of which one may close a frame and open the next. An APDU in segments is joined
 * at its last one. Throws `hdlc_frame_invalid` when there is no good frame, and what decoding an APDU throws.
 */
export function explainHdlc(bytes: Uint8Array, options: ExplainDlmsOptions = {}): Explanation {
  const list = new PartList(bytes, 0);
  const assemblies = new Map<string, Assembly>();
  const frames: { readonly summary: string; readonly decoded: Json }[] = [];
  for (let at = bytes.indexOf(hdlcFlag); at >= 0 && at < bytes.length; ) {
    const found = readCandidate(bytes, at + 1, bytes.length);
    if (typeof found === "string") {
      at = bytes.indexOf(hdlcFlag, at + 1);
      continue;
    }
    list.fill(at, betweenFrames(bytes, at));
    const frame = explainFrame(bytes, at, found, assemblies, options);
    const end = found.end + (bytes[found.end] === hdlcFlag && !opensNext(bytes, found.end) ? 1 : 0);
    list.add(at, end, `frame: ${frame.summary}`, { parts: closed(frame.parts, found.end, end) });
    frames.push(frame);
    at = end < bytes.length ? bytes.indexOf(hdlcFlag, end) : -1;
  }
  if (frames.length === 0) throw notAFrame(bytes);
  list.fill(bytes.length, "belongs to no whole frame");
  return {
    protocol: "hdlc",
    summary: frames.length === 1 ? frames[0]!.summary : counted(frames.length, "HDLC frame"),
    length: bytes.length,
    parts: list.parts,
    decoded: frames.length === 1 ? frames[0]!.decoded : frames.map((frame) => frame.decoded),
  };
}

interface ExplainedFrame {
  readonly summary: string;
  readonly parts: readonly ExplainedPart[];
  readonly decoded: Json;
}

function explainFrame(
  bytes: Uint8Array,
  flag: number,
  found: FoundFrame,
  assemblies: Map<string, Assembly>,
  options: ExplainDlmsOptions,
): ExplainedFrame {
  const { frame, destinationStart, sourceStart, controlAt, informationStart, informationEnd, end } = found;
  const list = new PartList(bytes, flag);
  const address = {
    destination: describeHdlcAddress(frame.destination),
    source: describeHdlcAddress(frame.source),
  };
  const control = describeControl(frame.control);
  list.add(flag, flag + 1, "opening flag");
  list.add(
    flag + 1,
    flag + 1 + formatLength,
    `format: type 3, ${frame.segmented ? "more segments follow" : "last or only segment"}`,
    {
      value: `${end - flag - 1} bytes between the flags`,
    },
  );
  list.add(destinationStart, sourceStart, "destination address", { value: address.destination });
  list.add(sourceStart, controlAt, "source address", { value: address.source });
  list.add(controlAt, controlAt + 1, `control: ${control}`);
  if (informationEnd > informationStart) {
    list.add(controlAt + 1, informationStart, "header check sequence, right", {
      value: hexFromBytes(bytes.subarray(informationStart - checkSequenceLength, informationStart)),
    });
  }
  const information = explainInformation(bytes, found, assemblyOf(assemblies, address), options);
  const parts = information?.parts ?? [];
  for (const part of parts) list.add(part.offset, part.offset + part.length, part.meaning, part);
  list.add(informationEnd, end, "frame check sequence, right", {
    value: hexFromBytes(bytes.subarray(informationEnd, end)),
  });
  return {
    summary: `${control} from ${address.source} to ${address.destination}${information?.summary ? `, ${information.summary}` : ""}`,
    parts: list.parts,
    decoded: {
      ...address,
      control: hexFromByte(frame.control),
      segmented: frame.segmented,
      information: hexFromBytes(frame.information),
      ...(information?.decoded !== undefined && { apdu: information.decoded }),
    },
  };
}

interface Information {
  readonly parts: readonly ExplainedPart[];
  readonly summary?: string | undefined;
  readonly decoded?: Json | undefined;
}

function explainInformation(
  bytes: Uint8Array,
  { frame, informationStart: start, informationEnd: end }: FoundFrame,
  assembly: Assembly,
  options: ExplainDlmsOptions,
): Information | undefined {
  if (start === end) return undefined;
  const list = new PartList(bytes, start);
  const kind = frameKind(frame.control);
  if (kind === "SNRM" || kind === "UA") return { parts: parameterParts(bytes, start, end) };
  if (kind !== "I" && kind !== "UI") {
    list.fill(end, "information");
    return { parts: list.parts };
  }
  const first = !assembly.incomplete;
  const apdu = assembly.add(frame.information, frame.segmented);
  const apduStart = first ? start + llcHeaders.command.length : start;
  if (first) list.add(start, apduStart, `LLC header: ${bytes[start + 1] === 0xe7 ? "response" : "command"}`);
  let explained: ExplainedApdu | undefined;
  if (apdu !== undefined && first) {
    explained = explainApduIn(bytes, apduStart, end, options);
    list.add(apduStart, end, "APDU", { parts: explained.parts });
  } else if (apdu !== undefined) {
    explained = explainApduIn(apdu, 0, apdu.length, options);
    const content = { origin: "joined from the segments", hex: hexFromBytes(apdu), parts: explained.parts };
    list.add(apduStart, end, "last segment of the APDU", { content });
  } else {
    list.add(apduStart, end, "segment of an APDU", { value: jsonOf(bytes.subarray(apduStart, end)) });
  }
  return { parts: list.parts, summary: explained?.summary ?? "a segment", decoded: explained?.decoded };
}

function parameterParts(bytes: Uint8Array, start: number, end: number): readonly ExplainedPart[] {
  const list = new PartList(bytes, start);
  list.add(start, start + 3, "parameters: format, group and length");
  for (const { identifier, name, value, at, end: next } of hdlcParametersIn(bytes.subarray(start, end))) {
    const meaning = name === undefined ? `parameter ${hexFromByte(identifier)}, unknown` : parameterMeanings[name];
    list.add(start + at, start + next, meaning, { value });
  }
  list.fill(end);
  return list.parts;
}

const parameterMeanings = {
  maximumInformationSend: "longest information field the sender sends, in bytes",
  maximumInformationReceive: "longest information field the sender receives, in bytes",
  windowSend: "frames the sender sends before it waits",
  windowReceive: "frames the sender takes before it acknowledges",
} as const;

function describeControl(control: number): string {
  const kind = frameKind(control);
  const final = hasPollFinal(control) ? ", P/F" : "";
  if (kind === "I") return `I, N(S) ${sendSequence(control)}, N(R) ${receiveSequence(control)}${final}`;
  if (kind === "RR" || kind === "RNR") return `${kind}, N(R) ${receiveSequence(control)}${final}`;
  return `${kind ?? `unknown ${hexFromByte(control)}`}${final}`;
}

function assemblyOf(
  assemblies: Map<string, Assembly>,
  { source, destination }: Record<"source" | "destination", string>,
) {
  const direction = `${source} to ${destination}`;
  const known = assemblies.get(direction) ?? new Assembly(["command", "response"]);
  assemblies.set(direction, known);
  return known;
}

/** A flag that opens a good frame of its own closes none here. */
function opensNext(bytes: Uint8Array, flag: number): boolean {
  return typeof readCandidate(bytes, flag + 1, bytes.length) !== "string";
}

function closed(parts: readonly ExplainedPart[], frameEnd: number, end: number): readonly ExplainedPart[] {
  return end > frameEnd ? [...parts, { offset: frameEnd, length: 1, meaning: "closing flag" }] : parts;
}

function betweenFrames(bytes: Uint8Array, end: number): string {
  return bytes[end - 1] === hdlcFlag ? "flag between frames, or noise" : "belongs to no frame";
}

/** Why the first thing that looks like a frame is none. */
function notAFrame(bytes: Uint8Array): DlmsError {
  const flag = bytes.indexOf(hdlcFlag);
  if (flag < 0) return dlmsError("hdlc_frame_invalid", { reason: "there is no flag 7E" });
  const start = flag + 1;
  if (readCandidate(bytes, start, bytes.length) === "incomplete") {
    return dlmsError("hdlc_frame_invalid", {
      reason: "it ends before the length its format field tells",
      offset: flag,
    });
  }
  return dlmsError("hdlc_frame_invalid", faultOf(bytes, start));
}

/** What is wrong in the bytes behind a flag, in the order a receiver looks at them. */
function faultOf(bytes: Uint8Array, start: number): { readonly reason: string; readonly offset: number } {
  const format = bytes[start]!;
  if ((format & 0xf0) !== formatType) {
    return { reason: `${hexFromByte(format)} is no format field of type 3, which begins with A`, offset: start };
  }
  const destination = start + formatLength;
  const source = destination + (hdlcAddressLengthAt(bytes, destination, bytes.length) || 0);
  if (source === destination)
    return { reason: "the destination address does not end after 1, 2 or 4 bytes", offset: source };
  const control = source + (hdlcAddressLengthAt(bytes, source, bytes.length) || 0);
  if (control === source) return { reason: "the source address does not end after 1, 2 or 4 bytes", offset: source };
  const end = start + (((format & (maximumFrameLength >> 8)) << 8) | bytes[start + 1]!) - checkSequenceLength;
  const header = control + 1;
  if (header > end) return { reason: "the length in its format field is shorter than its header", offset: start };
  const headerFault = header < end ? checkFault(bytes, start, header, "header") : undefined;
  return (
    headerFault ?? checkFault(bytes, start, end, "frame") ?? { reason: "its length is not possible", offset: start }
  );
}

/** Check sequences stand low byte first. */
function checkFault(bytes: Uint8Array, start: number, at: number, what: "header" | "frame") {
  const expected = checkSequence(bytes, start, at);
  const [low, high] = [expected & 0xff, expected >> 8];
  if (bytes[at] === low && bytes[at + 1] === high) return undefined;
  const found = hexFromBytes(bytes.subarray(at, at + checkSequenceLength));
  const right = hexFromBytes(Uint8Array.of(low, high));
  return { reason: `its ${what} check sequence is ${found} and should be ${right}`, offset: at };
}
