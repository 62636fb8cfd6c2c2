/**
 * `instance:object.attribute`: instances and objects may carry leading zeros, objects are hexadecimal and may have a
 * sub-index (`6:310_1.0`), archives are the object `V` (`3:V.2`). Answers may name a medium first (`7-2:302.2`).
 */
import { lis200Error } from "../errors.ts";

export interface Address {
  /** 0 to 99. */
  readonly instance: number;
  /** Hexadecimal in upper case without leading zeros, "1E0", with its sub-index, "310_1"; "V" for an archive. */
  readonly object: string;
  /** One of `attributes`. */
  readonly attribute: Attribute;
}

export const attributes = {
  "0": "value",
  "1": "access rights",
  "2": "description",
  "3": "unit text",
  "4": "source address",
  "5": "unit code",
  "6": "format",
  "7": "data type",
  "8": "settable source",
  "9": "reserved",
  A: "number of rows",
} as const;

export type Attribute = keyof typeof attributes;

/**
 * Reads an address as devices, manuals and the documented calls write it: `2:302.0`, `02:0302.0`, `2:302` (attribute 0),
 * `7-2:302.2`, and `2.302` with a dot for the colon, as an example of the Utilitarian documentation has it.
 * @throws ProtocolError `address_invalid`
 */
export function parseAddress(text: string): Address {
  const address = findAddress(text);
  if (!address) throw lis200Error("address_invalid", { text });
  return address;
}

/** The address a text names; undefined when it is none. */
export function findAddress(text: string): Address | undefined {
  if (text.length > addressLimit) return undefined;
  const [, instance, object = "", subIndex, attribute = "0"] = addressForm.exec(text.trim()) ?? [];
  if (instance === undefined) return undefined;
  return {
    instance: Number(instance),
    object: canonicalObject(object) + (subIndex === undefined ? "" : `_${Number(subIndex)}`),
    attribute: attribute.toUpperCase() as Attribute,
  };
}

/** As it is sent, and as a series is named: `2:302.0`. */
export function addressText({ instance, object, attribute }: Address): string {
  return `${instance}:${object}.${attribute}`;
}

/** The one way to write what may be written in several: `02:0302` becomes `2:302.0`. */
export function canonicalAddress(text: string): string {
  return addressText(parseAddress(text));
}

/** The same object's other attribute: of `2:302.0` the unit text is `2:302.3`. */
export function withAttribute(address: Address, attribute: Attribute): Address {
  return { ...address, attribute };
}

export function isArchive(address: Address): boolean {
  return address.object === "V";
}

/** Characters of the longest address, with zeros in front and blanks around. */
const addressLimit = 64;
const addressForm = /^(?:\d{1,2}-)?0*(\d{1,2})[:.](V|0*[0-9A-F]{1,4})(?:_(\d{1,2}))?(?:\.([0-9A]))?$/i;

function canonicalObject(object: string): string {
  return object.toUpperCase().replace(/^0+(?=.)/, "");
}
