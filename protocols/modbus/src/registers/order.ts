/**
 * Orders in which a value of several bytes lies in registers. A is the most significant byte: ABCD is the standard's own
 * order, CDAB has the low word first, BADC the bytes of each word swapped, DCBA both. 64-bit values likewise.
 */
export const orders = ["ABCD", "CDAB", "BADC", "DCBA"] as const;
export type Order = (typeof orders)[number];

/** Copies `length` bytes of `from` into `to`, most significant byte first. The same again undoes it. */
export function reorder(from: Uint8Array, start: number, length: number, order: Order, to: Uint8Array): void {
  const swapsWords = order === "CDAB" || order === "DCBA";
  const swapsBytes = order === "BADC" || order === "DCBA" ? 1 : 0;
  for (let index = 0; index < length; index++) {
    const word = index & ~1;
    const source = (swapsWords ? length - 2 - word : word) + ((index & 1) ^ swapsBytes);
    to[index] = from[start + source]!;
  }
}
