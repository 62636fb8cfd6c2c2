/**
 * The checksum of frames and of PASS: CRC-16, polynomial 0x8005, start 0, not reflected, no final exclusive or, sent low
 * byte first. It covers everything from SOH up to and including ETX (or the four letters of PASS).
 */

/** @returns the checksum of `bytes` from `start` to `end`, exclusive */
export function checksumOf(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let checksum = 0;
  for (let index = start; index < end; index++) {
    checksum = ((checksum << 8) & 0xffff) ^ table[((checksum >> 8) ^ bytes[index]!) & 0xff]!;
  }
  return checksum;
}

/** The message with its checksum behind it. */
export function withChecksum(message: Uint8Array): Uint8Array {
  const checksum = checksumOf(message);
  const bytes = new Uint8Array(message.length + 2);
  bytes.set(message);
  bytes[message.length] = checksum & 0xff;
  bytes[message.length + 1] = checksum >> 8;
  return bytes;
}

const polynomial = 0x8005;

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let checksum = byte << 8;
  for (let bit = 0; bit < 8; bit++) checksum = checksum & 0x8000 ? (checksum << 1) ^ polynomial : checksum << 1;
  return checksum & 0xffff;
});
