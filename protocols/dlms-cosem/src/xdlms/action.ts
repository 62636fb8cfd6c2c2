/** ACTION (Green Book, clause 9.3.8 and the ASN.1 of Action-Request and Action-Response). */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { decodeData, encodeData } from "../data/codec.ts";
import type { ActionRequest, ActionResponse } from "./apdu.ts";
import {
  readInvocation,
  readList,
  readMethod,
  readPresence,
  requireRange,
  unknownChoice,
  writeInvocation,
  writeList,
  writeMethod,
} from "./descriptors.ts";
import { readActionResult, readDataBlock, readListedData, writeActionResult, writeDataBlock } from "./results.ts";
import { serviceTags } from "./tags.ts";

export function decodeActionRequest(reader: ByteReader): ActionRequest {
  const choice = reader.unsigned8("the kind of action-request");
  const invocation = readInvocation(reader);
  switch (choice) {
    case 1: {
      const method = readMethod(reader);
      if (!readPresence(reader, "the method parameter")) return { type: "action-request-normal", invocation, method };
      return { type: "action-request-normal", invocation, method, parameter: decodeData(reader) };
    }
    case 2:
      return { type: "action-request-next-pblock", invocation, block: reader.unsigned32("a block number") };
    case 3: {
      const methods = readList(reader, "methods", readMethod);
      const parameters = readList(reader, "parameters", readListedData);
      return { type: "action-request-with-list", invocation, methods, parameters };
    }
    case 4: {
      const method = readMethod(reader);
      return { type: "action-request-with-first-pblock", invocation, method, block: readDataBlock(reader) };
    }
    case 5: {
      const methods = readList(reader, "methods", readMethod);
      return { type: "action-request-with-list-and-first-pblock", invocation, methods, block: readDataBlock(reader) };
    }
    case 6:
      return { type: "action-request-with-pblock", invocation, block: readDataBlock(reader) };
    default:
      throw unknownChoice(reader, "an action-request", choice);
  }
}

export function encodeActionRequest(writer: ByteWriter, request: ActionRequest): void {
  writer.unsigned8(serviceTags["action-request"].plain);
  writer.unsigned8(requestChoices[request.type]);
  writeInvocation(writer, request.invocation);
  switch (request.type) {
    case "action-request-normal":
      writeMethod(writer, request.method);
      if (request.parameter === undefined) {
        writer.unsigned8(0);
        return;
      }
      writer.unsigned8(1);
      encodeData(writer, request.parameter);
      return;
    case "action-request-next-pblock":
      writer.unsigned32(requireRange("The block number", request.block, 0xffff_ffff));
      return;
    case "action-request-with-list":
      writeList(writer, request.methods, writeMethod);
      writeList(writer, request.parameters, encodeData);
      return;
    case "action-request-with-first-pblock":
      writeMethod(writer, request.method);
      writeDataBlock(writer, request.block);
      return;
    case "action-request-with-list-and-first-pblock":
      writeList(writer, request.methods, writeMethod);
      writeDataBlock(writer, request.block);
      return;
    case "action-request-with-pblock":
      writeDataBlock(writer, request.block);
      return;
  }
}

export function decodeActionResponse(reader: ByteReader): ActionResponse {
  const choice = reader.unsigned8("the kind of action-response");
  const invocation = readInvocation(reader);
  switch (choice) {
    case 1:
      return { type: "action-response-normal", invocation, response: readActionResult(reader) };
    case 2:
      return { type: "action-response-with-pblock", invocation, block: readDataBlock(reader) };
    case 3:
      return {
        type: "action-response-with-list",
        invocation,
        responses: readList(reader, "results", readActionResult),
      };
    case 4:
      return { type: "action-response-next-pblock", invocation, block: reader.unsigned32("a block number") };
    default:
      throw unknownChoice(reader, "an action-response", choice);
  }
}

export function encodeActionResponse(writer: ByteWriter, response: ActionResponse): void {
  writer.unsigned8(serviceTags["action-response"].plain);
  writer.unsigned8(responseChoices[response.type]);
  writeInvocation(writer, response.invocation);
  switch (response.type) {
    case "action-response-normal":
      writeActionResult(writer, response.response);
      return;
    case "action-response-with-pblock":
      writeDataBlock(writer, response.block);
      return;
    case "action-response-with-list":
      writeList(writer, response.responses, writeActionResult);
      return;
    case "action-response-next-pblock":
      writer.unsigned32(requireRange("The block number", response.block, 0xffff_ffff));
      return;
  }
}

const requestChoices: Readonly<Record<ActionRequest["type"], number>> = {
  "action-request-normal": 1,
  "action-request-next-pblock": 2,
  "action-request-with-list": 3,
  "action-request-with-first-pblock": 4,
  "action-request-with-list-and-first-pblock": 5,
  "action-request-with-pblock": 6,
};
const responseChoices: Readonly<Record<ActionResponse["type"], number>> = {
  "action-response-normal": 1,
  "action-response-with-pblock": 2,
  "action-response-with-list": 3,
  "action-response-next-pblock": 4,
};
