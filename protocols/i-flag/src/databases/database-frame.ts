/**
 * One frame of a database's answer: its number (from 0, bit 15 set on the last), in the first frame the length of a
 * record and, when asked for, the number of records; then records, the newest first, cut anywhere.
 */
import { type ByteReader, ByteWriter } from "@anymeter/sans-io";
import { longestData, readerOf } from "../frames/frame.ts";

export interface DatabaseFrame {
  readonly number: number;
  readonly last: boolean;
  /** In the first frame only; 0 when the database has no records. */
  readonly recordLength?: number | undefined;
  /** In the first frame only, when it was asked for. */
  readonly count?: number | undefined;
  /** Bytes of records. */
  readonly records: Uint8Array;
}

const lastBit = 0x8000;
export const greatestFrameNumber = 0x7fff;

/**
 * @param counted the count was asked for
 * @throws ProtocolError `bytes_truncated`
 */
export function decodeDatabaseFrame(data: Uint8Array | ByteReader, counted: boolean): DatabaseFrame {
  const reader = readerOf(data);
  const numberAndLast = reader.unsigned16LE("the frame's number");
  const number = numberAndLast & greatestFrameNumber;
  const last = (numberAndLast & lastBit) !== 0;
  if (number > 0) return { number, last, records: reader.rest() };
  const recordLength = reader.unsigned8("the length of a record");
  // A device without records may leave the count out.
  const hasCount = counted && (recordLength > 0 || reader.remaining >= 2);
  const count = hasCount ? reader.unsigned16LE("the number of records") : undefined;
  return { number, last, recordLength, count, records: reader.rest() };
}

export function encodeDatabaseFrame(frame: DatabaseFrame): Uint8Array {
  const writer = new ByteWriter(longestData);
  writer.unsigned16LE(frame.number | (frame.last ? lastBit : 0));
  if (frame.recordLength !== undefined) writer.unsigned8(frame.recordLength);
  if (frame.count !== undefined) writer.unsigned16LE(frame.count);
  writer.write(frame.records);
  return writer.finish();
}
