/** AES-128 as M-Bus uses it; the one place that knows `node:crypto`. */
import { createCipheriv, createDecipheriv, timingSafeEqual } from "node:crypto";

export const blockLength = 16;

/** Whole blocks, no padding. */
export function decryptCbc(key: Uint8Array, initializationVector: Uint8Array, bytes: Uint8Array): Uint8Array {
  const decipher = createDecipheriv("aes-128-cbc", key, initializationVector).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([decipher.update(bytes), decipher.final()]));
}

/** Whole blocks, no padding. */
export function encryptCbc(key: Uint8Array, initializationVector: Uint8Array, bytes: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-cbc", key, initializationVector).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(bytes), cipher.final()]));
}

/** Enciphers and deciphers alike. */
export function applyCounterMode(key: Uint8Array, counter: Uint8Array, bytes: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-ctr", key, counter);
  return new Uint8Array(Buffer.concat([cipher.update(bytes), cipher.final()]));
}

/** AES-CMAC (RFC 4493): 16 bytes. */
export function cmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const first = doubled(encryptCbc(key, zeroBlock, zeroBlock));
  const count = Math.max(1, Math.ceil(message.length / blockLength));
  const padded = new Uint8Array(count * blockLength);
  padded.set(message);
  const whole = message.length === padded.length;
  if (!whole) padded[message.length] = 0x80;
  const subkey = whole ? first : doubled(first);
  const last = padded.length - blockLength;
  for (let index = 0; index < blockLength; index++) padded[last + index]! ^= subkey[index]!;
  return encryptCbc(key, zeroBlock, padded).slice(-blockLength);
}

/** Takes as long for wrong bytes as for right ones. */
export function equalInSecret(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Times two in the field of RFC 4493. */
function doubled(block: Uint8Array): Uint8Array {
  const result = new Uint8Array(blockLength);
  for (let index = 0; index < blockLength; index++) {
    result[index] = (block[index]! << 1) | ((block[index + 1] ?? 0) >> 7);
  }
  if (block[0]! & 0x80) result[blockLength - 1]! ^= 0x87;
  return result;
}

const zeroBlock = new Uint8Array(blockLength);
