/** Binary coded decimals (type A): two digits a byte, the last two first. */

/** Digits as they stand in the bytes, first digit first; A to F for digits that are none. */
export function digitsOf(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let index = end - 1; index >= start; index--) {
    const byte = bytes[index]!;
    text += hexDigits[byte >> 4]! + hexDigits[byte & 0x0f]!;
  }
  return text;
}

/**
 * The number; undefined when a digit is none. F in the place of the first digit is the minus sign (EN 13757-3, annex A):
 * 02 00 F0 is -2.
 * @param end at most 6 bytes after `start`: larger numbers are not exact
 */
export function decodeDecimal(bytes: Uint8Array, start: number, end: number): number | undefined {
  let value = 0;
  let negative = false;
  for (let index = end - 1; index >= start; index--) {
    const byte = bytes[index]!;
    let high = byte >> 4;
    if (high === minus && index === end - 1) {
      negative = true;
      high = 0;
    }
    const low = byte & 0x0f;
    if (high > 9 || low > 9) return undefined;
    value = value * 100 + high * 10 + low;
  }
  return negative && value !== 0 ? -value : value;
}

/**
 * @param value whole
 * @returns the bytes, or undefined when the number has too many digits
 */
export function encodeDecimal(value: bigint, length: number): Uint8Array | undefined {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(length * 2 - (negative ? 1 : 0), "0");
  return encodeDigits(negative ? `F${digits}` : digits, length);
}

/** @returns the bytes of up to 2 × length hexadecimal digits, or undefined when there are more or others */
export function encodeDigits(digits: string, length: number): Uint8Array | undefined {
  if (digits.length > length * 2 || !/^[0-9A-Fa-f]*$/.test(digits)) return undefined;
  const padded = digits.padStart(length * 2, "0");
  return Uint8Array.from({ length }, (_, index) => {
    const at = (length - 1 - index) * 2;
    return Number.parseInt(padded.slice(at, at + 2), 16);
  });
}

const minus = 0x0f;
const hexDigits = "0123456789ABCDEF";
