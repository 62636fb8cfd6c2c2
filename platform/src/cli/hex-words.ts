import { bytesFromHex } from "@anymeter/sans-io";

/** Lengths of keys, in bytes: AES-128 and AES-256. */
export const keyLengths = [16, 32] as const;

/** A word of hexadecimal digits that stands for so many bytes. @throws Error that says how many were given */
export function bytesOfLength(text: string, lengths: readonly number[]): Uint8Array {
  const bytes = bytesFromHex(text);
  if (lengths.includes(bytes.length)) return bytes;
  throw new Error(`${bytes.length} bytes were given, ${lengths.join(" or ")} are needed`);
}
