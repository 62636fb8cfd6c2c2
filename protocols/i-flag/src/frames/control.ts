/** Control characters and the fixed telegrams of a session. */
import { withChecksum } from "./checksum.ts";

export const soh = 0x01;
export const etx = 0x03;
export const ack = 0x06;
export const nak = 0x15;
export const carriageReturn = 0x0d;
export const lineFeed = 0x0a;
export const slash = 0x2f;

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export const acknowledge = Uint8Array.of(ack);
export const repeat = Uint8Array.of(nak);
/** `/?!` CR LF. */
export const signOn = ascii("/?!\r\n");
/** "PASS" and its checksum, the same from both sides: it is no secret. */
export const pass = withChecksum(ascii("PASS"));
/** SOH B 0 ETX and the checksum: the client leaves, the device does not answer. */
export const breakTelegram = withChecksum(Uint8Array.of(soh, 0x42, 0x30, etx));
/** What wakes a device: 12 NULs at least; 200 as the makers' own tools do. */
export const wakeUpLength = 200;
export const shortestWakeUp = 12;
/** NULs with which a device says that it is awake. */
export const awake = new Uint8Array(3);

/** The option telegram: mode 7, binary, at the speed of the identification's baud character. */
export function optionTelegram(baudCharacter: string): Uint8Array {
  return ascii(`\x060${baudCharacter}7\r\n`);
}
