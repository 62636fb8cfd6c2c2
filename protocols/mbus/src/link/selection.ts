/**
 * Selecting a meter by its secondary address (EN 13757-3 clause 11): CI 52 and a mask of eight bytes, to address 253. Every
 * meter that fits the mask is selected and acknowledges, all others de-select. An enhanced selection adds the fabrication
 * number as a record, for meters that share the eight bytes.
 */
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { controlInformationFields, controlInformationOf } from "../application/control-information.ts";
import { mbusError } from "../errors.ts";
import {
  anyByte,
  manufacturerOffset,
  type SecondaryAddress,
  secondaryAddressBytes,
  secondaryAddressLength,
  secondaryAddressOf,
} from "./secondary-address.ts";

/** DIF and VIF of the fabrication number in eight digits. */
const fabricationRecord = [0x0c, 0x78] as const;

/**
 * The secondary address and the fabrication number, twelve bytes in all, F and FF fitting anything.
 * @throws ProtocolError `secondary_address_invalid`
 */
export function selectionMask(address: SecondaryAddress): Uint8Array {
  const mask = new Uint8Array(selectionMaskLength).fill(anyByte);
  mask.set(secondaryAddressBytes(address));
  const { fabricationNumber } = address;
  if (fabricationNumber === undefined) return mask;
  if (!/^([0-9]{1,8}|[0-9F]{8})$/i.test(fabricationNumber)) {
    throw mbusError("secondary_address_invalid", {
      part: "fabrication number",
      value: fabricationNumber,
      allowed: "one to eight digits, or eight with F for any digit",
    });
  }
  mask.set(bytesFromHex(fabricationNumber.padStart(8, "0")).reverse(), secondaryAddressLength);
  return mask;
}

/** The address a mask of twelve bytes stands for. */
export function addressOfMask(mask: Uint8Array): SecondaryAddress {
  const fabricationNumber = hexFromBytes(mask.slice(secondaryAddressLength).reverse());
  return { ...secondaryAddressOf(mask), ...(!/^F+$/.test(fabricationNumber) && { fabricationNumber }) };
}

/** The application layer that selects by a mask. */
export function selectionApplication(mask: Uint8Array): Uint8Array {
  const enhanced = mask.subarray(secondaryAddressLength).some((byte) => byte !== anyByte);
  const plain = mask.subarray(0, secondaryAddressLength);
  return enhanced
    ? Uint8Array.of(
        controlInformationFields.selection,
        ...plain,
        ...fabricationRecord,
        ...mask.subarray(secondaryAddressLength),
      )
    : Uint8Array.of(controlInformationFields.selection, ...plain);
}

/** The mask of an application layer; undefined when it is no selection. */
export function maskOfSelection(application: Uint8Array): Uint8Array | undefined {
  if (application[0] !== controlInformationFields.selection || application.length < 1 + secondaryAddressLength)
    return undefined;
  const mask = new Uint8Array(selectionMaskLength).fill(anyByte);
  mask.set(application.subarray(1, 1 + secondaryAddressLength));
  const more = application.subarray(1 + secondaryAddressLength);
  if (more.length === 0) return mask;
  if (more.length !== 6 || more[0] !== fabricationRecord[0] || more[1] !== fabricationRecord[1]) return undefined;
  mask.set(more.subarray(2), secondaryAddressLength);
  return mask;
}

/** A header's eight bytes are such as the mask asks for. */
export function fitsMask(mask: Uint8Array, header: Uint8Array): boolean {
  if (!fitsDigits(mask, header, 0, manufacturerOffset)) return false;
  for (let index = manufacturerOffset; index < secondaryAddressLength; index++) {
    if (mask[index] !== anyByte && mask[index] !== header[index]) return false;
  }
  return true;
}

/** A fabrication number, four bytes BCD, is such as the mask asks for. */
export function fitsFabricationNumber(mask: Uint8Array, number: Uint8Array): boolean {
  return fitsDigits(mask.subarray(secondaryAddressLength), number, 0, 4);
}

/**
 * The secondary address in a telegram of a meter, where it has one: eight bytes with the long header, four of the
 * identification alone with the fixed structure.
 */
export function addressInTelegram(application: Uint8Array): Uint8Array | undefined {
  const field = application[0]!;
  const isFixed = field === controlInformationFields.fixedOrCompactLong;
  if (!isFixed && controlInformationOf(field)?.header !== "long") return undefined;
  const length = isFixed ? manufacturerOffset : secondaryAddressLength;
  return application.length > length ? application.subarray(1, 1 + length) : undefined;
}

/** A telegram comes from a meter such as the mask asks for; undefined when it does not say who sends it. */
export function telegramFits(mask: Uint8Array, application: Uint8Array): boolean | undefined {
  const address = addressInTelegram(application);
  if (address === undefined) return undefined;
  return address.length === secondaryAddressLength
    ? fitsMask(mask, address)
    : fitsDigits(mask, address, 0, manufacturerOffset);
}

/** Each digit of the mask is F or the same. */
function fitsDigits(mask: Uint8Array, digits: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const asked = mask[index]!;
    const difference = asked ^ digits[index]!;
    if ((asked & 0x0f) !== 0x0f && (difference & 0x0f) !== 0) return false;
    if ((asked & 0xf0) !== 0xf0 && (difference & 0xf0) !== 0) return false;
  }
  return true;
}

const selectionMaskLength = secondaryAddressLength + 4;
