/** How devices write text in seven bits. */

/** A value without the blanks around it, with `\xNN` escapes made the characters they stand for. */
export function valueText(raw: string): string {
  const text = raw.includes("\\x")
    ? raw.replace(/\\x([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    : raw;
  return text.trim();
}

/**
 * A unit: as `valueText`, and with the degree sign where a device's 7-bit national character set has a brace: `{C` is °C.
 */
export function unitText(raw: string): string {
  return valueText(raw).replace(/^\{(?=[CFK]$)/, "°");
}
