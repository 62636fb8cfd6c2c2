/**
 * P1 telegrams of DSMR, ESMR and their kin: `/identification`, an empty line, data sets, `!` and a checksum over all of it.
 * Before DSMR 4 there is none, and a gas value stands in a line of its own.
 */
import { hexFromByte, type ProtocolError } from "@anymeter/sans-io";
import { textFromBytes } from "../characters.ts";
import { type DataSet, decodeDataSets } from "../data/data-set.ts";
import { iec62056Error } from "../errors.ts";
import { carriesEvenParity } from "../parity.ts";
import { p1Checksum } from "./checksum.ts";

export interface P1Telegram {
  /** Behind the slash: "ISk5\2MT382-1000". */
  readonly identification: string;
  readonly dataSets: readonly DataSet[];
  /** "absent" before DSMR 4. A wrong one is an error. */
  readonly checksum: "right" | "absent";
  /** From the identification's end to the exclamation mark. */
  readonly text: string;
  /** Lines that are no data sets; the others are kept. */
  readonly problems: readonly ProtocolError[];
}

/** Where the parts of a telegram are: offsets into its bytes. */
export interface P1Layout {
  /** After the line end of the identification. */
  readonly dataStart: number;
  /** Of the exclamation mark. */
  readonly endMark: number;
  /** After the checksum's digits; right after the exclamation mark when there are none. */
  readonly checksumEnd: number;
  /** After the last line end. */
  readonly end: number;
}

/** @throws ProtocolError `message_invalid`, `message_checksum_wrong` */
export function decodeP1(bytes: Uint8Array): P1Telegram {
  const layout = p1Layout(bytes);
  if (layout.end < bytes.length) throw invalid(`${bytes.length - layout.end} bytes follow its end`, layout.end);
  const found = checkP1Checksum(bytes, layout);
  const text = textFromBytes(bytes, layout.dataStart, layout.endMark);
  const problems: ProtocolError[] = [];
  return {
    identification: textFromBytes(bytes, 1, layout.dataStart).trimEnd(),
    dataSets: decodeDataSets(text, problems),
    checksum: found === undefined ? "absent" : "right",
    text,
    problems,
  };
}

/** @throws ProtocolError `message_invalid` for bytes that are not laid out as a telegram */
export function p1Layout(bytes: Uint8Array): P1Layout {
  if (at(bytes, 0) !== slash) throw invalid("it does not begin with a slash", 0);
  const dataStart = afterLine(bytes, 0);
  if (dataStart === undefined) throw invalid("its identification has no end", bytes.length);
  let endMark = dataStart;
  while (endMark < bytes.length && !(at(bytes, endMark) === exclamationMark && at(bytes, endMark - 1) === lineFeed))
    endMark++;
  if (endMark === bytes.length) throw invalid("the line with the exclamation mark that ends it is missing", endMark);
  let checksumEnd = endMark + 1;
  while (isHexDigit(at(bytes, checksumEnd))) checksumEnd++;
  const end = afterLine(bytes, checksumEnd);
  if (end === undefined) throw invalid("the line end after the exclamation mark is missing", bytes.length);
  const digits = checksumEnd - endMark - 1;
  const lineEnd = textFromBytes(bytes, checksumEnd, end);
  if ((digits !== 0 && digits !== 4) || lineEnd.trim() !== "")
    throw invalid("its checksum is not four digits", endMark + 1);
  return { dataStart, endMark, checksumEnd, end };
}

/**
 * @returns the checksum as it stands there and is right; undefined when there is none
 * @throws ProtocolError `message_checksum_wrong`
 */
export function checkP1Checksum(bytes: Uint8Array, { endMark, checksumEnd }: P1Layout): string | undefined {
  if (checksumEnd === endMark + 1) return undefined;
  const checked = bytes.subarray(0, endMark + 1);
  const characters = carriesEvenParity(checked) ? checked.map((byte) => byte & 0x7f) : checked;
  const checksum = p1Checksum(characters, 0, characters.length);
  const expected = hexFromByte(checksum >> 8) + hexFromByte(checksum & 0xff);
  const found = textFromBytes(bytes, endMark + 1, checksumEnd).toUpperCase();
  if (found === expected) return found;
  throw iec62056Error("message_checksum_wrong", { message: "P1 telegram", found, expected, offset: endMark + 1 });
}

/** The bytes of a telegram around data lines, with its checksum. Lines end with CR LF. */
export function encodeP1(identification: string, text: string): Uint8Array {
  const bytes = new TextEncoder().encode(`/${identification}\r\n\r\n${text}!0000\r\n`);
  const endMark = bytes.length - 7;
  const checksum = p1Checksum(bytes, 0, endMark + 1);
  bytes.set(new TextEncoder().encode(hexFromByte(checksum >> 8) + hexFromByte(checksum & 0xff)), endMark + 1);
  return bytes;
}

const slash = 0x2f;
const exclamationMark = 0x21;
const lineFeed = 0x0a;

/** The character at an index; -1 beyond the end. */
function at(bytes: Uint8Array, index: number): number {
  return index < bytes.length ? bytes[index]! & 0x7f : -1;
}

function afterLine(bytes: Uint8Array, start: number): number | undefined {
  for (let index = start; index < bytes.length; index++) if (at(bytes, index) === lineFeed) return index + 1;
  return undefined;
}

function isHexDigit(character: number): boolean {
  return /[0-9A-Fa-f]/.test(String.fromCharCode(Math.max(character, 0)));
}

function invalid(reason: string, offset: number): ProtocolError {
  return iec62056Error("message_invalid", { message: "P1 telegram", reason, offset });
}
