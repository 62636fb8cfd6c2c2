/** What the columns of tables of rows can hold. */

/** Of a Decimal(18, 3). */
export const mostWholeDigits = 15;
/** A decimal, before it has three digits after the point. */
export const storableDecimal = new RegExp(`^-?\\d{1,${mostWholeDigits}}(?:\\.\\d+)?$`);

/** Int32 */
export function isStorableInteger(number: number): boolean {
  return Number.isInteger(number) && number >= -(2 ** 31) && number < 2 ** 31;
}
