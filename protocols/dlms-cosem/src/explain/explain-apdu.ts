/** An APDU byte by byte: the decoder runs over a tracing reader, and its fields become parts. */
import { type ExplainedPart, type Explanation, type Json, jsonOf } from "@anymeter/sans-io";
import { decodeWhole } from "../data/whole.ts";
import { DlmsError } from "../errors.ts";
import type { Apdu } from "../xdlms/apdu.ts";
import { readApdu } from "../xdlms/codec.ts";
import { addAcseFields } from "./explain-acse.ts";
import { addCipheredContent } from "./explain-ciphered.ts";
import { addDatum, dataTagField } from "./explain-data.ts";
import { FieldCursor, type PartContent, PartList } from "./field-cursor.ts";
import { type FieldContext, joinedFields, meaningOfField } from "./field-meanings.ts";
import { summaryOf } from "./summary.ts";
import { TracingReader } from "./tracing-reader.ts";

/** Keys open ciphered content; without them it is explained as far as it is clear. */
export interface ExplainDlmsOptions {
  /** Encryption key: global unicast, global broadcast or dedicated, whichever the APDU is ciphered with. */
  readonly key?: Uint8Array | undefined;
  /** Without it tags are not checked, and content that is only encrypted is still opened. */
  readonly authenticationKey?: Uint8Array | undefined;
  /** Of the sender, 8 bytes, for APDUs that do not carry it. */
  readonly systemTitle?: Uint8Array | undefined;
}

/**
 * Explains one APDU. Throws the `DlmsError` that decoding it throws; content that the key does not open is explained as
 * closed, with the reason.
 */
export function explainDlmsApdu(bytes: Uint8Array, options: ExplainDlmsOptions = {}): Explanation {
  const explained = explainApduIn(bytes, 0, bytes.length, options);
  return {
    protocol: "dlms",
    summary: explained.summary,
    length: bytes.length,
    parts: explained.parts,
    decoded: explained.decoded,
  };
}

export interface ExplainedApdu {
  readonly summary: string;
  readonly parts: readonly ExplainedPart[];
  readonly decoded: Json;
}

/** An APDU that stands in other bytes, from `start` to `end`; offsets are those of the whole. */
export function explainApduIn(
  bytes: Uint8Array,
  start: number,
  end: number,
  options: ExplainDlmsOptions,
): ExplainedApdu {
  const reader = new TracingReader(bytes, start, end);
  const apdu = decodeWhole(reader, "the APDU", readApdu);
  const list = new PartList(reader.bytes, start);
  const cursor = new FieldCursor(reader.bytes, reader.fields);
  const context: FieldContext = { apduType: apdu.type, classId: undefined, serviceErrorKind: undefined };
  let deciphered: ExplainedApdu | undefined;
  for (let field = cursor.peek(); field !== undefined; field = cursor.peek()) {
    if (field.what === dataTagField) addDatum(list, cursor);
    else if (field.what === "the ciphered content") {
      deciphered = addCipheredContent(list, cursor, apdu, options);
    } else if (field.what === acseStart(apdu)) {
      addAcseFields(list, cursor, apdu.type, (offset, limit) => explainInside(bytes, offset, limit, options));
    } else if (field.what === "the block data") addBlock(list, cursor, apdu, options);
    else addField(list, cursor, context);
  }
  list.fill(end);
  const decoded = jsonOf(apdu);
  return {
    summary: deciphered ? `${summaryOf(apdu)}: ${deciphered.summary}` : summaryOf(apdu),
    parts: list.parts,
    decoded: deciphered ? { ...(decoded as object), deciphered: deciphered.decoded } : decoded,
  };
}

/** An APDU inside another: when it does not decode, that is its meaning, and the outer one is still explained. */
export function explainInside(
  bytes: Uint8Array,
  start: number,
  end: number,
  options: ExplainDlmsOptions,
): ExplainedApdu | DlmsError {
  try {
    return explainApduIn(bytes, start, end, options);
  } catch (error) {
    if (error instanceof DlmsError) return error;
    throw error;
  }
}

function addField(list: PartList, cursor: FieldCursor, context: FieldContext): void {
  const first = cursor.take()!;
  let field = first;
  while (joinedFields.has(first.what) && cursor.peek()?.what === first.what) {
    field = { ...cursor.take()!, offset: first.offset };
  }
  const { meaning, value } = meaningOfField(field, cursor.bytes, context);
  list.add(first.offset, field.end, meaning, { value });
}

/** A block that is the first and the last holds a whole APDU. */
function addBlock(list: PartList, cursor: FieldCursor, apdu: Apdu, options: ExplainDlmsOptions): void {
  const field = cursor.take()!;
  const raw = field.value as Uint8Array;
  const start = field.end - raw.length;
  list.add(field.offset, start, "length of the block data", { value: raw.length });
  const whole = apdu.type === "general-block-transfer" && apdu.block === 1 && apdu.last && raw.length > 0;
  const inside = whole ? explainInside(cursor.bytes, start, field.end, options) : undefined;
  if (inside === undefined) list.add(start, field.end, "block data: a piece of an APDU", { value: jsonOf(raw) });
  else list.add(start, field.end, ...insidePart("block data: a whole APDU", inside));
}

/** The meaning and content of a part that holds an APDU. */
export function insidePart(name: string, inside: ExplainedApdu | DlmsError): [meaning: string, content: PartContent] {
  return inside instanceof DlmsError
    ? [`${name}, not decoded: ${inside.message}`, {}]
    : [name, { parts: inside.parts }];
}

function acseStart(apdu: Apdu): string | undefined {
  return acseTypes.has(apdu.type) ? `the length of the ${apdu.type}` : undefined;
}

const acseTypes: ReadonlySet<Apdu["type"]> = new Set(["aarq", "aare", "rlrq", "rlre"]);
