/** Parameter ids: one byte below 239, two bytes with the bits F000 from 239 on, most significant byte first. */
import type { ByteReader, ByteWriter } from "@anymeter/sans-io";
import { iFlagError } from "../errors.ts";

export const greatestParameterId = 0x0fff;
const firstLongId = 239;

/** "parameter 1", "the parameters 106, 1". */
export function parametersText(ids: readonly number[]): string {
  return ids.length === 1 ? `parameter ${ids[0]}` : `the parameters ${ids.join(", ")}`;
}

/** Bytes of an id on the line. */
export function lengthOfId(id: number): 1 | 2 {
  return id < firstLongId ? 1 : 2;
}

/** @throws ProtocolError `parameter_id_invalid` */
export function writeId(writer: ByteWriter, id: number): void {
  if (!Number.isInteger(id) || id < 0 || id > greatestParameterId) throw iFlagError("parameter_id_invalid", { id });
  if (id < firstLongId) writer.unsigned8(id);
  else writer.unsigned16(id | 0xf000);
}

/** @throws ProtocolError `bytes_truncated`, or `request_invalid` for a byte that begins no id */
export function readId(reader: ByteReader): number {
  const offset = reader.offset;
  const first = reader.unsigned8("a parameter id");
  if (first < firstLongId) return first;
  if (first < 0xf0) {
    throw iFlagError("request_invalid", {
      what: "parameter id",
      reason: `0x${first.toString(16)} begins none`,
      offset,
    });
  }
  return ((first & 0x0f) << 8) | reader.unsigned8("the low byte of a parameter id");
}
