/** The characters of the line: 7-bit ISO 646, with the control characters that frame messages (clause 6). */

/** Control characters by the names the standard gives them. */
export const control = {
  NUL: 0x00,
  SOH: 0x01,
  STX: 0x02,
  ETX: 0x03,
  EOT: 0x04,
  ACK: 0x06,
  LF: 0x0a,
  CR: 0x0d,
  NAK: 0x15,
} as const;

/** Text as characters of the line. Characters beyond 7 bits have no place on it and lose their high bits. */
export function bytesFromText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index) & 0x7f;
  return bytes;
}

/** The characters of bytes, whose bit 7 may carry a parity bit. One byte is one character, so offsets are the same. */
export function textFromBytes(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const characters = new Uint8Array(end - start);
  for (let index = start; index < end; index++) characters[index - start] = bytes[index]! & 0x7f;
  return ascii.decode(characters);
}

const ascii = new TextDecoder("latin1");

/** The block check character: the exclusive or of the 7-bit characters from `start` up to `end`, exclusive (clause 6.5). */
export function blockCheck(bytes: Uint8Array, start: number, end: number): number {
  let check = 0;
  for (let index = start; index < end; index++) check ^= bytes[index]!;
  return check & 0x7f;
}
