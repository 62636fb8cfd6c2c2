/** The data of requests that read and write parameters, without their frame. */
import { type ByteReader, ByteWriter } from "@anymeter/sans-io";
import { iFlagError } from "../errors.ts";
import { longestData, readerOf } from "../frames/frame.ts";
import { lengthOfId, readId, writeId } from "../parameters/parameter-id.ts";

/** Parameters in one request at most; a device answers more with NAK. */
export const parametersPerRequest = 32;

export interface ParameterBytes {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** @throws ProtocolError `parameter_id_invalid` */
export function encodeReadParameters(ids: readonly number[]): Uint8Array {
  const writer = new ByteWriter(ids.length * 2);
  for (const id of ids) writeId(writer, id);
  return writer.finish();
}

/** @throws ProtocolError `bytes_truncated` or `request_invalid` */
export function decodeReadParameters(data: Uint8Array | ByteReader): readonly number[] {
  const reader = readerOf(data);
  const ids: number[] = [];
  while (reader.remaining > 0) ids.push(readId(reader));
  return ids;
}

/** @throws ProtocolError `parameter_id_invalid` */
export function encodeWriteParameters(parameters: readonly ParameterBytes[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { id, bytes } of parameters) {
    writeId(writer, id);
    writer.write(bytes);
  }
  return writer.finish();
}

/**
 * @param lengthOf the bytes a parameter has; undefined when there is none of that id. The line does not say it.
 * @throws ProtocolError `bytes_truncated` or `request_invalid`
 */
export function decodeWriteParameters(
  data: Uint8Array | ByteReader,
  lengthOf: (id: number) => number | undefined,
): readonly ParameterBytes[] {
  const reader = readerOf(data);
  const parameters: ParameterBytes[] = [];
  while (reader.remaining > 0) {
    const offset = reader.offset;
    const id = readId(reader);
    const length = lengthOf(id);
    if (length === undefined) {
      throw iFlagError("request_invalid", {
        what: "request to write parameters",
        reason: `the length of parameter ${id} is not known`,
        offset,
      });
    }
    parameters.push({ id, bytes: reader.take(length, `the value of parameter ${id}`) });
  }
  return parameters;
}

/**
 * Parameters in groups that one request can ask for: 32 of them, and 255 bytes of ids and of values.
 * @param lengthOf the bytes of a parameter's value
 */
export function groupedForReading<Parameter extends { readonly id: number }>(
  parameters: readonly Parameter[],
  lengthOf: (parameter: Parameter) => number,
): readonly (readonly Parameter[])[] {
  return grouped(parameters, ({ id }) => lengthOfId(id), lengthOf);
}

/** Parameters in groups that one request can write. */
export function groupedForWriting(parameters: readonly ParameterBytes[]): readonly (readonly ParameterBytes[])[] {
  return grouped(
    parameters,
    ({ id, bytes }) => lengthOfId(id) + bytes.length,
    () => 0,
  );
}

function grouped<Item>(
  items: readonly Item[],
  askedLength: (item: Item) => number,
  answeredLength: (item: Item) => number,
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let asked = 0;
  let answered = 0;
  for (const item of items) {
    asked += askedLength(item);
    answered += answeredLength(item);
    const last = groups.at(-1);
    if (last && last.length < parametersPerRequest && asked <= longestData && answered <= longestData) {
      last.push(item);
    } else {
      groups.push([item]);
      asked = askedLength(item);
      answered = answeredLength(item);
    }
  }
  return groups;
}
