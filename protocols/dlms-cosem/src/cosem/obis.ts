/**
 * OBIS codes (Blue Book, clause 7; IEC 62056-61): six numbers A to F that name what an object holds.
 *
 * Read in any of the forms people write; the code itself, and the logical name of every APDU, is the full decimal form
 * "1.0.1.8.0.255".
 */
import { dlmsError } from "../errors.ts";

/** Medium, channel, quantity, processing, tariff or further classification, billing period; each 0 to 255. */
export interface Obis {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/**
 * Reads "1-0:1.8.0", "1-0:1.8.0*255", "1-0:1.8.0&255", "1.0.1.8.0.255" and the reduced "1.8.0" and "1.8.0*01" of
 * readouts, with A 1 and B 0 (or `defaults`); E left out ("1.8") is 0, F left out is 255. Throws `obis_invalid`.
 */
export function parseObis(text: string, defaults: { readonly a?: number; readonly b?: number } = {}): Obis {
  const match = fullDecimal.exec(text) ?? reduced.exec(text);
  if (match === null) throw dlmsError("obis_invalid", { text });
  const [, a = defaults.a ?? 1, b = defaults.b ?? 0, c, d, e = 0, f = 255] = match;
  const code = { a: Number(a), b: Number(b), c: Number(c), d: Number(d), e: Number(e), f: Number(f) };
  if (Object.values(code).some((group) => group > 255)) throw dlmsError("obis_invalid", { text });
  return code;
}

/** "1-0:1.8.0", with "*F" only when F is not 255: the form series are named by. */
export function formatObis(code: Obis | string): string {
  const { a, b, c, d, e, f } = typeof code === "string" ? parseObis(code) : code;
  return `${a}-${b}:${c}.${d}.${e}${f === 255 ? "" : `*${f}`}`;
}

/** "1.0.1.8.0.255", the form of attribute and method descriptors. */
export function logicalNameOf(code: Obis | string): string {
  const { a, b, c, d, e, f } = typeof code === "string" ? parseObis(code) : code;
  return `${a}.${b}.${c}.${d}.${e}.${f}`;
}

/** Six bytes, as attribute 1 of every object holds. Throws `obis_invalid`. */
export function obisToBytes(code: Obis | string): Uint8Array {
  const { a, b, c, d, e, f } = typeof code === "string" ? parseObis(code) : code;
  return Uint8Array.of(a, b, c, d, e, f);
}

/** The full decimal form of six bytes. Throws `obis_invalid` for any other number of them. */
export function logicalNameFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 6) throw dlmsError("obis_invalid", { text: bytes.join(".") });
  return bytes.join(".");
}

const fullDecimal = /^\s*(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\s*$/;
const reduced = /^\s*(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[*&.](\d{1,3}))?\s*$/;
