/** Security modes 5 and 7 of the transport layer (EN 13757-7:2018, 7.6; OMS volume 2, 9.2 and 9.3). */
import { joinBytes, type ProtocolError } from "@anymeter/sans-io";
import { mbusError } from "../errors.ts";
import type { AuthenticationLayer } from "./authentication-layer.ts";
import { blockLength, cmac, decryptCbc, encryptCbc } from "./ciphers.ts";
import { type Configuration, isPlain, securityModeName, securityModes } from "./configuration.ts";

/** What came of enciphered data. */
export interface Deciphered {
  /** The plain data; undefined when it cannot be had. */
  readonly content: Uint8Array | undefined;
  /** "security mode 5, AES-128-CBC", for explanations; undefined for data that was plain. */
  readonly origin?: string;
  readonly problem?: ProtocolError;
}

export interface DecipherInput {
  /** The data behind the header; its first bytes may be enciphered. */
  readonly data: Uint8Array;
  readonly configuration: Configuration;
  readonly key: Uint8Array | undefined;
  /** Of the meter, in the order of wireless frames: from the long header, else from the link. */
  readonly address: Uint8Array | undefined;
  readonly accessNumber: number;
  readonly authentication: AuthenticationLayer | undefined;
}

/** Deciphers what the configuration field says is enciphered, and checks that it begins with two idle fillers. */
export function decipher(input: DecipherInput): Deciphered {
  const { data, configuration, key } = input;
  const { mode, encryptedLength } = configuration;
  if (isPlain(mode)) return { content: data };
  if (mode !== securityModes.cbc && mode !== securityModes.derivedCbc) {
    return startsPlain(data)
      ? { content: data }
      : { content: undefined, problem: mbusError("security_mode_unsupported", { mode: securityModeName(mode) }) };
  }
  if (encryptedLength === 0) return { content: data };
  if (encryptedLength > data.length) {
    return {
      content: undefined,
      problem: mbusError("cipher_truncated", { expected: encryptedLength, found: data.length }),
    };
  }
  const plain = key && plainOf(input, key);
  if (plain instanceof Uint8Array) {
    return {
      content: joinBytes([plain, data.subarray(encryptedLength)]),
      origin: `deciphered (${securityModeName(mode)}${encryptedLength < data.length ? `, first ${encryptedLength} bytes` : ""})`,
    };
  }
  // Gateways hand on telegrams they deciphered with the configuration field as the meter sent it.
  if (startsPlain(data)) return { content: data };
  return { content: undefined, problem: plain ?? mbusError("key_missing", { mode: securityModeName(mode) }) };
}

/** Mode 5: the meter's address and eight times the access number. */
export function initializationVector(address: Uint8Array, accessNumber: number): Uint8Array {
  const vector = new Uint8Array(blockLength).fill(accessNumber);
  vector.set(address);
  return vector;
}

/**
 * Enciphers data for mode 5: puts two idle fillers before it and fills it up to whole blocks with more.
 * @returns the data and what belongs into the configuration field
 */
export function encipher(
  data: Uint8Array,
  {
    key,
    address,
    accessNumber,
  }: { readonly key: Uint8Array; readonly address: Uint8Array; readonly accessNumber: number },
): { readonly data: Uint8Array; readonly configuration: number } {
  const length = Math.ceil((data.length + 2) / blockLength) * blockLength;
  if (length / blockLength > mostBlocks) {
    throw mbusError("cipher_too_long", { length: data.length, limit: mostBlocks * blockLength - 2 });
  }
  const padded = new Uint8Array(length).fill(idleFiller);
  padded.set(data, 2);
  const configuration = (securityModes.cbc << 8) | ((length / blockLength) << 4);
  return { data: encryptCbc(key, initializationVector(address, accessNumber), padded), configuration };
}

/** The first bytes deciphered, or why not. */
function plainOf(input: DecipherInput, key: Uint8Array): Uint8Array | ProtocolError {
  const { data, configuration, address, accessNumber, authentication } = input;
  if (!address) return mbusError("meter_address_missing", {});
  const ciphered = data.subarray(0, configuration.encryptedLength);
  if (configuration.mode === securityModes.cbc) {
    const plain = decryptCbc(key, initializationVector(address, accessNumber), ciphered);
    return startsPlain(plain) ? plain : mbusError("key_wrong", { check: "2F 2F at the beginning" });
  }
  if (!authentication?.counter) return mbusError("message_counter_missing", {});
  const derived = deriveKey(key, keyPurposes.encryptionFromMeter, authentication.counter, address);
  const plain = decryptCbc(derived, new Uint8Array(blockLength), ciphered);
  return startsPlain(plain) ? plain : mbusError("key_wrong", { check: "2F 2F at the beginning" });
}

/** First byte of the derivation (OMS volume 2, table "derivation constant"). */
export const keyPurposes = { encryptionFromMeter: 0x00, authenticationFromMeter: 0x01 } as const;

/**
 * CMAC(key, purpose ‖ message counter ‖ identification ‖ 07 × 7).
 * @param counter four bytes as in the authentication layer
 * @param address of the meter, in the order of wireless frames
 */
export function deriveKey(key: Uint8Array, purpose: number, counter: Uint8Array, address: Uint8Array): Uint8Array {
  const identification = address.subarray(2, 6);
  return cmac(key, joinBytes([Uint8Array.of(purpose), counter, identification, derivationPadding]));
}

function startsPlain(bytes: Uint8Array): boolean {
  return bytes[0] === idleFiller && bytes[1] === idleFiller;
}

const derivationPadding = new Uint8Array(7).fill(0x07);
const idleFiller = 0x2f;
const mostBlocks = 15;
