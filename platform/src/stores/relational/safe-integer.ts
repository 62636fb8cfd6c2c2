/** Reads a bigint of the store as a number. @throws RangeError beyond 2^53, which no column of ours reaches */
export function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`);
  return value;
}
