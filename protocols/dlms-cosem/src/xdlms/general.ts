/** APDUs that carry other APDUs: general block transfer and the ciphered ones, whose content stays closed here. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import type { CipheredApdu, GeneralBlockTransfer, GeneralCiphered, GeneralCiphering, KeyInformation } from "./apdu.ts";
import { readPresence, requireRange, unknownChoice } from "./descriptors.ts";
import { readDateTimeOctets, writeOptionalDateTime } from "./notification.ts";
import { meaningOfTag, serviceTags } from "./tags.ts";

/** `E0 | control | block number | acknowledged block number | data`; control: 80 last, 40 streaming, 3F window. */
export function decodeGeneralBlockTransfer(reader: ByteReader): GeneralBlockTransfer {
  const control = reader.unsigned8("the block control");
  return {
    type: "general-block-transfer",
    last: (control & 0x80) !== 0,
    streaming: (control & 0x40) !== 0,
    window: control & 0x3f,
    block: reader.unsigned16("the block number"),
    acknowledged: reader.unsigned16("the acknowledged block number"),
    raw: reader.lengthAndBytes("the block data"),
  };
}

export function encodeGeneralBlockTransfer(writer: ByteWriter, transfer: GeneralBlockTransfer): void {
  const window = requireRange("The window", transfer.window, 0x3f);
  writer.unsigned8(serviceTags["general-block-transfer"].plain);
  writer.unsigned8((transfer.last ? 0x80 : 0) | (transfer.streaming ? 0x40 : 0) | window);
  writer.unsigned16(requireRange("The block number", transfer.block, 0xffff));
  writer.unsigned16(requireRange("The acknowledged block number", transfer.acknowledged, 0xffff));
  writer.lengthAndBytes(transfer.raw);
}

/** `tag | length | security control, invocation counter, …`. */
export function decodeCiphered(reader: ByteReader, tag: number): CipheredApdu {
  return { type: "ciphered", tag, content: reader.lengthAndBytes("the ciphered content") };
}

export function encodeCiphered(writer: ByteWriter, apdu: CipheredApdu): void {
  const meaning = meaningOfTag(apdu.tag);
  if (meaning === undefined || meaning.key === "plain") {
    throw dlmsError("value_not_encodable", {
      what: `The tag ${apdu.tag}`,
      reason: "it is not the tag of a ciphered APDU",
    });
  }
  writer.unsigned8(apdu.tag);
  writer.lengthAndBytes(apdu.content);
}

/** `DB or DC | length, system title | length | security control, invocation counter, …`. */
export function decodeGeneralCiphered(reader: ByteReader, tag: number): GeneralCiphered {
  const type = tag === serviceTags["general-glo-ciphering"].plain ? "general-glo-ciphering" : "general-ded-ciphering";
  return {
    type,
    systemTitle: reader.lengthAndBytes("the system title"),
    content: reader.lengthAndBytes("the ciphered content"),
  };
}

export function encodeGeneralCiphered(writer: ByteWriter, apdu: GeneralCiphered): void {
  writer.unsigned8(serviceTags[apdu.type].plain);
  writer.lengthAndBytes(apdu.systemTitle);
  writer.lengthAndBytes(apdu.content);
}

/** `DD | transaction-id | originator | recipient | date-time | other-information | key-info? | content`. */
export function decodeGeneralCiphering(reader: ByteReader): GeneralCiphering {
  const transactionId = reader.lengthAndBytes("the transaction id");
  const originatorSystemTitle = reader.lengthAndBytes("the originator's system title");
  const recipientSystemTitle = reader.lengthAndBytes("the recipient's system title");
  const dateTime = readDateTimeOctets(reader);
  const otherInformation = reader.lengthAndBytes("the other information");
  const key = readPresence(reader, "the key information") ? readKeyInformation(reader) : undefined;
  return {
    type: "general-ciphering",
    transactionId,
    originatorSystemTitle,
    recipientSystemTitle,
    ...(dateTime && { dateTime }),
    otherInformation,
    ...(key && { key }),
    content: reader.lengthAndBytes("the ciphered content"),
  };
}

export function encodeGeneralCiphering(writer: ByteWriter, apdu: GeneralCiphering): void {
  writer.unsigned8(serviceTags["general-ciphering"].plain);
  writer.lengthAndBytes(apdu.transactionId);
  writer.lengthAndBytes(apdu.originatorSystemTitle);
  writer.lengthAndBytes(apdu.recipientSystemTitle);
  writeOptionalDateTime(writer, apdu.dateTime);
  writer.lengthAndBytes(apdu.otherInformation);
  writer.unsigned8(apdu.key === undefined ? 0 : 1);
  if (apdu.key !== undefined) writeKeyInformation(writer, apdu.key);
  writer.lengthAndBytes(apdu.content);
}

/** `00` identified key, `01` wrapped key, `02` agreed key. */
function readKeyInformation(reader: ByteReader): KeyInformation {
  const choice = reader.unsigned8("the kind of key information");
  switch (choice) {
    case 0:
      return { kind: "identified", keyId: reader.unsigned8("a key id") };
    case 1: {
      const kekId = reader.unsigned8("a key id");
      return { kind: "wrapped", kekId, ciphered: reader.lengthAndBytes("a wrapped key") };
    }
    case 2: {
      const parameters = reader.lengthAndBytes("the parameters of an agreed key");
      return { kind: "agreed", parameters, ciphered: reader.lengthAndBytes("an agreed key") };
    }
    default:
      throw unknownChoice(reader, "the key information", choice);
  }
}

function writeKeyInformation(writer: ByteWriter, key: KeyInformation): void {
  switch (key.kind) {
    case "identified":
      writer.unsigned8(0);
      writer.unsigned8(requireRange("The key id", key.keyId, 0xff));
      return;
    case "wrapped":
      writer.unsigned8(1);
      writer.unsigned8(requireRange("The key id", key.kekId, 0xff));
      writer.lengthAndBytes(key.ciphered);
      return;
    case "agreed":
      writer.unsigned8(2);
      writer.lengthAndBytes(key.parameters);
      writer.lengthAndBytes(key.ciphered);
  }
}
