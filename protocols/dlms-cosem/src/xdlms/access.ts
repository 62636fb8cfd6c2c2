/** ACCESS (Green Book, clause 9.3.5): several gets, sets and actions in one request, carried out in order. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { decodeData, encodeData } from "../data/codec.ts";
import type { AccessRequest, AccessResponse, AccessSpecification, SelectedAttribute } from "./apdu.ts";
import {
  readAttribute,
  readList,
  readLongInvocation,
  readMethod,
  readPresence,
  requireRange,
  unknownChoice,
  writeAttribute,
  writeList,
  writeLongInvocation,
  writeMethod,
} from "./descriptors.ts";
import { readDateTimeOctets, writeOptionalDateTime } from "./notification.ts";
import { readListedData } from "./results.ts";
import { serviceTags } from "./tags.ts";

/** `D9 | long invoke-id | date-time | specifications | data`. */
export function decodeAccessRequest(reader: ByteReader): AccessRequest {
  const invocation = readLongInvocation(reader);
  const dateTime = readDateTimeOctets(reader);
  const specifications = readList(reader, "access specifications", readSpecification);
  const data = readList(reader, "values", readListedData);
  return { type: "access-request", invocation, ...(dateTime && { dateTime }), specifications, data };
}

export function encodeAccessRequest(writer: ByteWriter, request: AccessRequest): void {
  writer.unsigned8(serviceTags["access-request"].plain);
  writeLongInvocation(writer, request.invocation);
  writeOptionalDateTime(writer, request.dateTime);
  writeList(writer, request.specifications, writeSpecification);
  writeList(writer, request.data, encodeData);
}

/** `DA | long invoke-id | date-time | specifications? | data | results`. */
export function decodeAccessResponse(reader: ByteReader): AccessResponse {
  const invocation = readLongInvocation(reader);
  const dateTime = readDateTimeOctets(reader);
  const specifications = readPresence(reader, "the access specifications")
    ? readList(reader, "access specifications", readSpecification)
    : undefined;
  const data = readList(reader, "values", readListedData);
  return {
    type: "access-response",
    invocation,
    ...(dateTime && { dateTime }),
    ...(specifications && { specifications }),
    data,
    results: readList(reader, "results", readResult),
  };
}

export function encodeAccessResponse(writer: ByteWriter, response: AccessResponse): void {
  writer.unsigned8(serviceTags["access-response"].plain);
  writeLongInvocation(writer, response.invocation);
  writeOptionalDateTime(writer, response.dateTime);
  writer.unsigned8(response.specifications === undefined ? 0 : 1);
  if (response.specifications !== undefined) writeList(writer, response.specifications, writeSpecification);
  writeList(writer, response.data, encodeData);
  writeList(writer, response.results, writeResult);
}

const services = ["get", "set", "action"] as const;
const choices = { get: 1, set: 2, action: 3, "get-with-selection": 4, "set-with-selection": 5 } as const;

function readSpecification(reader: ByteReader): AccessSpecification {
  const choice = reader.unsigned8("an access specification");
  switch (choice) {
    case choices.get:
      return { service: "get", attribute: readAttribute(reader) };
    case choices.set:
      return { service: "set", attribute: readAttribute(reader) };
    case choices.action:
      return { service: "action", method: readMethod(reader) };
    case choices["get-with-selection"]:
      return { service: "get", attribute: readAttributeAndSelection(reader) };
    case choices["set-with-selection"]:
      return { service: "set", attribute: readAttributeAndSelection(reader) };
    default:
      throw unknownChoice(reader, "an access specification", choice);
  }
}

function writeSpecification(writer: ByteWriter, specification: AccessSpecification): void {
  if (specification.service === "action") {
    writer.unsigned8(choices.action);
    writeMethod(writer, specification.method);
    return;
  }
  const { service, attribute } = specification;
  if (attribute.selection === undefined) {
    writer.unsigned8(choices[service]);
    writeAttribute(writer, attribute);
    return;
  }
  writer.unsigned8(choices[`${service}-with-selection`]);
  writeAttribute(writer, attribute);
  writer.unsigned8(requireRange("The access selector", attribute.selection.selector, 0xff));
  encodeData(writer, attribute.selection.parameter);
}

/** Unlike in GET, whether there is a selection is said by the choice. */
function readAttributeAndSelection(reader: ByteReader): SelectedAttribute {
  const attribute = readAttribute(reader);
  const selector = reader.unsigned8("an access selector");
  return { ...attribute, selection: { selector, parameter: decodeData(reader) } };
}

function readResult(reader: ByteReader): AccessResponse["results"][number] {
  const choice = reader.unsigned8("an access result");
  const service = services[choice - 1];
  if (service === undefined) throw unknownChoice(reader, "an access result", choice);
  return { service, result: reader.unsigned8("an access result") };
}

function writeResult(writer: ByteWriter, { service, result }: AccessResponse["results"][number]): void {
  writer.unsigned8(choices[service]);
  writer.unsigned8(requireRange("The access result", result, 0xff));
}
