/**
 * Compact frames (EN 13757-3:2018, annex G) carry values alone. Their DIF and VIF are those of a full telegram or a format
 * frame before, which a check sequence over all DIF and VIF names; another one covers the full telegram, so that the two
 * are not put together wrongly.
 */
import { hexFromByte, joinBytes, type ProtocolError } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { checkSequenceOf } from "../frames/check-sequence.ts";
import { dataCodings, readDataInformation } from "../records/data-information.ts";
import type { DataRecord } from "../records/record.ts";
import { readValueInformation } from "../records/value-information.ts";
import { readVariableLength } from "../records/variable-length.ts";

/** Formats that are kept; beyond them the one longest not seen is forgotten. */
const mostFormats = 1000;

/** What full telegrams have shown; one for all meters of a listener. */
export class RecordFormats {
  readonly #formats = new Map<number, readonly Uint8Array[]>();

  /** Remembers DIF and VIF of the records of a full telegram. */
  learn(records: readonly DataRecord[]): void {
    if (records.length === 0) return;
    const heads = records.map(({ raw, dataInformationLength, valueInformationLength }) =>
      raw.slice(0, dataInformationLength + valueInformationLength),
    );
    const all = joinBytes(heads);
    this.#keep(checkSequenceOf(all, 0, all.length), heads);
  }

  /** Remembers what a format frame holds, see `readFormatFrame`. */
  learnFormat({ signature, heads }: RecordFormat): void {
    this.#keep(
      signature,
      heads.map((head) => head.slice()),
    );
  }

  /**
   * The records of a full telegram from those of a compact frame.
   * @param data behind the header: signature, check sequence of the full telegram, values
   */
  expand(data: Uint8Array): Uint8Array | ProtocolError {
    if (data.length < headLength) {
      return mbusError("compact_frame_wrong", { signature: "?", reason: "it ends before its two check sequences" });
    }
    const signature = data[0]! | (data[1]! << 8);
    const text = hexFromByte(signature >> 8) + hexFromByte(signature & 0xff);
    const heads = this.#formats.get(signature);
    if (!heads) return mbusError("compact_format_unknown", { signature: text });
    const full = interleaved(heads, data);
    if (!full) return mbusError("compact_frame_wrong", { signature: text, reason: "its values have another length" });
    const check = data[2]! | (data[3]! << 8);
    if (checkSequenceOf(full, 0, full.length) !== check) {
      return mbusError("compact_frame_wrong", { signature: text, reason: "the check sequence differs" });
    }
    return full;
  }

  #keep(signature: number, heads: readonly Uint8Array[]): void {
    this.#formats.delete(signature);
    this.#formats.set(signature, heads);
    if (this.#formats.size > mostFormats) this.#formats.delete(this.#formats.keys().next().value!);
  }
}

/** A format frame: which DIF and VIF, in order, a signature stands for. */
export interface RecordFormat {
  readonly signature: number;
  readonly heads: readonly Uint8Array[];
}

/** @param data behind the header: a length byte, the signature, DIF and VIF of each record */
export function readFormatFrame(data: Uint8Array): RecordFormat | ProtocolError {
  const signature = (data[1] ?? 0) | ((data[2] ?? 0) << 8);
  if (data.length < formatHeadLength || checkSequenceOf(data, formatHeadLength, data.length) !== signature) {
    return mbusError("format_frame_wrong", {});
  }
  const heads: Uint8Array[] = [];
  for (let at = formatHeadLength; at < data.length; ) {
    if ((data[at]! & 0x0f) === 0x0f) return mbusError("format_frame_wrong", {});
    const { length: dataInformationLength } = readDataInformation(data, at);
    const meaning = readValueInformation(data, at + dataInformationLength, "from meter");
    const end = at + dataInformationLength + meaning.length;
    if (meaning.fault?.type === "cut" || end > data.length) return mbusError("format_frame_wrong", {});
    heads.push(data.subarray(at, end));
    at = end;
  }
  return { signature, heads };
}

/** Length byte and signature. */
export const formatHeadLength = 3;

function interleaved(heads: readonly Uint8Array[], data: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let at = headLength;
  for (const head of heads) {
    const length = dataLengthOf(head, data, at);
    if (length === undefined || at + length > data.length) return undefined;
    pieces.push(head, data.subarray(at, at + length));
    at += length;
  }
  return at === data.length ? joinBytes(pieces) : undefined;
}

/** With the length byte of variable data. */
function dataLengthOf(head: Uint8Array, data: Uint8Array, at: number): number | undefined {
  const coding = dataCodings[head[0]! & 0x0f];
  if (coding?.type !== "variable") return coding?.length;
  const variable = readVariableLength(data[at] ?? 0);
  return variable && 1 + variable.length;
}

/** Signature and check sequence. */
const headLength = 4;
