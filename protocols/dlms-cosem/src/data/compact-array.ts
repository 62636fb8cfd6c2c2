/**
 * Compact-array (Green Book, clause 8.5; Blue Book, "compact-array"): a description of the element once, then the
 * elements' contents without tags.
 *
 *     13 | type-description | length | contents
 *     type-description = tag | 01 count(2) element | 02 n elements…
 */

import { hexFromByte } from "@anymeter/sans-io";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import { decodeContent, encodeContent } from "./content.ts";
import type { Data, TypeDescription } from "./data.ts";
import { dataLimits } from "./limits.ts";
import { dataTags, dataTypes } from "./tags.ts";

export type CompactArray = Extract<Data, { type: "compact-array" }>;

/** The tag is read already. */
export function decodeCompactArray(reader: ByteReader, depth: number): CompactArray {
  const at = reader.offset;
  const description = decodeDescription(reader, depth);
  refuseExpansion(description, at);
  const content = reader.inner(reader.length("the length of a compact-array"), "the contents of a compact-array");
  const value: Data[] = [];
  while (content.remaining > 0) {
    if (value.length >= dataLimits.elements) {
      throw dlmsError("data_elements_exceeded", { count: value.length + 1, limit: dataLimits.elements, offset: at });
    }
    value.push(decodeElement(content, description));
  }
  return { type: "compact-array", description, value };
}

/** The tag is written already. Throws `value_not_encodable` when an element is not as described. */
export function encodeCompactArray(writer: ByteWriter, description: TypeDescription, elements: readonly Data[]): void {
  encodeDescription(writer, description);
  const content = new ByteWriter();
  for (const element of elements) encodeElement(content, description, element);
  writer.lengthAndBytes(content.finish());
}

function decodeDescription(reader: ByteReader, depth: number): TypeDescription {
  if (depth >= dataLimits.nesting) {
    throw dlmsError("data_nesting_exceeded", { limit: dataLimits.nesting, offset: reader.offset });
  }
  const at = reader.offset;
  const tag = reader.unsigned8("a type description");
  const type = dataTypes[tag];
  if (type === undefined) throw dlmsError("data_tag_unknown", { tag: hexFromByte(tag), offset: at });
  switch (type) {
    case "array": {
      const count = reader.unsigned16("the number of elements of an array in a type description");
      return { type, count, element: decodeDescription(reader, depth + 1) };
    }
    case "structure": {
      const count = reader.length("the number of elements of a structure in a type description");
      if (count > reader.remaining)
        throw dlmsError("apdu_truncated", { what: `${count} type descriptions`, offset: at });
      const elements: TypeDescription[] = [];
      for (let index = 0; index < count; index++) elements.push(decodeDescription(reader, depth + 1));
      return { type, elements };
    }
    case "compact-array":
      throw dlmsError("compact_array_description_invalid", {
        reason: "a compact-array cannot hold another",
        offset: at,
      });
    default:
      return { type };
  }
}

function encodeDescription(writer: ByteWriter, description: TypeDescription): void {
  writer.unsigned8(dataTags[description.type]);
  switch (description.type) {
    case "array":
      writer.unsigned16(description.count);
      return encodeDescription(writer, description.element);
    case "structure":
      writer.writeLength(description.elements.length);
      for (const element of description.elements) encodeDescription(writer, element);
  }
}

function decodeElement(reader: ByteReader, description: TypeDescription): Data {
  switch (description.type) {
    case "array": {
      const value: Data[] = [];
      for (let index = 0; index < description.count; index++) value.push(decodeElement(reader, description.element));
      return { type: "array", value };
    }
    case "structure": {
      const value: Data[] = [];
      for (const element of description.elements) value.push(decodeElement(reader, element));
      return { type: "structure", value };
    }
    default:
      return decodeContent(reader, dataTags[description.type]);
  }
}

function encodeElement(writer: ByteWriter, description: TypeDescription, element: Data): void {
  if (element.type !== description.type) {
    throw mismatch(`it is ${element.type} where the description has ${description.type}`);
  }
  switch (description.type) {
    case "array": {
      const elements = element.value as readonly Data[];
      if (elements.length !== description.count) {
        throw mismatch(`an array has ${elements.length} elements where the description has ${description.count}`);
      }
      for (const inner of elements) encodeElement(writer, description.element, inner);
      return;
    }
    case "structure": {
      const elements = element.value as readonly Data[];
      if (elements.length !== description.elements.length) {
        throw mismatch(
          `a structure has ${elements.length} elements where the description has ${description.elements.length}`,
        );
      }
      for (let index = 0; index < elements.length; index++) {
        encodeElement(writer, description.elements[index]!, elements[index]!);
      }
      return;
    }
    default:
      encodeContent(writer, element as Parameters<typeof encodeContent>[1]);
  }
}

/**
 * A description of nulls, or of long arrays of them, would yield any number of values from no bytes: an element must
 * take bytes in proportion to the values it yields.
 */
function refuseExpansion(description: TypeDescription, offset: number): void {
  const { values, bytes } = smallestElement(description);
  if (bytes === 0) {
    throw dlmsError("compact_array_description_invalid", { reason: "its elements take no bytes", offset });
  }
  if (values > bytes * dataLimits.compactArrayExpansion) {
    const reason = `an element yields ${values} values from ${bytes} bytes`;
    throw dlmsError("compact_array_description_invalid", { reason, offset });
  }
}

/** How many values an element yields and how many bytes it takes at least. */
function smallestElement(description: TypeDescription): { values: number; bytes: number } {
  switch (description.type) {
    case "array": {
      const element = smallestElement(description.element);
      return { values: 1 + description.count * element.values, bytes: description.count * element.bytes };
    }
    case "structure": {
      let values = 1;
      let bytes = 0;
      for (const element of description.elements.map(smallestElement)) {
        values += element.values;
        bytes += element.bytes;
      }
      return { values, bytes };
    }
    case "null-data":
    case "dont-care":
      return { values: 1, bytes: 0 };
    default:
      return { values: 1, bytes: 1 };
  }
}

function mismatch(reason: string): Error {
  return dlmsError("value_not_encodable", { what: "An element of a compact-array", reason });
}
