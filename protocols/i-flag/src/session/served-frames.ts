/** The frames in which a converter sends the records of a database. */
import { joinBytes } from "@anymeter/sans-io";
import { encodeDatabaseFrame } from "../databases/database-frame.ts";
import { answerFrame } from "../frames/frame.ts";
import { type DatabaseRequest, encodeDatabaseRequest } from "../requests/database-request.ts";
import type { DatabaseRecords } from "./device.ts";

/** @param frameData bytes of data in a frame at most; records are cut wherever a frame is full */
export function framesOf(
  request: DatabaseRequest,
  { records, recordLength }: DatabaseRecords,
  frameData: number,
): readonly Uint8Array[] {
  const bytes = joinBytes(records);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length || frames.length === 0; ) {
    const number = frames.length;
    const first = number === 0 && {
      recordLength: records.length > 0 ? recordLength : 0,
      ...(request.count && { count: records.length }),
    };
    const head = number > 0 ? 2 : request.count ? 5 : 3;
    const end = Math.min(at + frameData - head, bytes.length);
    const last = end === bytes.length;
    frames.push(answerFrame(encodeDatabaseFrame({ number, last, ...first, records: bytes.subarray(at, end) })));
    at = end;
  }
  return frames;
}

/** Whether a request with session persistence means the transfer that broke off. */
export function isSameRequest(one: DatabaseRequest, other: DatabaseRequest): boolean {
  const [first, second] = [one, other].map((request) => encodeDatabaseRequest({ ...request, persistence: false }));
  return first!.every((byte, at) => byte === second![at]);
}
