/** GET (Green Book, clause 9.3.6 and the ASN.1 of Get-Request and Get-Response). */
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import type { GetRequest, GetResponse, Invocation } from "./apdu.ts";
import {
  readInvocation,
  readList,
  readSelectedAttribute,
  requireRange,
  unknownChoice,
  writeInvocation,
  writeList,
  writeSelectedAttribute,
} from "./descriptors.ts";
import { readGetDataResult, writeGetDataResult } from "./results.ts";
import { serviceTags } from "./tags.ts";

/** The tag is read already, here and in every decoder of a service. */
export function decodeGetRequest(reader: ByteReader): GetRequest {
  const choice = reader.unsigned8("the kind of get-request");
  const invocation = readInvocation(reader);
  switch (choice) {
    case 1:
      return { type: "get-request-normal", invocation, attribute: readSelectedAttribute(reader) };
    case 2:
      return { type: "get-request-next", invocation, block: reader.unsigned32("a block number") };
    case 3:
      return {
        type: "get-request-with-list",
        invocation,
        attributes: readList(reader, "attributes", readSelectedAttribute),
      };
    default:
      throw unknownChoice(reader, "a get-request", choice);
  }
}

/** Writes the tag too, here and in every encoder of a service. */
export function encodeGetRequest(writer: ByteWriter, request: GetRequest): void {
  writer.unsigned8(serviceTags["get-request"].plain);
  writer.unsigned8(requestChoices[request.type]);
  writeInvocation(writer, request.invocation);
  switch (request.type) {
    case "get-request-normal":
      writeSelectedAttribute(writer, request.attribute);
      return;
    case "get-request-next":
      writer.unsigned32(requireRange("The block number", request.block, 0xffff_ffff));
      return;
    case "get-request-with-list":
      writeList(writer, request.attributes, writeSelectedAttribute);
      return;
  }
}

export function decodeGetResponse(reader: ByteReader): GetResponse {
  const choice = reader.unsigned8("the kind of get-response");
  const invocation = readInvocation(reader);
  switch (choice) {
    case 1:
      return { type: "get-response-normal", invocation, result: readGetDataResult(reader) };
    case 2: {
      const last = reader.unsigned8("the last-block flag") !== 0;
      const block = reader.unsigned32("a block number");
      return { type: "get-response-with-datablock", invocation, last, block, result: readBlockResult(reader) };
    }
    case 3:
      return { type: "get-response-with-list", invocation, results: readList(reader, "results", readGetDataResult) };
    default:
      throw unknownChoice(reader, "a get-response", choice);
  }
}

export function encodeGetResponse(writer: ByteWriter, response: GetResponse): void {
  writer.unsigned8(serviceTags["get-response"].plain);
  writer.unsigned8(responseChoices[response.type]);
  writeInvocation(writer, response.invocation);
  switch (response.type) {
    case "get-response-normal":
      writeGetDataResult(writer, response.result);
      return;
    case "get-response-with-datablock":
      writer.unsigned8(response.last ? 1 : 0);
      writer.unsigned32(requireRange("The block number", response.block, 0xffff_ffff));
      writeBlockResult(writer, response.result);
      return;
    case "get-response-with-list":
      writeList(writer, response.results, writeGetDataResult);
      return;
  }
}

/** A get-response-normal around Data that is encoded already, for servers that keep their buffers encoded. */
export function encodeGetResponseNormalWithEncodedData(invocation: Invocation, encodedData: Uint8Array): Uint8Array {
  const writer = new ByteWriter(encodedData.length + 4);
  writer.unsigned8(serviceTags["get-response"].plain);
  writer.unsigned8(responseChoices["get-response-normal"]);
  writeInvocation(writer, invocation);
  writer.unsigned8(0);
  writer.write(encodedData);
  return writer.finish();
}

const requestChoices: Readonly<Record<GetRequest["type"], number>> = {
  "get-request-normal": 1,
  "get-request-next": 2,
  "get-request-with-list": 3,
};
const responseChoices: Readonly<Record<GetResponse["type"], number>> = {
  "get-response-normal": 1,
  "get-response-with-datablock": 2,
  "get-response-with-list": 3,
};

/** DataBlock-G: `00` raw-data, or `01` data-access-result. */
function readBlockResult(reader: ByteReader): { raw: Uint8Array } | { error: number } {
  const choice = reader.unsigned8("the result of a block");
  if (choice === 0) return { raw: reader.lengthAndBytes("the raw data of a block") };
  if (choice === 1) return { error: reader.unsigned8("a data-access-result") };
  throw unknownChoice(reader, "the result of a block", choice);
}

function writeBlockResult(writer: ByteWriter, result: { readonly raw: Uint8Array } | { readonly error: number }): void {
  if ("raw" in result) {
    writer.unsigned8(0);
    writer.lengthAndBytes(result.raw);
  } else {
    writer.unsigned8(1);
    writer.unsigned8(requireRange("The data-access-result", result.error, 0xff));
  }
}
