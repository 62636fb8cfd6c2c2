/**
 * InitiateRequest and InitiateResponse (Green Book, clause 9.4.4 and its ASN.1), carried as user-information of the
 * association APDUs.
 */

import { hexFromByte } from "@anymeter/sans-io";
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import type { InitiateRequest, InitiateResponse } from "./apdu.ts";
import { type Conformance, conformanceFromBits, conformanceToBits } from "./conformance.ts";
import { readPresence, requireRange } from "./descriptors.ts";
import { serviceTags } from "./tags.ts";

/** The only version of DLMS there is. */
export const dlmsVersion = 6;
/** Maximum PDU sizes from 1 to 11 are reserved; 0 means no limit. */
export const smallestPduSize = 12;
/** VAA names: what kind of names the association uses. */
export const logicalNamesVaa = 0x0007;

/** `01 | dedicated-key? | response-allowed DEFAULT TRUE | quality-of-service? | version | conformance | max PDU`. */
export function decodeInitiateRequest(reader: ByteReader): InitiateRequest {
  const dedicatedKey = readPresence(reader, "the dedicated key")
    ? reader.lengthAndBytes("the dedicated key")
    : undefined;
  const responseAllowed = readPresence(reader, "response-allowed") ? reader.unsigned8("response-allowed") !== 0 : true;
  const proposedQualityOfService = readQualityOfService(reader);
  return {
    type: "initiate-request",
    ...(dedicatedKey && { dedicatedKey }),
    responseAllowed,
    ...(proposedQualityOfService !== undefined && { proposedQualityOfService }),
    dlmsVersion: reader.unsigned8("the DLMS version"),
    conformance: readConformance(reader),
    clientMaxReceivePduSize: reader.unsigned16("the client's maximum PDU size"),
  };
}

export function encodeInitiateRequest(writer: ByteWriter, request: InitiateRequest): void {
  writer.unsigned8(serviceTags["initiate-request"].plain);
  if (request.dedicatedKey === undefined) {
    writer.unsigned8(0);
  } else {
    writer.unsigned8(1);
    writer.lengthAndBytes(request.dedicatedKey);
  }
  if (request.responseAllowed) {
    writer.unsigned8(0);
  } else {
    writer.unsigned16(0x0100);
  }
  writeQualityOfService(writer, request.proposedQualityOfService);
  writer.unsigned8(requireRange("The DLMS version", request.dlmsVersion, 0xff));
  writeConformance(writer, request.conformance);
  writer.unsigned16(requireRange("The client's maximum PDU size", request.clientMaxReceivePduSize, 0xffff));
}

/** `08 | quality-of-service? | version | conformance | max PDU | VAA name`. */
export function decodeInitiateResponse(reader: ByteReader): InitiateResponse {
  const negotiatedQualityOfService = readQualityOfService(reader);
  return {
    type: "initiate-response",
    ...(negotiatedQualityOfService !== undefined && { negotiatedQualityOfService }),
    dlmsVersion: reader.unsigned8("the DLMS version"),
    conformance: readConformance(reader),
    serverMaxReceivePduSize: reader.unsigned16("the server's maximum PDU size"),
    vaaName: reader.unsigned16("the VAA name"),
  };
}

export function encodeInitiateResponse(writer: ByteWriter, response: InitiateResponse): void {
  writer.unsigned8(serviceTags["initiate-response"].plain);
  writeQualityOfService(writer, response.negotiatedQualityOfService);
  writer.unsigned8(requireRange("The DLMS version", response.dlmsVersion, 0xff));
  writeConformance(writer, response.conformance);
  writer.unsigned16(requireRange("The server's maximum PDU size", response.serverMaxReceivePduSize, 0xffff));
  writer.unsigned16(requireRange("The VAA name", response.vaaName, 0xffff));
}

function readQualityOfService(reader: ByteReader): number | undefined {
  return readPresence(reader, "the quality of service") ? reader.signed8("the quality of service") : undefined;
}

function writeQualityOfService(writer: ByteWriter, value: number | undefined): void {
  if (value === undefined) {
    writer.unsigned8(0);
    return;
  }
  writer.unsigned8(1);
  writer.unsigned8(requireRange("The quality of service", value, 0x7f, -0x80));
}

/** `[APPLICATION 31]` in BER: `5F 1F 04 00` and three bytes; old meters write the tag as `5F` alone. */
function readConformance(reader: ByteReader): Conformance {
  const at = reader.offset;
  const tag = reader.unsigned8("the conformance block");
  if (tag !== conformanceTag) {
    throw dlmsError("choice_unknown", {
      value: hexFromByte(tag),
      what: "the conformance block, which starts 5F",
      offset: at,
    });
  }
  let length = reader.unsigned8("the conformance block");
  if (length === conformanceTagNumber) length = reader.unsigned8("the length of the conformance block");
  const content = reader.inner(length, "the conformance block");
  const unusedBits = content.unsigned8("the unused bits of the conformance block");
  if (length !== 4 || unusedBits !== 0) {
    const reason = `it must be 4 bytes with no unused bits, not ${length} with ${unusedBits}`;
    throw dlmsError("length_invalid", { what: "the conformance block", reason, offset: at });
  }
  return conformanceFromBits((content.unsigned8("conformance") << 16) | content.unsigned16("conformance"));
}

function writeConformance(writer: ByteWriter, conformance: Conformance): void {
  const bits = conformanceToBits(conformance);
  writer.unsigned8(conformanceTag);
  writer.unsigned8(conformanceTagNumber);
  writer.unsigned16(0x0400);
  writer.unsigned8(bits >> 16);
  writer.unsigned16(bits & 0xffff);
}

const conformanceTag = 0x5f;
const conformanceTagNumber = 0x1f;
