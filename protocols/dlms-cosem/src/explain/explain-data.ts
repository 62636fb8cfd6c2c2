/** The parts of COSEM data: one for each simple value with its tag, and one around each array and structure. */
import { type ExplainedPart, hexFromByte, hexFromBytes, type Json, jsonOf } from "@anymeter/sans-io";
import { formatObis, logicalNameFromBytes } from "../cosem/obis.ts";
import { describeObis } from "../cosem/obis-names.ts";
import { units } from "../cosem/units.ts";
import { latin1FromBytes } from "../data/character-strings.ts";
import type { DataType } from "../data/data.ts";
import { decodeDate, decodeDateTime, decodeTime } from "../data/date-time.ts";
import { describeDate, describeDateTime, describeTime } from "../data/date-time-text.ts";
import { dataTypes } from "../data/tags.ts";
import { type FieldCursor, PartList } from "./field-cursor.ts";
import type { Field } from "./tracing-reader.ts";

/** What the decoder calls the field every datum begins with. */
export const dataTagField = "a data tag";

/** Adds the part of the datum whose tag is the cursor's next field. */
export function addDatum(list: PartList, cursor: FieldCursor): void {
  const tag = cursor.take()!;
  const type = dataTypes[Number(tag.value)]!;
  if (type === "array" || type === "structure") addElements(list, cursor, tag, type);
  else if (type === "compact-array") addCompactArray(list, cursor, tag);
  else addSimple(list, cursor, tag, type);
}

function addElements(list: PartList, cursor: FieldCursor, tag: Field, type: DataType): void {
  const count = cursor.take()!;
  const elements = new PartList(cursor.bytes, tag.offset);
  elements.add(tag.offset, count.end, `${type} of ${counted(Number(count.value), "element")}`);
  for (let index = 0; index < Number(count.value); index++) addDatum(elements, cursor);
  const parts = namedScalerUnit(type, elements.parts, cursor.bytes);
  const end = endOf(parts);
  list.add(tag.offset, end, `${type} of ${counted(Number(count.value), "element")}`, { parts });
}

/** A description of the element, as long as its own fields, then a length and the contents without tags. */
function addCompactArray(list: PartList, cursor: FieldCursor, tag: Field): void {
  const inner = new PartList(cursor.bytes, tag.offset);
  inner.add(tag.offset, tag.end, "compact-array");
  const types: string[] = [];
  let length = cursor.take()!;
  for (; length.what !== "the length of a compact-array"; length = cursor.take()!) {
    const count = length.what.startsWith("the number of");
    if (!count) types.push(dataTypes[Number(length.value)] ?? "unknown");
    inner.add(
      length.offset,
      length.end,
      count ? `number of elements: ${length.value}` : `type description: ${types.at(-1)}`,
    );
  }
  inner.add(length.offset, length.end, `length of the contents: ${length.value}`);
  const end = length.end + Number(length.value);
  for (const field of cursor.takeUpTo(end)) {
    inner.add(field.offset, field.end, withoutArticle(field.what), { value: plainValue(field) });
  }
  inner.fill(end);
  list.add(tag.offset, end, `compact-array of ${types.join(", ")}`, { parts: inner.parts });
}

function addSimple(list: PartList, cursor: FieldCursor, tag: Field, type: DataType): void {
  const { end, fields } = takeContent(cursor, tag, type);
  const content = cursor.bytes.subarray(tag.end, end);
  const { meaning, value } = simpleMeaning(type, fields, content);
  list.add(tag.offset, end, meaning, { value });
}

/** A datum's content is one field, but for bit-strings (a count and bytes) and dates and times (their own fields). */
function takeContent(cursor: FieldCursor, tag: Field, type: DataType) {
  const fixed = fixedLengths[type];
  if (fixed !== undefined) {
    const end = tag.end + fixed;
    return { end, fields: cursor.takeUpTo(end) };
  }
  const first = cursor.take()!;
  if (type !== "bit-string") return { end: first.end, fields: [first] };
  const bytes = Math.ceil(Number(first.value) / 8);
  return { end: first.end + bytes, fields: [first, ...cursor.takeUpTo(first.end + bytes)] };
}

