/**
 * The BER coding of AARQ, AARE, RLRQ and RLRE (Green Book, clause 9.4.2; ITU-T X.227, X.690).
 *
 * Read liberally, written strictly: lengths may be in long form, fields may come in any order, be absent, or be ones
 * this package has no use for (protocol-version, implementation-information), which are stepped over by their length.
 */

import { hexFromByte } from "@anymeter/sans-io";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import type {
  AssociationApdu,
  AssociationDiagnostic,
  AssociationRequest,
  AssociationResponse,
  AssociationResult,
  ReleaseRequest,
  ReleaseResponse,
} from "./association.ts";
import { applicationContextIdentifier, applicationContextOf, mechanismIdentifier, mechanismOf } from "./names.ts";

/** The tag is read already, here and in the three others. */
export function decodeAarq(reader: ByteReader): AssociationRequest {
  const apdu: Writable<AssociationRequest> = { type: "aarq" };
  readFields(reader, "aarq", (tag, field) => {
    switch (tag) {
      case 0xa1:
        return readApplicationContext(field, apdu);
      case 0xa6:
        apdu.callingApTitle = readWrapped(field, tags.octetString, "calling-AP-title");
        return;
      case 0xa7:
        apdu.callingAeQualifier = readWrapped(field, tags.octetString, "calling-AE-qualifier");
        return;
      case 0xa9:
        apdu.callingAeInvocationId = readInteger(field, "aarq", "calling-AE-invocation-id");
        return;
      case 0x8b:
        return readMechanism(field, apdu);
      case 0xac:
        apdu.callingAuthenticationValue = readAuthenticationValue(field);
        return;
      case 0xbe:
        apdu.userInformation = readWrapped(field, tags.octetString, "user-information");
    }
  });
  return apdu;
}

/** Throws `acse_field_missing` when there is no result; a missing diagnostic reads as 0 (null). */
export function decodeAare(reader: ByteReader): AssociationResponse {
  const at = reader.offset;
  const apdu: Writable<Partial<AssociationResponse>> = { type: "aare" };
  readFields(reader, "aare", (tag, field) => {
    switch (tag) {
      case 0xa1:
        return readApplicationContext(field, apdu);
      case 0xa2:
        apdu.result = readResult(field);
        return;
      case 0xa3:
        apdu.diagnostic = readDiagnostic(field);
        return;
      case 0xa4:
        apdu.respondingApTitle = readWrapped(field, tags.octetString, "responding-AP-title");
        return;
      case 0xa5:
        apdu.respondingAeQualifier = readWrapped(field, tags.octetString, "responding-AE-qualifier");
        return;
      case 0x89:
        return readMechanism(field, apdu);
      case 0xaa:
        apdu.respondingAuthenticationValue = readAuthenticationValue(field);
        return;
      case 0xbe:
        apdu.userInformation = readWrapped(field, tags.octetString, "user-information");
    }
  });
  const { result, diagnostic = { source: "acse-service-user", code: 0 } } = apdu;
  if (result === undefined) throw dlmsError("acse_field_missing", { apdu: "aare", field: "result", offset: at });
  return { ...apdu, type: "aare", result, diagnostic };
}

export function decodeRlrq(reader: ByteReader): ReleaseRequest {
  return { type: "rlrq", ...readRelease(reader, "rlrq") };
}

export function decodeRlre(reader: ByteReader): ReleaseResponse {
  return { type: "rlre", ...readRelease(reader, "rlre") };
}

/** Writes the tag too, here and in the two others. */
export function encodeAarq(writer: ByteWriter, apdu: AssociationRequest): void {
  writeFields(writer, 0x60, (fields) => {
    writeApplicationContext(fields, apdu);
    writeWrapped(fields, 0xa6, tags.octetString, apdu.callingApTitle);
    writeWrapped(fields, 0xa7, tags.octetString, apdu.callingAeQualifier);
    if (apdu.callingAeInvocationId !== undefined) writeInteger(fields, 0xa9, apdu.callingAeInvocationId);
    writeMechanism(fields, 0x8a, 0x8b, apdu);
    writeWrapped(fields, 0xac, tags.characterString, apdu.callingAuthenticationValue);
    writeWrapped(fields, 0xbe, tags.octetString, apdu.userInformation);
  });
}

