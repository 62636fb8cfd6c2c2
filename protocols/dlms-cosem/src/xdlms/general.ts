/** APDUs that carry other APDUs: general block transfer and the ciphered ones, whose content stays closed here. */
import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import type { CipheredApdu, GeneralBlockTransfer, GeneralCiphered } from "./apdu.ts";
import { requireRange } from "./descriptors.ts";
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
