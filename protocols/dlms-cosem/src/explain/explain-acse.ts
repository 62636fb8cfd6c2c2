/** The fields of AARQ, AARE, RLRQ and RLRE: a BER tag, a length and what they hold. */
import { hexFromByte, hexFromBytes, type Json } from "@anymeter/sans-io";
import { describeDiagnostic } from "../acse/diagnostics.ts";
import { applicationContextOf, mechanismOf } from "../acse/names.ts";
import type { DlmsError } from "../errors.ts";
import { type ExplainedApdu, insidePart } from "./explain-apdu.ts";
import { withoutArticle } from "./explain-data.ts";
import { type FieldCursor, PartList } from "./field-cursor.ts";
import type { Field } from "./tracing-reader.ts";

/** Adds the length of the APDU and each of its fields. `explain` explains an APDU that stands in the same bytes. */
export function addAcseFields(
  list: PartList,
  cursor: FieldCursor,
  apduType: string,
  explain: (start: number, end: number) => ExplainedApdu | DlmsError,
): void {
  const length = cursor.take()!;
  list.add(length.offset, length.end, `length of the ${apduType}`, { value: Number(length.value) });
  for (let tag = cursor.peek(); tag?.what === "a tag"; tag = cursor.peek()) {
    cursor.take();
    const size = cursor.take()!;
    const end = size.end + Number(size.value);
    const name = fieldNames[apduType]?.[Number(tag.value)] ?? "a field this package has no use for";
    const inner = new PartList(cursor.bytes, tag.offset);
    inner.add(tag.offset, size.end, `tag ${hexFromByte(Number(tag.value))} and length: ${name}`);
    addContent(inner, cursor.takeUpTo(end), name, explain);
    inner.fill(end, name);
    list.add(tag.offset, end, name, { parts: inner.parts });
  }
}

function addContent(
  list: PartList,
  fields: readonly Field[],
  name: string,
  explain: (start: number, end: number) => ExplainedApdu | DlmsError,
): void {
  for (const [index, field] of fields.entries()) {
    const last = index === fields.length - 1;
    const content = field.value instanceof Uint8Array ? field.value : undefined;
    if (name === "user-information" && last && content && content.length > 0) {
      const start = field.end - content.length;
      list.add(field.offset, start, "length of the APDU", { value: content.length });
      list.add(start, field.end, ...insidePart("APDU", explain(start, field.end)));
    } else if (last) {
      list.add(field.offset, field.end, name, { value: contentValue(name, field, fields) });
    } else {
      const what = withoutArticle(field.what);
      list.add(field.offset, field.end, what === name ? `BER tag or length of the ${name}` : what, {
        value: typeof field.value === "number" ? hexFromByte(field.value & 0xff) : undefined,
      });
    }
  }
}

function contentValue(name: string, field: Field, fields: readonly Field[]): Json | undefined {
  const { value } = field;
  if (value instanceof Uint8Array) {
    const known =
      name === "application-context-name"
        ? applicationContextOf(value)
        : name === "mechanism-name"
          ? mechanismOf(value)
          : undefined;
    return known ?? hexFromBytes(value);
  }
  const number = Number(value);
  if (name === "result") return `${number}: ${results[number] ?? "not in the table"}`;
  if (name === "result-source-diagnostic") {
    const source = fields[0]?.value === 0xa2 ? "acse-service-provider" : "acse-service-user";
    return `${number}: ${describeDiagnostic({ source, code: number }).name} (${source})`;
  }
  return number;
}

const results = ["accepted", "rejected-permanent", "rejected-transient"];

/** Green Book, clause 9.4.2: the names of the fields by their tags. */
const fieldNames: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  aarq: {
    128: "protocol-version",
    161: "application-context-name",
    162: "called-AP-title",
    163: "called-AE-qualifier",
    164: "called-AP-invocation-id",
    165: "called-AE-invocation-id",
    166: "calling-AP-title",
    167: "calling-AE-qualifier",
    168: "calling-AP-invocation-id",
    169: "calling-AE-invocation-id",
    138: "sender-acse-requirements",
    139: "mechanism-name",
    172: "calling-authentication-value",
    189: "implementation-information",
    190: "user-information",
  },
  aare: {
    128: "protocol-version",
    161: "application-context-name",
    162: "result",
    163: "result-source-diagnostic",
    164: "responding-AP-title",
    165: "responding-AE-qualifier",
    166: "responding-AP-invocation-id",
    167: "responding-AE-invocation-id",
    136: "responder-acse-requirements",
    137: "mechanism-name",
    170: "responding-authentication-value",
    189: "implementation-information",
    190: "user-information",
  },
  rlrq: { 128: "reason", 190: "user-information" },
  rlre: { 128: "reason", 190: "user-information" },
};
