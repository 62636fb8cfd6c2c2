/** Scalars of documents as text, and what is lost when a document is read by JSON.parse. */

/**
 * JSON.parse left something out: digits of a long number, or the first of two members of one name. The text has to be read
 * again by a reader that keeps everything.
 */
export class Lost extends Error {}

/** Text of a number as it stood in JSON. @throws Lost */
export function numberText(value: number): string {
  const size = Math.abs(value);
  // Between them, three digits after the point and all before it survive in a double.
  if (size >= 1e12 && !(Number.isSafeInteger(value) && size < 1e15)) throw new Lost();
  const text = String(value);
  if (text.includes("e")) throw new Lost();
  return text;
}

/** Text of one value, empty for null; undefined: it is a list or an object. @throws Lost */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  return value === null || value === undefined ? "" : undefined;
}

export function isDigits(text: string): boolean {
  if (text.length === 0) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
