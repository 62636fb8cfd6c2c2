/**
 * A-XDR coding of COSEM data (IEC 61334-6; Green Book, clause 8.5): one tag byte, then the content.
 *
 * Octet-strings in what is decoded are views of the bytes given. Whether a value is in place is not this file's matter:
 * any type is taken anywhere.
 */
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import { decodeCompactArray, encodeCompactArray } from "./compact-array.ts";
import { decodeContent, encodeContent } from "./content.ts";
import type { Data } from "./data.ts";
import { dataLimits } from "./limits.ts";
import { dataTags } from "./tags.ts";
import { decodeWhole } from "./whole.ts";

/** Decodes exactly one value: too many bytes are an `apdu_too_long` error, bytes left over `apdu_trailing_bytes`. */
export function dataFromBytes(bytes: Uint8Array): Data {
  return decodeWhole(bytes, "the data", decodeData);
}

/** Throws `value_not_encodable` when a value is outside its type's range. */
export function dataToBytes(data: Data): Uint8Array {
  const writer = new ByteWriter();
  encodeData(writer, data);
  return writer.finish();
}

/** Decodes the next value and leaves the reader behind it. `depth` counts the arrays and structures around it. */
export function decodeData(reader: ByteReader, depth = 0): Data {
  const tag = reader.unsigned8("a data tag");
  if (tag === dataTags.structure) return { type: "structure", value: decodeElements(reader, depth) };
  if (tag === dataTags.array) return { type: "array", value: decodeElements(reader, depth) };
  if (tag === dataTags["compact-array"]) return decodeCompactArray(reader, depth);
  return decodeContent(reader, tag);
}

export function encodeData(writer: ByteWriter, data: Data): void {
  writer.unsigned8(dataTags[data.type]);
  switch (data.type) {
    case "array":
    case "structure":
      writer.writeLength(data.value.length);
      for (const element of data.value) encodeData(writer, element);
      return;
    case "compact-array":
      encodeCompactArray(writer, data.description, data.value);
      return;
    default:
      encodeContent(writer, data);
  }
}

function decodeElements(reader: ByteReader, depth: number): Data[] {
  if (depth >= dataLimits.nesting) {
    throw dlmsError("data_nesting_exceeded", { limit: dataLimits.nesting, offset: reader.offset });
  }
  const at = reader.offset;
  const count = reader.length("the number of elements");
  if (count > dataLimits.elements) {
    throw dlmsError("data_elements_exceeded", { count, limit: dataLimits.elements, offset: at });
  }
  // Every element takes a byte at least: a count beyond the bytes that are there is refused before anything is made.
  if (count > reader.remaining) throw dlmsError("apdu_truncated", { what: `${count} elements`, offset: at });
  const elements: Data[] = [];
  for (let index = 0; index < count; index++) elements.push(decodeData(reader, depth + 1));
  return elements;
}
