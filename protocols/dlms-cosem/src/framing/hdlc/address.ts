/**
 * HDLC addresses (IEC 62056-46 clause 6.4.2, Green Book clause 8.4.2). Each byte carries seven bits and, in its lowest
 * bit, whether it is the last one.
 *
 *   client, one byte        server, one byte       two bytes                     four bytes
 *   ┌───────────────┬─┐     ┌──────────────┬─┐     ┌──────────┬─┬──────────┬─┐   ┌───────┬─┬───────┬─┬───────┬─┬───────┬─┐
 *   │ client SAP    │1│     │ upper        │1│     │ upper    │0│ lower    │1│   │ upper │0│ upper │0│ lower │0│ lower │1│
 *   └───────────────┴─┘     └──────────────┴─┘     └──────────┴─┴──────────┴─┘   └───────┴─┴───────┴─┴───────┴─┴───────┴─┘
 *
 * The upper address is the logical device, the lower one the physical device on the line. The destination comes first.
 */
import { dlmsError } from "../../errors.ts";

export interface HdlcAddress {
  /** Upper address, or the client's service access point. */
  readonly logicalDevice: number;
  /** Lower address; absent in an address of one byte. */
  readonly physicalDevice?: number;
  /** Bytes on the line. The default is the shortest that holds the values. */
  readonly length?: HdlcAddressLength;
}

export type HdlcAddressLength = 1 | 2 | 4;

/** Reserved addresses; the all-station and calling ones are the same pattern of ones at each width (7 or 14 bits). */
export const hdlcAddresses = {
  noStation: 0,
  clientManagement: 0x01,
  managementLogicalDevice: 0x01,
  publicClient: 0x10,
  /** Lower address of the device that is calling, whose own address is not known. */
  calling: { 1: 0x7e, 2: 0x7e, 4: 0x3ffe },
  /** Broadcast: nobody answers. */
  allStation: { 1: 0x7f, 2: 0x7f, 4: 0x3fff },
} as const;

/** The bytes an address takes. Throws `hdlc_address_invalid` when its values do not fit. */
export function hdlcAddressLength(address: HdlcAddress): HdlcAddressLength {
  const { logicalDevice, physicalDevice } = address;
  const largest = Math.max(logicalDevice, physicalDevice ?? 0);
  const length = address.length ?? (physicalDevice === undefined ? 1 : largest > 0x7f ? 4 : 2);
  const limit = length === 4 ? 0x3fff : 0x7f;
  for (const part of [logicalDevice, physicalDevice ?? 0]) {
    if (!Number.isInteger(part) || part < 0 || part > limit) {
      throw invalidAddress(address, `each part is a whole number from 0 to ${limit} in ${length} byte(s)`);
    }
  }
  if (length === 1 && physicalDevice !== undefined) throw invalidAddress(address, "one byte holds no physical device");
  if (length > 1 && physicalDevice === undefined) throw invalidAddress(address, "the physical device is missing");
  return length;
}

/** An address in the bytes of its length; a client's number is an address of one byte. */
export function encodeHdlcAddress(address: HdlcAddress): Uint8Array {
  const upper = address.logicalDevice;
  const lower = address.physicalDevice ?? 0;
  switch (hdlcAddressLength(address)) {
    case 1:
      return Uint8Array.of((upper << 1) | 1);
    case 2:
      return Uint8Array.of(upper << 1, (lower << 1) | 1);
    case 4:
      return Uint8Array.of((upper >> 7) << 1, (upper & 0x7f) << 1, (lower >> 7) << 1, ((lower & 0x7f) << 1) | 1);
  }
}

/** How many bytes the address at `offset` has: 1, 2 or 4; 0 when it ends nowhere allowed, undefined before `end`. */
export function hdlcAddressLengthAt(bytes: Uint8Array, offset: number, end: number): HdlcAddressLength | 0 | undefined {
  for (let length = 1; length <= 4; length++) {
    if (offset + length > end) return undefined;
    if ((bytes[offset + length - 1]! & 1) === 1) return length === 3 ? 0 : (length as HdlcAddressLength);
  }
  return 0;
}

/** The address in `length` bytes at `offset`, as `hdlcAddressLengthAt` found it. */
export function decodeHdlcAddress(bytes: Uint8Array, offset: number, length: HdlcAddressLength): HdlcAddress {
  const septet = (index: number): number => bytes[offset + index]! >> 1;
  switch (length) {
    case 1:
      return { logicalDevice: septet(0), length };
    case 2:
      return { logicalDevice: septet(0), physicalDevice: septet(1), length };
    case 4:
      return { logicalDevice: (septet(0) << 7) | septet(1), physicalDevice: (septet(2) << 7) | septet(3), length };
  }
}

/** "16", "1/17" (logical/physical device) or "1/17 in 4 bytes", for messages. */
export function describeHdlcAddress(address: HdlcAddress): string {
  const { logicalDevice, physicalDevice, length } = address;
  if (physicalDevice === undefined) return `${logicalDevice}`;
  return length === 4 ? `${logicalDevice}/${physicalDevice} in 4 bytes` : `${logicalDevice}/${physicalDevice}`;
}

function invalidAddress(address: HdlcAddress, reason: string): Error {
  return dlmsError("hdlc_address_invalid", { value: describeHdlcAddress(address), what: "an HDLC address", reason });
}
