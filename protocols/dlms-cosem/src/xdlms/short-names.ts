/** The services of short-name associations (Green Book, clauses 9.3.14 to 9.3.18): variables addressed by a number. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { bytesFromLatin1, latin1FromBytes } from "../data/character-strings.ts";
import { decodeData, encodeData } from "../data/codec.ts";
import type {
  InformationReport,
  ReadRequest,
  ReadResponse,
  ReadResult,
  VariableAccess,
  WriteRequest,
  WriteResponse,
  WriteResult,
} from "./apdu.ts";
import { readList, readPresence, requireRange, unknownChoice, writeList } from "./descriptors.ts";
import { readListedData, writeGetDataResult } from "./results.ts";
import { serviceTags } from "./tags.ts";

/** `05 | variables`. */
export function decodeReadRequest(reader: ByteReader): ReadRequest {
  return { type: "read-request", variables: readList(reader, "variables", readVariable) };
}

export function encodeReadRequest(writer: ByteWriter, request: ReadRequest): void {
  writer.unsigned8(serviceTags["read-request"].plain);
  writeList(writer, request.variables, writeVariable);
}

/** `0C | results`. */
export function decodeReadResponse(reader: ByteReader): ReadResponse {
  return { type: "read-response", results: readList(reader, "results", readReadResult) };
}

export function encodeReadResponse(writer: ByteWriter, response: ReadResponse): void {
  writer.unsigned8(serviceTags["read-response"].plain);
  writeList(writer, response.results, writeReadResult);
}

/** `06 or 16 | variables | data`. */
export function decodeWriteRequest(reader: ByteReader, tag: number): WriteRequest {
  const type = tag === serviceTags["write-request"].plain ? "write-request" : "unconfirmed-write-request";
  const variables = readList(reader, "variables", readVariable);
  return { type, variables, data: readList(reader, "values", readListedData) };
}

export function encodeWriteRequest(writer: ByteWriter, request: WriteRequest): void {
  writer.unsigned8(serviceTags[request.type].plain);
  writeList(writer, request.variables, writeVariable);
  writeList(writer, request.data, encodeData);
}

/** `0D | results`. */
export function decodeWriteResponse(reader: ByteReader): WriteResponse {
  return { type: "write-response", results: readList(reader, "results", readWriteResult) };
}

export function encodeWriteResponse(writer: ByteWriter, response: WriteResponse): void {
  writer.unsigned8(serviceTags["write-response"].plain);
  writeList(writer, response.results, writeWriteResult);
}

/** `18 | time? | variables | data`. */
export function decodeInformationReport(reader: ByteReader): InformationReport {
  const time = readPresence(reader, "the time") ? latin1FromBytes(reader.lengthAndBytes("the time")) : undefined;
  const variables = readList(reader, "variables", readVariable);
  const data = readList(reader, "values", readListedData);
  return { type: "information-report", ...(time !== undefined && { time }), variables, data };
}

export function encodeInformationReport(writer: ByteWriter, report: InformationReport): void {
  writer.unsigned8(serviceTags["information-report"].plain);
  writer.unsigned8(report.time === undefined ? 0 : 1);
  if (report.time !== undefined) writer.lengthAndBytes(bytesFromLatin1(report.time));
  writeList(writer, report.variables, writeVariable);
  writeList(writer, report.data, encodeData);
}

/** Variable-Access-Specification. */
function readVariable(reader: ByteReader): VariableAccess {
  const choice = reader.unsigned8("a variable access");
  switch (choice) {
    case 2:
      return { kind: "variable", name: reader.unsigned16("a variable name") };
    case 4: {
      const name = reader.unsigned16("a variable name");
      const selector = reader.unsigned8("an access selector");
      return { kind: "parameterized", name, selection: { selector, parameter: decodeData(reader) } };
    }
    case 5:
      return { kind: "block-number", block: reader.unsigned16("a block number") };
    case 6: {
      const last = reader.unsigned8("the last-block flag") !== 0;
      const number = reader.unsigned16("a block number");
      return { kind: "read-block", block: { last, number, raw: reader.lengthAndBytes("the raw data of a block") } };
    }
    case 7: {
      const last = reader.unsigned8("the last-block flag") !== 0;
      return { kind: "write-block", block: { last, number: reader.unsigned16("a block number") } };
    }
    default:
      throw unknownChoice(reader, "a variable access", choice);
  }
}

function writeVariable(writer: ByteWriter, variable: VariableAccess): void {
  switch (variable.kind) {
    case "variable":
      writer.unsigned8(2);
      writer.unsigned16(requireRange("The variable name", variable.name, 0xffff));
      return;
    case "parameterized":
      writer.unsigned8(4);
      writer.unsigned16(requireRange("The variable name", variable.name, 0xffff));
      writer.unsigned8(requireRange("The access selector", variable.selection.selector, 0xff));
      encodeData(writer, variable.selection.parameter);
      return;
    case "block-number":
      writer.unsigned8(5);
      writeBlockNumber(writer, variable.block);
      return;
    case "read-block":
    case "write-block":
      writer.unsigned8(variable.kind === "read-block" ? 6 : 7);
      writer.unsigned8(variable.block.last ? 1 : 0);
      writeBlockNumber(writer, variable.block.number);
      if (variable.kind === "read-block") writer.lengthAndBytes(variable.block.raw ?? new Uint8Array());
  }
}

/** `00` data, `01` data-access-result, `02` block, `03` block number. */
function readReadResult(reader: ByteReader): ReadResult {
  const choice = reader.unsigned8("a result");
  switch (choice) {
    case 0:
      return { data: decodeData(reader) };
    case 1:
      return { error: reader.unsigned8("a data-access-result") };
    case 2: {
      const last = reader.unsigned8("the last-block flag") !== 0;
      const number = reader.unsigned16("a block number");
      return { block: { last, number, raw: reader.lengthAndBytes("the raw data of a block") } };
    }
    case 3:
      return { blockNumber: reader.unsigned16("a block number") };
    default:
      throw unknownChoice(reader, "a result", choice);
  }
}

function writeReadResult(writer: ByteWriter, result: ReadResult): void {
  if ("block" in result) {
    writer.unsigned8(2);
    writer.unsigned8(result.block.last ? 1 : 0);
    writeBlockNumber(writer, result.block.number);
    writer.lengthAndBytes(result.block.raw);
  } else if ("blockNumber" in result) {
    writer.unsigned8(3);
    writeBlockNumber(writer, result.blockNumber);
  } else {
    writeGetDataResult(writer, result);
  }
}

/** `00` success, `01` data-access-result, `02` block number. */
function readWriteResult(reader: ByteReader): WriteResult {
  const choice = reader.unsigned8("a result");
  switch (choice) {
    case 0:
      return { result: 0 };
    case 1:
      return { result: reader.unsigned8("a data-access-result") };
    case 2:
      return { blockNumber: reader.unsigned16("a block number") };
    default:
      throw unknownChoice(reader, "a result", choice);
  }
}

function writeWriteResult(writer: ByteWriter, result: WriteResult): void {
  if ("blockNumber" in result) {
    writer.unsigned8(2);
    writeBlockNumber(writer, result.blockNumber);
  } else if (result.result === 0) {
    writer.unsigned8(0);
  } else {
    writer.unsigned8(1);
    writer.unsigned8(requireRange("The data-access-result", result.result, 0xff));
  }
}

function writeBlockNumber(writer: ByteWriter, block: number): void {
  writer.unsigned16(requireRange("The block number", block, 0xffff));
}
