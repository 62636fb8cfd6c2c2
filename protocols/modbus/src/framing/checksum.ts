/** CRC-16 of RTU frames: polynomial A001 (reflected 8005), initial value FFFF, sent low byte first (Serial Line V1.02, 6.2.2). */

/** Of the bytes from `start` to `end`, exclusive. */
export function checksum(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff;
  for (let at = start; at < end; at++) crc = (crc >> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!;
  return crc;
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});
