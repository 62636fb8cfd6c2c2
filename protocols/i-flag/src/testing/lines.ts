/** Lines that tests spoil. */
import type { LineBehavior } from "@anymeter/sans-io/testing";

/** Keeps what passes. */
export function recorded(sent: Uint8Array[]): LineBehavior {
  return (bytes) => {
    sent.push(bytes);
    return [bytes];
  };
}

/** Spoils what passes as often as `spoil` gives something else; undefined lets it pass. */
export function spoiled(spoil: (bytes: Uint8Array, index: number) => readonly Uint8Array[] | undefined): LineBehavior {
  let index = 0;
  return (bytes) => spoil(bytes, index++) ?? [bytes];
}

/** The same bytes with one changed. */
export function changed(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === (at < 0 ? bytes.length + at : at) ? byte ^ 0x40 : byte));
}

/** Whether bytes are a frame of a database with this number. */
export function isFrame(bytes: Uint8Array, number: number): boolean {
  return bytes[0] === 0x01 && bytes.length > 7 && (bytes[2]! | ((bytes[3]! & 0x7f) << 8)) === number;
}
