/** What a meter sends unasked: DataNotification (Green Book, clause 9.3.10) and EventNotification (clause 9.3.9). */
import { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { decodeData, encodeData } from "../data/codec.ts";
import { type CosemDateTime, readDateTime, writeDateTime } from "../data/date-time.ts";
import { dataTags } from "../data/tags.ts";
import { dlmsError } from "../errors.ts";
import type { DataNotification, DataNotificationConfirm, EventNotification } from "./apdu.ts";
import { readAttribute, readLongInvocation, readPresence, writeAttribute, writeLongInvocation } from "./descriptors.ts";
import { serviceTags } from "./tags.ts";

/** `0F | long invoke-id | date-time | data`. */
export function decodeDataNotification(reader: ByteReader): DataNotification {
  const invocation = readLongInvocation(reader);
  const dateTime = readNotificationDateTime(reader);
  return { type: "data-notification", invocation, ...(dateTime && { dateTime }), body: decodeData(reader) };
}

export function encodeDataNotification(writer: ByteWriter, notification: DataNotification): void {
  writer.unsigned8(serviceTags["data-notification"].plain);
  writeLongInvocation(writer, notification.invocation);
  writeOptionalDateTime(writer, notification.dateTime);
  encodeData(writer, notification.body);
}

/** `10 | long invoke-id | date-time`. */
export function decodeDataNotificationConfirm(reader: ByteReader): DataNotificationConfirm {
  const invocation = readLongInvocation(reader);
  const dateTime = readDateTimeOctets(reader);
  return { type: "data-notification-confirm", invocation, ...(dateTime && { dateTime }) };
}

export function encodeDataNotificationConfirm(writer: ByteWriter, confirmation: DataNotificationConfirm): void {
  writer.unsigned8(serviceTags["data-notification-confirm"].plain);
  writeLongInvocation(writer, confirmation.invocation);
  writeOptionalDateTime(writer, confirmation.dateTime);
}

/** `C2 | time? | class, logical name, attribute | data`. */
export function decodeEventNotification(reader: ByteReader): EventNotification {
  const time = readPresence(reader, "the time") ? readDateTimeOctets(reader) : undefined;
  const attribute = readAttribute(reader);
  return { type: "event-notification", ...(time && { time }), attribute, value: decodeData(reader) };
}

export function encodeEventNotification(writer: ByteWriter, notification: EventNotification): void {
  writer.unsigned8(serviceTags["event-notification"].plain);
  if (notification.time === undefined) {
    writer.unsigned8(0);
  } else {
    writer.unsigned8(1);
    writeOptionalDateTime(writer, notification.time);
  }
  writeAttribute(writer, notification.attribute);
  encodeData(writer, notification.value);
}

/** An octet-string of no bytes or of a date-time's twelve. */
export function writeOptionalDateTime(writer: ByteWriter, dateTime: CosemDateTime | undefined): void {
  if (dateTime === undefined) {
    writer.unsigned8(0);
    return;
  }
  writer.unsigned8(dateTimeLength);
  writeDateTime(writer, dateTime);
}

/** An octet-string of no bytes or of a date-time's twelve. */
export function readDateTimeOctets(reader: ByteReader): CosemDateTime | undefined {
  const at = reader.offset;
  const bytes = reader.lengthAndBytes("a date-time");
  if (bytes.length === 0) return undefined;
  if (bytes.length !== dateTimeLength) {
    throw dlmsError("length_invalid", {
      what: "a date-time",
      reason: `${bytes.length} bytes instead of 12`,
      offset: at,
    });
  }
  return readDateTime(new ByteReader(bytes));
}

/**
 * The standard's form is an octet-string without tag: `00`, or `0C` and 12 bytes. Kaifa's meters write the tag before
 * it (`09 0C …`), which no length of a date-time can be mistaken for.
 */
function readNotificationDateTime(reader: ByteReader): CosemDateTime | undefined {
  if (reader.remaining > 0 && reader.bytes[reader.offset] === dataTags["octet-string"]) reader.skip(1, "a date-time");
  return readDateTimeOctets(reader);
}

const dateTimeLength = 12;
