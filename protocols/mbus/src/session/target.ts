/** Which meter of a bus is meant. */
import { mbusError } from "../errors.ts";
import { addresses } from "../frames/frame.ts";
import { formatSecondaryAddress, type SecondaryAddress, secondaryAddressBytes } from "../link/secondary-address.ts";

export type MbusTarget =
  /** 0 to 250; 254 = whoever is on the line, which only one meter may be. */
  { readonly primary: number } | { readonly secondary: SecondaryAddress };

/** The A field of frames to the target. */
export function addressOf(target: MbusTarget): number {
  return "primary" in target ? target.primary : addresses.selected;
}

/** "the primary address 5", "the secondary address 12345678-LUG-04-07": for messages. */
export function describeTarget(target: MbusTarget): string {
  return "primary" in target
    ? `the primary address ${target.primary}`
    : `the secondary address ${formatSecondaryAddress(target.secondary)}`;
}

/** @throws ProtocolError `primary_address_invalid`, `secondary_address_invalid` */
export function checkTarget(target: MbusTarget): void {
  if ("secondary" in target) secondaryAddressBytes(target.secondary);
  else if (target.primary !== addresses.allAnswer) checkPrimaryAddress(target.primary);
}

/** @throws ProtocolError `primary_address_invalid` */
export function checkPrimaryAddress(address: number): void {
  if (!Number.isInteger(address) || address < 0 || address > addresses.largestPrimary) {
    throw mbusError("primary_address_invalid", { address });
  }
}