const fixedLengths: Readonly<Partial<Record<DataType, number>>> = {
  "null-data": 0,
  "dont-care": 0,
  "date-time": 12,
  date: 5,
  time: 4,
};

function simpleMeaning(
  type: DataType,
  fields: readonly Field[],
  content: Uint8Array,
): { readonly meaning: string; readonly value?: Json | undefined } {
  const field = fields.at(-1);
  switch (type) {
    case "null-data":
    case "dont-care":
      return { meaning: type };
    case "boolean":
      return { meaning: type, value: field?.value !== 0 };
    case "bcd":
      return { meaning: type, value: hexFromBytes(content) };
    case "bit-string": {
      const bits = [...(field?.value instanceof Uint8Array ? field.value : [])].map((byte) =>
        byte.toString(2).padStart(8, "0"),
      );
      return { meaning: type, value: bits.join("").slice(0, Number(fields[0]!.value)) };
    }
    case "visible-string":
      return { meaning: type, value: latin1FromBytes(field!.value as Uint8Array) };
    case "utf8-string":
      return { meaning: type, value: new TextDecoder().decode(field!.value as Uint8Array) };
    case "date-time":
      return { meaning: type, value: describeDateTime(decodeDateTime(content)) };
    case "date":
      return { meaning: type, value: describeDate(decodeDate(content)) };
    case "time":
      return { meaning: type, value: describeTime(decodeTime(content)) };
    case "octet-string":
      return octetsMeaning(field!.value as Uint8Array);
    default:
      return { meaning: type, value: plainValue(field!) };
  }
}

/** An octet-string says nothing of what it holds: names, clocks and text are told by their look. */
export function octetsMeaning(bytes: Uint8Array): { readonly meaning: string; readonly value: Json } {
  const obis = bytes.length === 6 ? describeLogicalName(logicalNameFromBytes(bytes)) : undefined;
  if (obis?.known) return { meaning: `octet-string, an OBIS code`, value: obis.text };
  if (bytes.length === 12) {
    const dateTime = decodeDateTime(bytes);
    const { year = 2000, month = 1, day = 1, hour = 0, minute = 0 } = dateTime;
    const plausible = year >= 1970 && year < 2200 && month !== 0 && day !== 0 && hour < 24 && minute < 60;
    if (plausible) return { meaning: "octet-string, a date and time", value: describeDateTime(dateTime) };
  }
  const text = bytes.length > 0 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (text) return { meaning: "octet-string, text", value: latin1FromBytes(bytes) };
  return { meaning: bytes.length === 0 ? "octet-string, empty" : "octet-string", value: hexFromBytes(bytes) };
}

/** `1-0:1.8.0 (active energy import (+))`. */
export function describeLogicalName(logicalName: string): { readonly text: string; readonly known: boolean } {
  const name = describeObis(logicalName)?.name;
  const code = formatObis(logicalName);
  return name === undefined ? { text: code, known: false } : { text: `${code} (${name})`, known: true };
}

/** A structure of an integer and an enum of the table of units is what scaler-unit attributes hold. */
function namedScalerUnit(type: DataType, parts: readonly ExplainedPart[], bytes: Uint8Array): readonly ExplainedPart[] {
  const [head, scaler, unit] = parts;
  const isPair =
    type === "structure" && parts.length === 3 && scaler?.meaning === "integer" && unit?.meaning === "enum";
  const found = isPair ? units.get(bytes[unit.offset + 1]!) : undefined;
  if (found === undefined) return parts;
  const name = found.symbol === "" ? found.quantity : `${found.symbol} (${found.quantity})`;
  return [
    head!,
    { ...scaler!, meaning: "integer, as a scaler: the value is multiplied by ten to this power" },
    { ...unit!, meaning: `enum, as a unit: ${name}` },
  ];
}

/** The decoder's field as JSON. */
export function plainValue({ value }: Field): Json | undefined {
  return value === undefined ? undefined : jsonOf(value);
}

/** "a class id" → "class id". */
export function withoutArticle(what: string): string {
  return what.replace(/^(a|an|the) /, "");
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function hexNumber(value: number): string {
  return `0x${hexFromByte(value)}`;
}

function endOf(parts: readonly ExplainedPart[]): number {
  const last = parts.at(-1)!;
  return last.offset + last.length;
}
