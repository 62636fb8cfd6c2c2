/** @returns an instant as the columnar store's SQL writes it */
export function instant(milliseconds: number): string {
  return `fromUnixTimestamp64Milli(toInt64(${integer(milliseconds)}), 'UTC')`;
}

/** @returns the digits of an integer, so that nothing else can get into a statement */
export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no integer`);
  return String(value);
}