export function encodeAare(writer: ByteWriter, apdu: AssociationResponse): void {
  writeFields(writer, 0x61, (fields) => {
    writeApplicationContext(fields, apdu);
    writeInteger(fields, 0xa2, results.indexOf(apdu.result));
    const diagnostic = new ByteWriter(8);
    writeInteger(diagnostic, apdu.diagnostic.source === "acse-service-user" ? 0xa1 : 0xa2, apdu.diagnostic.code);
    writeField(fields, 0xa3, diagnostic.finish());
    writeWrapped(fields, 0xa4, tags.octetString, apdu.respondingApTitle);
    writeWrapped(fields, 0xa5, tags.octetString, apdu.respondingAeQualifier);
    writeMechanism(fields, 0x88, 0x89, apdu);
    writeWrapped(fields, 0xaa, tags.characterString, apdu.respondingAuthenticationValue);
    writeWrapped(fields, 0xbe, tags.octetString, apdu.userInformation);
  });
}

export function encodeRelease(writer: ByteWriter, apdu: ReleaseRequest | ReleaseResponse): void {
  writeFields(writer, apdu.type === "rlrq" ? 0x62 : 0x63, (fields) => {
    if (apdu.reason !== undefined) writeField(fields, 0x80, integerContent("The release reason", apdu.reason));
    writeWrapped(fields, 0xbe, tags.octetString, apdu.userInformation);
  });
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Names = Pick<AssociationRequest, "applicationContext" | "mechanism" | "unrecognized">;

const tags = { integer: 0x02, octetString: 0x04, objectIdentifier: 0x06, characterString: 0x80 } as const;
const results: readonly AssociationResult[] = ["accepted", "rejected-permanent", "rejected-transient"];

function readFields(
  reader: ByteReader,
  apdu: AssociationApdu["type"],
  read: (tag: number, field: ByteReader) => void,
): void {
  const fields = reader.inner(reader.length(`the length of the ${apdu}`), `the fields of the ${apdu}`);
  while (fields.remaining > 0) {
    const tag = fields.unsigned8("a tag");
    const what = `the field ${hexFromByte(tag)} of the ${apdu}`;
    read(tag, fields.inner(fields.length(what), what));
  }
}

function readRelease(reader: ByteReader, apdu: "rlrq" | "rlre"): { reason?: number; userInformation?: Uint8Array } {
  const release: { reason?: number; userInformation?: Uint8Array } = {};
  readFields(reader, apdu, (tag, field) => {
    if (tag === 0x80) release.reason = integerOf(field, apdu, "reason");
    if (tag === 0xbe) release.userInformation = readWrapped(field, tags.octetString, "user-information");
  });
  return release;
}

function readApplicationContext(field: ByteReader, apdu: Writable<Names>): void {
  const identifier = readWrapped(field, tags.objectIdentifier, "application-context-name");
  const name = applicationContextOf(identifier);
  if (name === undefined) apdu.unrecognized = { ...apdu.unrecognized, applicationContext: identifier };
  else apdu.applicationContext = name;
}

/** An IMPLICIT object identifier; some peers wrap it in its own tag all the same. */
function readMechanism(field: ByteReader, apdu: Writable<Names>): void {
  const wrapped = field.remaining === 9 && field.bytes[field.offset] === tags.objectIdentifier;
  const identifier = wrapped ? readWrapped(field, tags.objectIdentifier, "mechanism-name") : field.rest();
  const name = mechanismOf(identifier);
  if (name === undefined) apdu.unrecognized = { ...apdu.unrecognized, mechanism: identifier };
  else apdu.mechanism = name;
}

/** `80` charstring; `81` bit-string and others are taken by their content, whose meaning is the mechanism's. */
function readAuthenticationValue(field: ByteReader): Uint8Array {
  field.skip(1, "the kind of authentication value");
  return field.lengthAndBytes("the authentication value");
}

function readResult(field: ByteReader): AssociationResult {
  const at = field.offset;
  const result = results[readInteger(field, "aare", "result")];
  if (result !== undefined) return result;
  throw dlmsError("acse_field_invalid", { apdu: "aare", field: "result", reason: "it is none of 0, 1, 2", offset: at });
}

function readDiagnostic(field: ByteReader): AssociationDiagnostic {
  const at = field.offset;
  const choice = field.unsigned8("the source of the diagnostic");
  const source = choice === 0xa1 ? "acse-service-user" : choice === 0xa2 ? "acse-service-provider" : undefined;
  if (source === undefined) {
    const reason = `its source ${hexFromByte(choice)} is neither A1 nor A2`;
    throw dlmsError("acse_field_invalid", { apdu: "aare", field: "diagnostic", reason, offset: at });
  }
  const inner = field.inner(field.length("the diagnostic"), "the diagnostic");
  return { source, code: readInteger(inner, "aare", "diagnostic") };
}

/** The content of the one value of the expected tag inside a field. */
function readWrapped(field: ByteReader, expected: number, what: string): Uint8Array {
  const at = field.offset;
  const tag = field.unsigned8(what);
  if (tag !== expected) {
    throw dlmsError("choice_unknown", {
      value: hexFromByte(tag),
      what: `${what}, where ${hexFromByte(expected)} is expected`,
      offset: at,
    });
  }
  return field.lengthAndBytes(what);
}

function readInteger(field: ByteReader, apdu: AssociationApdu["type"], what: string): number {
  const at = field.offset;
  const tag = field.unsigned8(what);
  if (tag !== tags.integer) {
    throw dlmsError("acse_field_invalid", { apdu, field: what, reason: "it is not an integer", offset: at });
  }
  return integerOf(field.inner(field.length(what), what), apdu, what);
}

function integerOf(content: ByteReader, apdu: AssociationApdu["type"], what: string): number {
  if (content.remaining === 0 || content.remaining > 4) {
    const reason = `an integer of ${content.remaining} bytes`;
    throw dlmsError("acse_field_invalid", { apdu, field: what, reason, offset: content.offset });
  }
  let value = content.signed8(what);
  while (content.remaining > 0) value = value * 256 + content.unsigned8(what);
  return value;
}

function writeFields(writer: ByteWriter, tag: number, write: (fields: ByteWriter) => void): void {
  const fields = new ByteWriter();
  write(fields);
  writeField(writer, tag, fields.finish());
}

function writeField(writer: ByteWriter, tag: number, content: Uint8Array): void {
  writer.unsigned8(tag);
  writer.lengthAndBytes(content);
}

function writeWrapped(writer: ByteWriter, tag: number, innerTag: number, content: Uint8Array | undefined): void {
  if (content === undefined) return;
  const inner = new ByteWriter(content.length + 6);
  writeField(inner, innerTag, content);
  writeField(writer, tag, inner.finish());
}

function writeApplicationContext(writer: ByteWriter, apdu: Names): void {
  const { applicationContext: name, unrecognized } = apdu;
  const identifier = name === undefined ? unrecognized?.applicationContext : applicationContextIdentifier(name);
  writeWrapped(writer, 0xa1, tags.objectIdentifier, identifier);
}

/** The mechanism, and before it the acse-requirements that say authentication is used: one bit of eight, set. */
function writeMechanism(writer: ByteWriter, requirementsTag: number, mechanismTag: number, apdu: Names): void {
  const { mechanism: name, unrecognized } = apdu;
  const identifier = name === undefined ? unrecognized?.mechanism : mechanismIdentifier(name);
  if (identifier === undefined) return;
  writeField(writer, requirementsTag, Uint8Array.of(0x07, 0x80));
  writeField(writer, mechanismTag, identifier);
}

function writeInteger(writer: ByteWriter, tag: number, value: number): void {
  writeWrapped(writer, tag, tags.integer, integerContent("The integer", value));
}

/** Two's complement in as few bytes as hold it. */
function integerContent(what: string, value: number): Uint8Array {
  if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff) {
    throw dlmsError("value_not_encodable", { what: `${what} ${value}`, reason: "it must be a 32-bit whole number" });
  }
  const bytes = [value & 0xff];
  for (let rest = value >> 7; rest !== 0 && rest !== -1; rest >>= 8) bytes.unshift((rest >> 1) & 0xff);
  return Uint8Array.from(bytes);
}
