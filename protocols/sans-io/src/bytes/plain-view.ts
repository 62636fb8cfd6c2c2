/** A Buffer's views are Buffers again: slower to make, with another `slice`, and unequal to a Uint8Array of the same bytes. */
export function plainView(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
