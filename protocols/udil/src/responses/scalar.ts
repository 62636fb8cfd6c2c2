/** Numbers that JSON.parse made of digits it cannot hold. The text has to be read again, by a reader that keeps them. */
export class LostDigits extends Error {}

/** Text of a number as it stood in JSON. @throws LostDigits */
export function numberText(value: number): string {
  const size = Math.abs(value);
  // Between them, three digits after the point and all before it survive in a double.
  if (size >= 1e12 && !(Number.isSafeInteger(value) && size < 1e15)) throw new LostDigits();
  const text = String(value);
  if (text.includes("e")) throw new LostDigits();
  return text;
}
