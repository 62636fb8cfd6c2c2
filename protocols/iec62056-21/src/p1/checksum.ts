/** The checksum of P1 telegrams, CRC-16/ARC: polynomial x^16 + x^15 + x^2 + 1 reflected, from zero (DSMR P1 companion standard 5.2). */
export function p1Checksum(bytes: Uint8Array, start: number, end: number): number {
  let checksum = 0;
  for (let index = start; index < end; index++) checksum = (checksum >> 8) ^ table[(checksum ^ bytes[index]!) & 0xff]!;
  return checksum;
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >> 1) ^ 0xa001 : remainder >> 1;
  return remainder;
});
