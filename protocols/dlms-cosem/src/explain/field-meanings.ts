/**
 * What the decoder's fields mean to people, by the words the decoder itself has for them. A field without an entry is
 * named by those words.
 */
import { hexFromByte, hexFromBytes, type Json } from "@anymeter/sans-io";
import { attributeDefinition, interfaceClasses, methodDefinition } from "../cosem/interface-classes.ts";
import { logicalNameFromBytes } from "../cosem/obis.ts";
import { decodeDateTime } from "../data/date-time.ts";
import { describeDateTime } from "../data/date-time-text.ts";
import { nameOfActionResult, nameOfDataAccessResult } from "../xdlms/access-results.ts";
import { conformanceFromBits } from "../xdlms/conformance.ts";
import { exceptionServiceErrors, exceptionStates } from "../xdlms/exceptions.ts";
import { erroneousServices, serviceErrors } from "../xdlms/service-errors.ts";
import { nameOfTag } from "../xdlms/tags.ts";
import { describeLogicalName, hexNumber, plainValue, withoutArticle } from "./explain-data.ts";
import type { Field } from "./tracing-reader.ts";

/** What earlier fields of the same APDU said. */
export interface FieldContext {
  /** The decoder's name for the whole: "get-request-normal". */
  readonly apduType: string;
  classId: number | undefined;
  serviceErrorKind: number | undefined;
}

export interface FieldMeaning {
  readonly meaning: string;
  readonly value?: Json | undefined;
}

export function meaningOfField(field: Field, bytes: Uint8Array, context: FieldContext): FieldMeaning {
  const described = meanings[field.what]?.(Number(field.value), context, field, bytes);
  if (typeof described === "string") return { meaning: described };
  if (described !== undefined) return described;
  return { meaning: withoutArticle(field.what), value: plainValue(field) };
}

type Describe = (
  value: number,
  context: FieldContext,
  field: Field,
  bytes: Uint8Array,
) => string | FieldMeaning | undefined;

const kind: Describe = (_, { apduType }) => `kind: ${apduType}`;
const present =
  (what: string): Describe =>
  (value) =>
    value === 0 ? `${what}: absent` : `${what}: present`;

const meanings: Readonly<Record<string, Describe>> = {
  "the APDU's tag": (value) => `APDU tag: ${nameOfTag(value)}`,
  "the kind of get-request": kind,
  "the kind of get-response": kind,
  "the kind of set-request": kind,
  "the kind of set-response": kind,
  "the kind of action-request": kind,
  "the kind of action-response": kind,
  "the invoke-id and priority": (value) =>
    `invoke-id ${value & 0x0f}, ${value & 0x40 ? "confirmed" : "unconfirmed"}, ${value & 0x80 ? "high" : "normal"} priority`,
  "the long invoke-id and priority": (value) => {
    const flags = [value & 0x4000_0000 ? "confirmed" : "unconfirmed", value & 0x8000_0000 ? "high" : "normal"];
    return `long invoke-id ${value & 0xff_ffff}, ${flags[0]}, ${flags[1]} priority`;
  },

  "a class id": (value, context) => {
    context.classId = value;
    return { meaning: `class: ${interfaceClasses.get(value)?.name ?? "not in the table"}`, value };
  },
  "a logical name": (_, _context, field) => ({
    meaning: "logical name",
    value: describeLogicalName(logicalNameFromBytes(field.value as Uint8Array)).text,
  }),
  "an attribute id": (value, { classId = 0 }) => ({
    meaning: `attribute: ${attributeDefinition(classId, value)?.name ?? "not in the table"}`,
    value,
  }),
  "a method id": (value, { classId = 0 }) => ({
    meaning: `method: ${methodDefinition(classId, value)?.name ?? "not in the table"}`,
    value,
  }),
  "the access selection": present("access selection"),
  "an access selector": (value, { classId }) => ({
    meaning: `access selector${classId === 7 && value < 3 ? (value === 1 ? ": by range" : ": by entry") : ""}`,
    value,
  }),
  "the method parameter": present("method parameter"),
  "the return parameters": present("return parameters"),
  "the time": (value) => (Number.isNaN(value) ? undefined : value === 0 ? "time: absent" : "time: present"),
  "a result": (value) => (value === 0 ? "result: data follows" : "result: a data-access-result follows"),
  "a data-access-result": (value) => ({ meaning: `data-access-result: ${nameOfDataAccessResult(value)}`, value }),
  "an action-result": (value) => ({ meaning: `action-result: ${nameOfActionResult(value)}`, value }),
  "the last-block flag": (value) => (value === 0 ? "more blocks follow" : "last block"),
  "a date-time": (_, _context, field) => {
    const octets = field.value as Uint8Array;
    if (octets.length === 12) return { meaning: "date-time", value: describeDateTime(decodeDateTime(octets)) };
    return octets.length === 0 ? "date-time: absent" : `octet-string tag before the date-time`;
  },

  "the block control": (value) =>
    `block control: ${value & 0x80 ? "last block" : "more blocks follow"}, ${value & 0x40 ? "streaming" : "not streaming"}, window ${value & 0x3f}`,

  "the state error": (value) => ({ meaning: `state error: ${exceptionStates[value] ?? "not in the table"}`, value }),
  "the service in error": (value) => ({ meaning: `service: ${erroneousServices[value] ?? "not in the table"}`, value }),
  "the kind of service error": (value, context) => {
    context.serviceErrorKind = value;
    return { meaning: `kind of error: ${serviceErrors[value]?.name ?? "not in the table"}`, value };
  },
  "the service error": (value, { apduType, serviceErrorKind = -1 }) => {
    const name =
      apduType === "exception-response"
        ? exceptionServiceErrors[value]?.name
        : serviceErrors[serviceErrorKind]?.values[value];
    return { meaning: `service error: ${name ?? "not in the table"}`, value };
  },

  "the dedicated key": (value, _context, field) =>
    field.value instanceof Uint8Array
      ? { meaning: "dedicated key", value: hexFromBytes(field.value) }
      : present("dedicated key")(value, _context, field, field.value as never),
  "response-allowed": (value) => ({ meaning: "response allowed: absent means true", value }),
  "the quality of service": (value) => ({ meaning: "quality of service: 0 is absent", value }),
  "the conformance block": (value) => `conformance block, BER tag ${hexFromByte(value)}`,
  "the length of the conformance block": (value) => ({ meaning: "length of the conformance block", value }),
  conformance: (_, _context, field, bytes) => ({
    meaning: "conformance",
    value: [
      ...conformanceFromBits(bytes.subarray(field.offset, field.end).reduce((bits, byte) => (bits << 8) | byte, 0)),
    ].join(", "),
  }),
  "the client's maximum PDU size": (value) => ({ meaning: "client's maximum PDU size in bytes, 0 is no limit", value }),
  "the server's maximum PDU size": (value) => ({ meaning: "server's maximum PDU size in bytes, 0 is no limit", value }),
  "the VAA name": (value) => `VAA name: ${value === 7 ? "logical names" : `short names from ${hexNumber(value)}`}`,
};

/** Fields the decoder reads in several steps that are one thing: their bytes are joined. */
export const joinedFields: ReadonlySet<string> = new Set(["conformance", "the conformance block"]);
