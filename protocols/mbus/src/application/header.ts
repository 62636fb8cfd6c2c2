/** What stands before the records of a telegram (EN 13757-7:2018, 7.4). */
import { type ByteReader, type ByteWriter, commonError } from "@anymeter/sans-io";
import { digitsOf, encodeDigits } from "../records/binary-coded-decimal.ts";
import { manufacturerCode, manufacturerName } from "../records/manufacturer.ts";
import { configurationOf } from "../security/configuration.ts";
import type { HeaderKind } from "./control-information.ts";

/** Names one meter among all of all makers; the secondary address of the wired bus. */
export interface MeterAddress {
  /** The identification number: eight digits, "A" to "F" where a maker breaks the rule of decimal digits. */
  readonly identification: string;
  /** Three letters, "KAM". */
  readonly manufacturer: string;
  readonly version: number;
  /** The device type, see `mediumName`. */
  readonly medium: number;
}

/** The long header has every field, the short one no address, the fixed structure neither manufacturer nor version. */
export interface TelegramHeader extends Partial<MeterAddress> {
  readonly accessNumber: number;
  /** See `describeStatus`. */
  readonly status: number;
  /** Configuration field, which says how the data is enciphered; 0 is plain. */
  readonly configuration: number;
}

/** One field of a header, in order: for the decoder as for whoever explains bytes. */
export interface HeaderField {
  readonly name: "identification" | "manufacturer" | "version" | "medium" | "accessNumber" | "status" | "configuration";
  readonly length: number;
}

const addressFields: readonly HeaderField[] = [
  { name: "identification", length: 4 },
  { name: "manufacturer", length: 2 },
  { name: "version", length: 1 },
  { name: "medium", length: 1 },
];
const shortFields: readonly HeaderField[] = [
  { name: "accessNumber", length: 1 },
  { name: "status", length: 1 },
  { name: "configuration", length: 2 },
];

export const headerFields: Readonly<Record<HeaderKind, readonly HeaderField[]>> = {
  none: [],
  short: shortFields,
  long: [...addressFields, ...shortFields],
};

/**
 * @returns undefined when telegrams of this kind have no header
 * @throws ProtocolError `bytes_truncated`
 */
export function readHeader(reader: ByteReader, kind: HeaderKind): TelegramHeader | undefined {
  if (kind === "none") return undefined;
  const address = kind === "long" ? addressFromHeader(reader.take(8, "the address in the header")) : undefined;
  const accessNumber = reader.unsigned8("the access number");
  const status = reader.unsigned8("the status");
  const configuration = reader.unsigned16LE("the configuration field");
  reader.skip(configurationOf(configuration).extensionLength, "the extension of the configuration field");
  return address ? { ...address, accessNumber, status, configuration } : { accessNumber, status, configuration };
}

/** Identification, manufacturer, version, medium: the order of headers and selections. */
export function addressFromHeader(bytes: Uint8Array): MeterAddress {
  return {
    identification: digitsOf(bytes, 0, 4),
    manufacturer: manufacturerName(bytes[4]! | (bytes[5]! << 8)),
    version: bytes[6]!,
    medium: bytes[7]!,
  };
}

/** Manufacturer, identification, version, medium: the order of wireless frames and of initialization vectors. */
export function addressFromLink(bytes: Uint8Array): MeterAddress {
  return {
    identification: digitsOf(bytes, 2, 6),
    manufacturer: manufacturerName(bytes[0]! | (bytes[1]! << 8)),
    version: bytes[6]!,
    medium: bytes[7]!,
  };
}

/**
 * The eight bytes in the order of wireless frames.
 * @throws ProtocolError `value_not_encodable`
 */
export function linkAddressOf(address: MeterAddress): Uint8Array {
  const bytes = headerAddressOf(address);
  return Uint8Array.of(bytes[4]!, bytes[5]!, ...bytes.subarray(0, 4), bytes[6]!, bytes[7]!);
}

/**
 * Writes a header: long when it has an address, short otherwise.
 * @throws ProtocolError `value_not_encodable`
 */
export function writeHeader(writer: ByteWriter, header: TelegramHeader): void {
  if (header.identification !== undefined) writer.write(headerAddressOf(header));
  writer.unsigned8(header.accessNumber);
  writer.unsigned8(header.status);
  writer.unsigned16LE(header.configuration);
}

function headerAddressOf({ identification = "", manufacturer = "", version = 0, medium = 0 }: Partial<MeterAddress>) {
  const digits = encodeDigits(identification, 4);
  if (!digits || identification.length !== 8) {
    throw commonError("value_not_encodable", {
      what: "the identification",
      reason: `"${identification}" is not 8 digits`,
    });
  }
  const code = manufacturerCode(manufacturer);
  if (code === undefined) {
    throw commonError("value_not_encodable", {
      what: "the manufacturer",
      reason: `"${manufacturer}" is not 3 letters`,
    });
  }
  return Uint8Array.of(...digits, code & 0xff, code >> 8, version, medium);
}
