/**
 * The check sequences HCS and FCS: CRC-16/X.25 (ISO/IEC 13239, polynomial 1021 reflected to 8408, initial FFFF, final
 * complement), sent low byte first. A CRC run on over its own check sequence always leaves `goodCheckSequence`.
 */

/** The CRC register before the first byte. */
export const initialCheckSequence = 0xffff;
/** The CRC register after correct bytes and their check sequence. */
export const goodCheckSequence = 0xf0b8;

/** The CRC register after `bytes[start … end)`, from the register before them. */
export function continueCheckSequence(register: number, bytes: Uint8Array, start: number, end: number): number {
  let crc = register;
  for (let index = start; index < end; index++) crc = (crc >>> 8) ^ table[(crc ^ bytes[index]!) & 0xff]!;
  return crc;
}

/** The check sequence as it is sent after `bytes[start … end)`; its low byte goes first. */
export function checkSequence(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return continueCheckSequence(initialCheckSequence, bytes, start, end) ^ 0xffff;
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  return crc;
});
