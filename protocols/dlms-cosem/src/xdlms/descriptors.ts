/** The parts that several services share: who is invoked, what is addressed, how lists and choices are read. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { decodeData, encodeData } from "../data/codec.ts";
import { dlmsError } from "../errors.ts";
import type { AttributeDescriptor, Invocation, LongInvocation, MethodDescriptor, SelectedAttribute } from "./apdu.ts";

/** Invoke-Id-And-Priority: `PC00 iiii`, P = high priority, C = confirmed. */
export function readInvocation(reader: ByteReader): Invocation {
  const byte = reader.unsigned8("the invoke-id and priority");
  return { invokeId: byte & 0x0f, confirmed: (byte & 0x40) !== 0, highPriority: (byte & 0x80) !== 0 };
}

export function writeInvocation(writer: ByteWriter, invocation: Invocation): void {
  const { invokeId, confirmed, highPriority } = invocation;
  requireRange("The invoke-id", invokeId, 0x0f);
  writer.unsigned8((highPriority ? 0x80 : 0) | (confirmed ? 0x40 : 0) | invokeId);
}

/** Long-Invoke-Id-And-Priority: `PCBS 0000` and a 24-bit id; B = break on error, S = self-descriptive. */
export function readLongInvocation(reader: ByteReader): LongInvocation {
  const word = reader.unsigned32("the long invoke-id and priority");
  return {
    invokeId: word & 0xff_ffff,
    selfDescriptive: (word & 0x1000_0000) !== 0,
    processingBreakOnError: (word & 0x2000_0000) !== 0,
    confirmed: (word & 0x4000_0000) !== 0,
    highPriority: (word & 0x8000_0000) !== 0,
  };
}

export function writeLongInvocation(writer: ByteWriter, invocation: LongInvocation): void {
  requireRange("The long invoke-id", invocation.invokeId, 0xff_ffff);
  writer.unsigned32(
    (invocation.highPriority ? 0x8000_0000 : 0) |
      (invocation.confirmed ? 0x4000_0000 : 0) |
      (invocation.processingBreakOnError ? 0x2000_0000 : 0) |
      (invocation.selfDescriptive ? 0x1000_0000 : 0) |
      invocation.invokeId,
  );
}

export function readAttribute(reader: ByteReader): AttributeDescriptor {
  const classId = reader.unsigned16("a class id");
  const logicalName = readLogicalName(reader);
  return { classId, logicalName, attribute: reader.signed8("an attribute id") };
}

export function writeAttribute(writer: ByteWriter, attribute: AttributeDescriptor): void {
  writeObject(writer, attribute.classId, attribute.logicalName);
  writer.unsigned8(requireRange("The attribute id", attribute.attribute, 0x7f, -0x80));
}

export function readMethod(reader: ByteReader): MethodDescriptor {
  const classId = reader.unsigned16("a class id");
  const logicalName = readLogicalName(reader);
  return { classId, logicalName, method: reader.signed8("a method id") };
}

export function writeMethod(writer: ByteWriter, method: MethodDescriptor): void {
  writeObject(writer, method.classId, method.logicalName);
  writer.unsigned8(requireRange("The method id", method.method, 0x7f, -0x80));
}

/** An attribute and its optional access-selection. */
export function readSelectedAttribute(reader: ByteReader): SelectedAttribute {
  const attribute = readAttribute(reader);
  if (!readPresence(reader, "the access selection")) return attribute;
  const selector = reader.unsigned8("an access selector");
  return { ...attribute, selection: { selector, parameter: decodeData(reader) } };
}

export function writeSelectedAttribute(writer: ByteWriter, attribute: SelectedAttribute): void {
  writeAttribute(writer, attribute);
  if (attribute.selection === undefined) {
    writer.unsigned8(0);
    return;
  }
  writer.unsigned8(1);
  writer.unsigned8(requireRange("The access selector", attribute.selection.selector, 0xff));
  encodeData(writer, attribute.selection.parameter);
}

/** Six bytes as "1.0.1.8.0.255". */
function readLogicalName(reader: ByteReader): string {
  const at = reader.offset;
  reader.skip(6, "a logical name");
  const bytes = reader.bytes;
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}.${bytes[at + 4]}.${bytes[at + 5]}`;
}

/** Throws `obis_invalid` unless the name is six numbers from 0 to 255 with dots between. */
function writeLogicalName(writer: ByteWriter, logicalName: string): void {
  let groups = 0;
  let group = -1;
  for (let index = 0; index <= logicalName.length; index++) {
    const digit = index < logicalName.length ? logicalName.charCodeAt(index) - 0x30 : dot;
    if (digit >= 0 && digit <= 9) {
      group = (group < 0 ? 0 : group * 10) + digit;
      if (group > 0xff) break;
    } else if (digit === dot && group >= 0 && groups < 6) {
      writer.unsigned8(group);
      groups++;
      group = -1;
    } else {
      groups = -1;
      break;
    }
  }
  if (groups !== 6 || group >= 0) throw dlmsError("obis_invalid", { text: logicalName });
}

/** A list of counted elements; a count beyond the bytes that are there is refused at once. */
export function readList<T>(reader: ByteReader, what: string, read: (reader: ByteReader) => T): T[] {
  const at = reader.offset;
  const count = reader.length(`the number of ${what}`);
  if (count > reader.remaining) throw dlmsError("apdu_truncated", { what: `${count} ${what}`, offset: at });
  const list: T[] = [];
  for (let index = 0; index < count; index++) list.push(read(reader));
  return list;
}

export function writeList<T>(
  writer: ByteWriter,
  list: readonly T[],
  write: (writer: ByteWriter, element: T) => void,
): void {
  writer.writeLength(list.length);
  for (const element of list) write(writer, element);
}

/** The byte before an OPTIONAL: 0 absent, anything else present (meters send 01 and FF). */
export function readPresence(reader: ByteReader, what: string): boolean {
  return reader.unsigned8(what) !== 0;
}

/** The byte of a CHOICE. Throws `choice_unknown`. */
export function unknownChoice(reader: ByteReader, what: string, value: number): Error {
  return dlmsError("choice_unknown", { what, value, offset: reader.offset - 1 });
}

/** Throws `value_not_encodable` for what does not fit its field, naming it. */
export function requireRange(what: string, value: number, largest: number, smallest = 0): number {
  if (Number.isInteger(value) && value >= smallest && value <= largest) return value;
  throw dlmsError("value_not_encodable", {
    what: `${what} ${value}`,
    reason: `it must be a whole number from ${smallest} to ${largest}`,
  });
}

const dot = ".".charCodeAt(0) - 0x30;

function writeObject(writer: ByteWriter, classId: number, logicalName: string): void {
  writer.unsigned16(requireRange("The class id", classId, 0xffff));
  writeLogicalName(writer, logicalName);
}
