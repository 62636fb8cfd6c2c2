/** CRC-16 of EN 13757 (IEC 60870-5-1, format class FT3): polynomial 3D65, start 0, complemented. */

/** Over the bytes from `start` up to `end`, exclusive. */
export function checkSequenceOf(bytes: Uint8Array, start: number, end: number): number {
  let register = 0;
  for (let index = start; index < end; index++) {
    register = ((register << 8) ^ table[((register >> 8) ^ bytes[index]!) & 0xff]!) & 0xffff;
  }
  return register ^ 0xffff;
}

const polynomial = 0x3d65;

const table: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  let register = byte << 8;
  for (let bit = 0; bit < 8; bit++) register = register & 0x8000 ? (register << 1) ^ polynomial : register << 1;
  return register & 0xffff;
});
