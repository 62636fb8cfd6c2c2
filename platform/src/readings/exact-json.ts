/**
 * Reviver for `JSON.parse` that keeps a `value` written as a JSON number as the digits it is written with, so that no
 * float comes in between.
 */
export function valueAsWritten(key: string, value: unknown, context?: { source?: string }): unknown {
  return key === "value" && typeof value === "number" ? (context?.source ?? value) : value;
}

/** Whether some `value` in the text is a bare number, so that parsing it again with `valueAsWritten` is worth it. */
export const bareValue = /"value"\s*:\s*[-\d]/;
