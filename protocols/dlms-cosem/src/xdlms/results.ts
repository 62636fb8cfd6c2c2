/** Results as GET and ACTION carry them, also for joined blocks. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { decodeData, encodeData } from "../data/codec.ts";
import type { Data } from "../data/data.ts";
import { decodeWhole } from "../data/whole.ts";
import type { ActionResult, DataBlock, GetDataResult } from "./apdu.ts";
import { readList, readPresence, requireRange, unknownChoice, writeList } from "./descriptors.ts";

/** The joined blocks of a GET with list: a count and the results. */
export function getResultsFromBytes(bytes: Uint8Array): GetDataResult[] {
  return listFromBytes(bytes, "results", readGetDataResult);
}

export function getResultsToBytes(results: readonly GetDataResult[]): Uint8Array {
  return listToBytes(results, writeGetDataResult);
}

/** The joined blocks of a SET or ACTION with list: a count and the values. */
export function dataListFromBytes(bytes: Uint8Array): Data[] {
  return listFromBytes(bytes, "values", readListedData);
}

export function dataListToBytes(list: readonly Data[]): Uint8Array {
  return listToBytes(list, encodeData);
}

/** The joined blocks of an ACTION response. */
export function actionResultFromBytes(bytes: Uint8Array): ActionResult {
  return decodeWhole(bytes, "the action result", readActionResult);
}

export function actionResultToBytes(result: ActionResult): Uint8Array {
  const writer = new ByteWriter();
  writeActionResult(writer, result);
  return writer.finish();
}

/** The joined blocks of an ACTION response with list: a count and the results. */
export function actionResultsFromBytes(bytes: Uint8Array): ActionResult[] {
  return listFromBytes(bytes, "results", readActionResult);
}

export function actionResultsToBytes(results: readonly ActionResult[]): Uint8Array {
  return listToBytes(results, writeActionResult);
}

/** Get-Data-Result: `00` data, or `01` data-access-result. */
export function readGetDataResult(reader: ByteReader): GetDataResult {
  const choice = reader.unsigned8("a result");
  if (choice === 0) return { data: decodeData(reader) };
  if (choice === 1) return { error: reader.unsigned8("a data-access-result") };
  throw unknownChoice(reader, "a result", choice);
}

export function writeGetDataResult(writer: ByteWriter, result: GetDataResult): void {
  if ("data" in result) {
    writer.unsigned8(0);
    encodeData(writer, result.data);
  } else {
    writer.unsigned8(1);
    writer.unsigned8(requireRange("The data-access-result", result.error, 0xff));
  }
}

/** Action-Response-With-Optional-Data: the action-result, then `00` or `01` and a Get-Data-Result. */
export function readActionResult(reader: ByteReader): ActionResult {
  const result = reader.unsigned8("an action-result");
  if (!readPresence(reader, "the return parameters")) return { result };
  return { result, returned: readGetDataResult(reader) };
}

export function writeActionResult(writer: ByteWriter, result: ActionResult): void {
  writer.unsigned8(requireRange("The action-result", result.result, 0xff));
  if (result.returned === undefined) {
    writer.unsigned8(0);
    return;
  }
  writer.unsigned8(1);
  writeGetDataResult(writer, result.returned);
}

/** DataBlock-SA: last-block, block-number, raw-data. */
export function readDataBlock(reader: ByteReader): DataBlock {
  const last = reader.unsigned8("the last-block flag") !== 0;
  const number = reader.unsigned32("a block number");
  return { last, number, raw: reader.lengthAndBytes("the raw data of a block") };
}

export function writeDataBlock(writer: ByteWriter, block: DataBlock): void {
  writer.unsigned8(block.last ? 1 : 0);
  writer.unsigned32(requireRange("The block number", block.number, 0xffff_ffff));
  writer.lengthAndBytes(block.raw);
}

/** As `decodeData`, in the shape `readList` calls. */
export function readListedData(reader: ByteReader): Data {
  return decodeData(reader);
}

function listFromBytes<T>(bytes: Uint8Array, what: string, read: (reader: ByteReader) => T): T[] {
  return decodeWhole(bytes, `the ${what}`, (reader) => readList(reader, what, read));
}

function listToBytes<T>(list: readonly T[], write: (writer: ByteWriter, element: T) => void): Uint8Array {
  const writer = new ByteWriter();
  writeList(writer, list, write);
  return writer.finish();
}
