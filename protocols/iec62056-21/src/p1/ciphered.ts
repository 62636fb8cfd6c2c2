/**
 * Ciphered P1 telegrams (Luxembourg, parts of Austria and Switzerland): a DLMS general-glo-ciphering APDU,
 * `DB 08 system-title length 30 counter ciphertext tag`, AES-128-GCM, around a telegram of its own.
 */
import { createDecipheriv } from "node:crypto";
import { ByteReader, joinBytes } from "@anymeter/sans-io";
import { iec62056Error } from "../errors.ts";

export interface P1Keys {
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** 16 bytes, part of what the tag authenticates. */
  readonly authenticationKey?: Uint8Array;
  /**
   * What is done with the tag. "key" checks it with the authentication key (default when there is one). "empty" checks it
   * without: some meters leave the additional data out. "none" skips it: the Luxembourg key that is printed everywhere
   * fails on real meters; the telegram's own checksum must then be there.
   */
  readonly authentication?: "key" | "empty" | "none";
  /** 8 bytes, for meters that leave their title out. */
  readonly systemTitle?: Uint8Array;
}

export interface CipheredP1 {
  readonly systemTitle: Uint8Array;
  readonly securityControl: number;
  readonly invocationCounter: number;
  readonly ciphertext: Uint8Array;
  /** 12 bytes; none where the security control says encrypted only. */
  readonly tag: Uint8Array;
}

/** First byte of a ciphered telegram: the tag of general-glo-ciphering. */
export const cipheredP1Tag = 0xdb;
/** Bytes of the longest ciphered telegram. */
export const cipheredP1Limit = 16 * 1024;
const tagLength = 12;

/**
 * Bytes of the ciphered telegram that begins with these; undefined when more are needed to tell.
 * @throws ProtocolError `message_invalid`
 */
export function cipheredP1Length(bytes: Uint8Array): number | undefined {
  const titleLength = bytes[1];
  if (titleLength === undefined) return undefined;
  if (titleLength !== 0 && titleLength !== 8) throw invalid(`its system title has ${titleLength} bytes`, 1);
  const at = 2 + titleLength;
  const first = bytes[at];
  if (first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 2 || first === 0x80) throw invalid("its length is not in one, two or three bytes", at);
  if (bytes.length < at + 1 + lengthBytes) return undefined;
  let length = lengthBytes === 0 ? first : 0;
  for (let index = 1; index <= lengthBytes; index++) length = length * 256 + bytes[at + index]!;
  const whole = at + 1 + lengthBytes + length;
  if (whole > cipheredP1Limit)
    throw iec62056Error("message_too_long", { message: "ciphered P1 telegram", limit: cipheredP1Limit });
  return whole;
}

/** @throws ProtocolError `bytes_truncated`, `message_invalid` */
export function decodeCipheredP1(bytes: Uint8Array): CipheredP1 {
  const reader = new ByteReader(bytes);
  if (reader.unsigned8("the tag DB") !== cipheredP1Tag) throw invalid("it does not begin with DB", 0);
  const length = cipheredP1Length(bytes);
  if (length !== undefined && length < bytes.length)
    throw invalid(`${bytes.length - length} bytes follow its end`, length);
  const systemTitle = reader.take(reader.unsigned8("the system title's length"), "the system title");
  const first = reader.unsigned8("the length");
  if (first > 0x80) reader.skip(first & 0x7f, "the length");
  const securityControl = reader.unsigned8("the security control");
  if ((securityControl & encrypted) === 0)
    throw invalid("its security control says that it is not encrypted", reader.offset - 1);
  const invocationCounter = reader.unsigned32("the invocation counter");
  const tagBytes = securityControl & authenticated ? tagLength : 0;
  if (length !== undefined && reader.remaining < tagBytes) throw invalid("it is too short for its tag", reader.offset);
  const ciphertext = reader.take(Math.max(0, (length ?? 0) - reader.offset - tagBytes), "the ciphertext");
  return { systemTitle, securityControl, invocationCounter, ciphertext, tag: reader.take(tagBytes, "the tag") };
}

/**
 * The telegram inside.
 * @throws ProtocolError `key_invalid`; `authentication_failed` when the keys do not fit or bytes were changed
 */
export function decipherP1(telegram: CipheredP1, keys: P1Keys): Uint8Array {
  checkKey("key", keys.key);
  if (keys.authenticationKey) checkKey("authentication key", keys.authenticationKey);
  const title = telegram.systemTitle.length === 8 ? telegram.systemTitle : keys.systemTitle;
  if (title?.length !== 8)
    throw iec62056Error("key_invalid", { key: "system title", length: title?.length ?? 0, expected: 8 });
  const counter = new Uint8Array(4);
  new DataView(counter.buffer).setUint32(0, telegram.invocationCounter);
  const nonce = joinBytes([title, counter]);
  const authentication = authenticationOf(keys);
  if (authentication === "none" || telegram.tag.length === 0) return counterMode(telegram.ciphertext, keys.key, nonce);
  if (authentication === "key" && !keys.authenticationKey) {
    throw iec62056Error("key_invalid", { key: "authentication key", length: 0, expected: 16 });
  }
  const additional =
    authentication === "empty"
      ? new Uint8Array(0)
      : joinBytes([Uint8Array.of(telegram.securityControl), keys.authenticationKey!]);
  try {
    const decipher = createDecipheriv("aes-128-gcm", keys.key, nonce, { authTagLength: tagLength });
    decipher.setAAD(additional);
    decipher.setAuthTag(telegram.tag);
    return joinBytes([decipher.update(telegram.ciphertext), decipher.final()]);
  } catch {
    throw iec62056Error("authentication_failed", {});
  }
}

/** True where the tag of a telegram is checked. */
export function checksTag(keys: P1Keys): boolean {
  return authenticationOf(keys) !== "none";
}

function authenticationOf({ authentication, authenticationKey }: P1Keys): "key" | "empty" | "none" {
  return authentication ?? (authenticationKey ? "key" : "none");
}

/** GCM without its tag is counter mode from 2. */
function counterMode(ciphertext: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const decipher = createDecipheriv("aes-128-ctr", key, joinBytes([nonce, Uint8Array.of(0, 0, 0, 2)]));
  return joinBytes([decipher.update(ciphertext), decipher.final()]);
}

/** Bits of the security control byte. */
const authenticated = 0x10;
const encrypted = 0x20;

function checkKey(name: string, key: Uint8Array): void {
  if (key.length !== 16) throw iec62056Error("key_invalid", { key: name, length: key.length, expected: 16 });
}

function invalid(reason: string, offset: number): Error {
  return iec62056Error("message_invalid", { message: "ciphered P1 telegram", reason, offset });
}
