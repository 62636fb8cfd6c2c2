/**
 * Secondary addresses (EN 13757-3 clause 11): eight bytes of a meter's header, by which it is selected on a bus. Any part
 * may be a wildcard. On the line these are identification (BCD), manufacturer, version and medium, least significant byte
 * first; a nibble F of the identification and a byte FF of the rest fit anything.
 */
import { bytesFromHex, hexFromByte, hexFromBytes } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { manufacturerCode, manufacturerName } from "../records/manufacturer.ts";

/** What is absent fits anything. */
export interface SecondaryAddress {
  /** Eight characters, each a digit, or F for any digit. */
  readonly identification?: string;
  /** Three letters: "LUG"; or four hexadecimal digits as on the line for a maker whose code is no letters. */
  readonly manufacturer?: string;
  /** 0 to 254. */
  readonly version?: number;
  /** 0 to 254, see the table of media. */
  readonly medium?: number;
  /**
   * The fabrication number of an enhanced selection: tells meters apart that share all of the above. Up to eight digits, or
   * eight with F for any digit.
   */
  readonly fabricationNumber?: string;
}

/** The address that every meter fits. */
export const anyMeter: SecondaryAddress = {};

/**
 * The eight bytes of a selection.
 * @throws ProtocolError `secondary_address_invalid`
 */
export function secondaryAddressBytes(address: SecondaryAddress): Uint8Array {
  const bytes = new Uint8Array(8).fill(0xff);
  const identification = address.identification ?? "FFFFFFFF";
  if (!/^[0-9F]{8}$/i.test(identification)) {
    throw invalid("identification", identification, "eight characters, each a digit or F for any digit");
  }
  bytes.set(bytesFromHex(identification).reverse());
  bytes.set(manufacturerBytes(address.manufacturer), manufacturerOffset);
  bytes[versionOffset] = partOf("version", address.version);
  bytes[mediumOffset] = partOf("medium", address.medium);
  return bytes;
}

/** The address that eight bytes of a header or a selection say; wildcards are left out. */
export function secondaryAddressOf(bytes: Uint8Array): SecondaryAddress {
  const identification = hexFromBytes(bytes.slice(0, manufacturerOffset).reverse());
  const manufacturer = manufacturerOf(bytes);
  const version = bytes[versionOffset]!;
  const medium = bytes[mediumOffset]!;
  return {
    ...(identification !== "FFFFFFFF" && { identification }),
    ...(manufacturer !== undefined && { manufacturer }),
    ...(version !== anyByte && { version }),
    ...(medium !== anyByte && { medium }),
  };
}

/** "12345678-LUG-04-07": version and medium hexadecimal, `*` for what fits anything, "+4711" for a fabrication number. */
export function formatSecondaryAddress(address: SecondaryAddress): string {
  const parts = [
    address.identification ?? "FFFFFFFF",
    address.manufacturer ?? "*",
    address.version === undefined ? "*" : hexFromByte(address.version),
    address.medium === undefined ? "*" : hexFromByte(address.medium),
  ];
  const fabrication = address.fabricationNumber === undefined ? "" : `+${address.fabricationNumber}`;
  return `${parts.join("-").toUpperCase()}${fabrication}`;
}

/**
 * Reads "12345678-LUG-04-07" (parts from the right may be left out: "1234FFFF"), and the sixteen hexadecimal digits other
 * tools print, whose manufacturer is as on the line: "12345678A7320407".
 * @throws ProtocolError `secondary_address_invalid`
 */
export function parseSecondaryAddress(text: string): SecondaryAddress {
  const digits = /^([0-9F]{8})([0-9A-F]{8})$/i.exec(text);
  if (digits) {
    const [, identification = "", rest = ""] = digits;
    return secondaryAddressOf(new Uint8Array([...bytesFromHex(identification).reverse(), ...bytesFromHex(rest)]));
  }
  const [, identification, manufacturer = "*", version = "*", medium = "*", fabricationNumber] =
    written.exec(text) ?? [];
  if (identification === undefined) throw invalid("secondary address", text, 'written like "12345678-LUG-04-07"');
  const address: SecondaryAddress = {
    ...(!/^(F{8}|\*)$/i.test(identification) && { identification: identification.toUpperCase() }),
    ...(manufacturer !== "*" && { manufacturer: manufacturer.toUpperCase() }),
    ...(version !== "*" && { version: Number.parseInt(version, 16) }),
    ...(medium !== "*" && { medium: Number.parseInt(medium, 16) }),
    ...(fabricationNumber !== undefined && { fabricationNumber }),
  };
  secondaryAddressBytes(address);
  return address;
}

/** Where the parts stand in the eight bytes. */
export const manufacturerOffset = 4;
export const versionOffset = 6;
export const mediumOffset = 7;
/** Bytes of a secondary address. */
export const secondaryAddressLength = 8;
/** A byte that fits anything. */
export const anyByte = 0xff;

const written =
  /^([0-9F]{8}|\*)(?:-(\*|[A-Z]{3}|[0-9A-F]{4})(?:-(\*|[0-9A-F]{2})(?:-(\*|[0-9A-F]{2}))?)?)?(?:\+([0-9]{1,8}|[0-9F]{8}))?$/i;

/** Three letters of five bits each, the first one highest, least significant byte first. */
function manufacturerBytes(manufacturer: string | undefined): Uint8Array {
  if (manufacturer === undefined) return Uint8Array.of(anyByte, anyByte);
  if (/^[0-9A-F]{4}$/i.test(manufacturer)) return bytesFromHex(manufacturer);
  if (!/^[A-Z]{3}$/i.test(manufacturer)) {
    throw invalid("manufacturer", manufacturer, 'three letters, or four hexadecimal digits as on the line: "A732"');
  }
  const code = manufacturerCode(manufacturer.toUpperCase())!;
  return Uint8Array.of(code & 0xff, code >> 8);
}

function manufacturerOf(bytes: Uint8Array): string | undefined {
  const low = bytes[manufacturerOffset]!;
  const high = bytes[manufacturerOffset + 1]!;
  if (low === anyByte && high === anyByte) return undefined;
  const code = low | (high << 8);
  const name = manufacturerName(code);
  return code < 0x8000 && /^[A-Z]{3}$/.test(name) ? name : hexFromByte(low) + hexFromByte(high);
}

function partOf(part: "version" | "medium", value: number | undefined): number {
  if (value === undefined) return anyByte;
  if (!Number.isInteger(value) || value < 0 || value > 254) throw invalid(part, value, "0 to 254");
  return value;
}

function invalid(part: string, value: string | number, allowed: string): Error {
  return mbusError("secondary_address_invalid", { part, value, allowed });
}
