/**
 * 7E1 characters in an 8-bit stream. A modem inside the meter, or a gateway set to 8N1, passes the parity bit on as bit 7:
 * it is ignored in what comes, always, and computed for what is sent where the setting says so.
 */

/** Bit 7 made such that each byte has an even number of ones. */
export function withEvenParity(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => evenParity[byte & 0x7f]!);
}

/** True for a byte with an even number of ones. */
export function hasEvenParity(byte: number): boolean {
  return byte === evenParity[byte & 0x7f];
}

/** True where at least one byte has bit 7 and all have an even number of ones: characters of 7E1. */
export function carriesEvenParity(bytes: Uint8Array): boolean {
  let seen = false;
  for (const byte of bytes) {
    if (!hasEvenParity(byte)) return false;
    seen ||= byte > 0x7f;
  }
  return seen;
}

const evenParity = Uint8Array.from({ length: 128 }, (_, character) => {
  let ones = 0;
  for (let rest = character; rest > 0; rest >>= 1) ones += rest & 1;
  return ones % 2 === 0 ? character : character | 0x80;
});
