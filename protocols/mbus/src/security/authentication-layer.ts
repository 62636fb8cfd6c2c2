/** Authentication and fragmentation layer (CI 90; EN 13757-7:2018, clause 6): message counter and MAC of the data behind it. */
import { type ByteReader, joinBytes, type ProtocolError } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import { cmac, equalInSecret } from "./ciphers.ts";
import { deriveKey, keyPurposes } from "./transport-security.ts";

export interface AuthenticationLayer {
  /** Number of the fragment, from 1; 0 in messages that were not cut. */
  readonly fragment: number;
  readonly moreFragments: boolean;
  /** Message control byte; its low four bits are the kind of MAC. */
  readonly messageControl: number | undefined;
  readonly keyInformation: number | undefined;
  /** Message counter, as in the layer: least significant byte first. */
  readonly counter: Uint8Array | undefined;
  readonly mac: Uint8Array | undefined;
  readonly messageLength: number | undefined;
  /** The fields with their bytes, in order. */
  readonly fields: readonly AuthenticationField[];
}

export interface AuthenticationField {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * @param reader behind the CI field
 * @throws ProtocolError `bytes_truncated`, `authentication_layer_invalid`
 */
export function readAuthenticationLayer(reader: ByteReader): AuthenticationLayer {
  const fields: AuthenticationField[] = [];
  const field = <Value>(name: string, read: (name: string) => Value): Value => {
    const offset = reader.offset;
    const value = read(name);
    fields.push({ name, offset, length: reader.offset - offset });
    return value;
  };
  const length = field("length of the layer", (name) => reader.unsigned8(name));
  const end = reader.offset + length;
  const control = field("fragmentation control", (name) => reader.unsigned16LE(name));
  const has = (bit: number) => (control & (1 << bit)) !== 0;
  const messageControl = has(13) ? field("message control", (name) => reader.unsigned8(name)) : undefined;
  const keyInformation = has(9) ? field("key information", (name) => reader.unsigned16LE(name)) : undefined;
  const counter = has(11) ? field("message counter", (name) => reader.take(4, name)) : undefined;
  const macLength = messageControl === undefined ? 0 : (macLengths[messageControl & 0x0f] ?? 0);
  const mac = has(10) ? field(macField, (name) => reader.take(macLength, name)) : undefined;
  const messageLength = has(12) ? field("message length", (name) => reader.unsigned16LE(name)) : undefined;
  if (reader.offset !== end) {
    throw mbusError("authentication_layer_invalid", {
      length,
      expected: length + reader.offset - end,
      offset: fields[0]!.offset,
    });
  }
  return {
    fragment: control & 0xff,
    moreFragments: has(14),
    messageControl,
    keyInformation,
    counter,
    mac,
    messageLength,
    fields: fields.filter(({ length: bytes }) => bytes > 0),
  };
}

/**
 * Checks the MAC over message control, counter, length and all that follows the layer.
 * @param message from the CI field behind the layer to the end
 * @param address of the meter, in the order of wireless frames
 * @returns what is wrong; undefined when the MAC is right
 */
export function authenticationProblem(
  layer: AuthenticationLayer,
  message: Uint8Array,
  key: Uint8Array,
  address: Uint8Array | undefined,
): ProtocolError | undefined {
  const { messageControl, counter, mac, messageLength } = layer;
  if (mac === undefined || mac.length === 0) return undefined;
  if (counter === undefined || messageControl === undefined) return mbusError("message_counter_missing", {});
  if (address === undefined) return mbusError("meter_address_missing", {});
  const derived = deriveKey(key, keyPurposes.authenticationFromMeter, counter, address);
  const lengthBytes = Uint8Array.of((messageLength ?? 0) & 0xff, (messageLength ?? 0) >> 8);
  const parts = [
    Uint8Array.of(messageControl),
    counter,
    ...(messageControl & lengthInMac ? [lengthBytes] : []),
    message,
  ];
  const expected = cmac(derived, joinBytes(parts)).subarray(0, mac.length);
  return equalInSecret(expected, mac) ? undefined : mbusError("mac_wrong", {});
}

/** Name of the field that proves the message. */
export const macField = "message authentication code";

/** Bytes of the MAC by the kind of authentication: AES-CMAC, shortened. */
const macLengths: Readonly<Record<number, number>> = { 3: 2, 4: 4, 5: 8, 6: 12, 7: 16 };

/** Message control, bit 6: the message length is part of what the MAC covers. */
const lengthInMac = 0x40;
