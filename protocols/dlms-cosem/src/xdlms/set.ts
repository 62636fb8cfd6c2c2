/** SET (Green Book, clause 9.3.7 and the ASN.1 of Set-Request and Set-Response). */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { decodeData, encodeData } from "../data/codec.ts";
import type { SetRequest, SetResponse } from "./apdu.ts";
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
import { readDataBlock, readListedData, writeDataBlock } from "./results.ts";
import { serviceTags } from "./tags.ts";

export function decodeSetRequest(reader: ByteReader): SetRequest {
  const choice = reader.unsigned8("the kind of set-request");
  const invocation = readInvocation(reader);
  switch (choice) {
    case 1: {
      const attribute = readSelectedAttribute(reader);
      return { type: "set-request-normal", invocation, attribute, data: decodeData(reader) };
    }
    case 2: {
      const attribute = readSelectedAttribute(reader);
      return { type: "set-request-first-datablock", invocation, attribute, block: readDataBlock(reader) };
    }
    case 3:
      return { type: "set-request-datablock", invocation, block: readDataBlock(reader) };
    case 4: {
      const attributes = readList(reader, "attributes", readSelectedAttribute);
      return {
        type: "set-request-with-list",
        invocation,
        attributes,
        data: readList(reader, "values", readListedData),
      };
    }
    case 5: {
      const attributes = readList(reader, "attributes", readSelectedAttribute);
      return { type: "set-request-with-list-first-datablock", invocation, attributes, block: readDataBlock(reader) };
    }
    default:
      throw unknownChoice(reader, "a set-request", choice);
  }
}

export function encodeSetRequest(writer: ByteWriter, request: SetRequest): void {
  writer.unsigned8(serviceTags["set-request"].plain);
  writer.unsigned8(requestChoices[request.type]);
  writeInvocation(writer, request.invocation);
  switch (request.type) {
    case "set-request-normal":
      writeSelectedAttribute(writer, request.attribute);
      encodeData(writer, request.data);
      return;
    case "set-request-first-datablock":
      writeSelectedAttribute(writer, request.attribute);
      writeDataBlock(writer, request.block);
      return;
    case "set-request-datablock":
      writeDataBlock(writer, request.block);
      return;
    case "set-request-with-list":
      writeList(writer, request.attributes, writeSelectedAttribute);
      writeList(writer, request.data, encodeData);
      return;
    case "set-request-with-list-first-datablock":
      writeList(writer, request.attributes, writeSelectedAttribute);
      writeDataBlock(writer, request.block);
      return;
  }
}

export function decodeSetResponse(reader: ByteReader): SetResponse {
  const choice = reader.unsigned8("the kind of set-response");
  const invocation = readInvocation(reader);
  switch (choice) {
    case 1:
      return { type: "set-response-normal", invocation, result: readResult(reader) };
    case 2:
      return { type: "set-response-datablock", invocation, block: reader.unsigned32("a block number") };
    case 3: {
      const result = readResult(reader);
      return { type: "set-response-last-datablock", invocation, result, block: reader.unsigned32("a block number") };
    }
    case 4: {
      const results = readList(reader, "results", readResult);
      const block = reader.unsigned32("a block number");
      return { type: "set-response-last-datablock-with-list", invocation, results, block };
    }
    case 5:
      return { type: "set-response-with-list", invocation, results: readList(reader, "results", readResult) };
    default:
      throw unknownChoice(reader, "a set-response", choice);
  }
}

export function encodeSetResponse(writer: ByteWriter, response: SetResponse): void {
  writer.unsigned8(serviceTags["set-response"].plain);
  writer.unsigned8(responseChoices[response.type]);
  writeInvocation(writer, response.invocation);
  switch (response.type) {
    case "set-response-normal":
      writeResult(writer, response.result);
      return;
    case "set-response-datablock":
      writeBlockNumber(writer, response.block);
      return;
    case "set-response-last-datablock":
      writeResult(writer, response.result);
      writeBlockNumber(writer, response.block);
      return;
    case "set-response-last-datablock-with-list":
      writeList(writer, response.results, writeResult);
      writeBlockNumber(writer, response.block);
      return;
    case "set-response-with-list":
      writeList(writer, response.results, writeResult);
      return;
  }
}

const requestChoices: Readonly<Record<SetRequest["type"], number>> = {
  "set-request-normal": 1,
  "set-request-first-datablock": 2,
  "set-request-datablock": 3,
  "set-request-with-list": 4,
  "set-request-with-list-first-datablock": 5,
};
const responseChoices: Readonly<Record<SetResponse["type"], number>> = {
  "set-response-normal": 1,
  "set-response-datablock": 2,
  "set-response-last-datablock": 3,
  "set-response-last-datablock-with-list": 4,
  "set-response-with-list": 5,
};

function readResult(reader: ByteReader): number {
  return reader.unsigned8("a data-access-result");
}

function writeResult(writer: ByteWriter, result: number): void {
  writer.unsigned8(requireRange("The data-access-result", result, 0xff));
}

function writeBlockNumber(writer: ByteWriter, block: number): void {
  writer.unsigned32(requireRange("The block number", block, 0xffff_ffff));
}
