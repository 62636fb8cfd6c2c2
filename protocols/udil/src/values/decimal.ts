/** Exact decimal text with at most three digits after the point: digits are moved and cut, never computed in floats. */
import { scale } from "@anymeter/sans-io";

/** Whether text is a plain decimal: digits, with a sign and a point or without. */
export function isDecimal(text: string): boolean {
  let at = text.charCodeAt(0) === minus ? 1 : 0;
  let digits = 0;
  let point = false;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= zero && code <= nine) digits++;
    else if (code === dot && !point && digits > 0) point = true;
    else return false;
  }
  return digits > 0 && text.charCodeAt(text.length - 1) !== dot;
}

/** Plain decimal text of a number in any usual form: `+5`, `.5`, `5.`, `1.2E3`. undefined: it is none. */
export function decimalOf(text: string): string | undefined {
  if (isDecimal(text)) return text;
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  if (whole === "" && fraction === "") return undefined;
  const plain = scale(`${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}`, Number(exponent));
  return sign === "-" ? `-${plain}` : plain;
}

/**
 * With at most three digits after the point. Energies are cut toward zero, so that no row shows more than the register;
 * other values are rounded half up (away from zero).
 */
export function threeDigits(text: string, rounding: "truncate" | "half-up"): string {
  const point = text.indexOf(".");
  if (point === -1 || text.length - point <= 4) return text;
  const cut = text.slice(0, point + 4);
  if (rounding === "truncate" || text.charCodeAt(point + 4) < five) return unsignedZero(cut);
  return increased(cut);
}

/** One more in the last digit, away from zero. */
function increased(text: string): string {
  const negative = text.startsWith("-");
  const unsigned = negative ? text.slice(1) : text;
  const point = unsigned.indexOf(".");
  const digits = String(BigInt(unsigned.replace(".", "")) + 1n).padStart(unsigned.length - 1, "0");
  const at = digits.length - (unsigned.length - 1 - point);
  return `${negative ? "-" : ""}${digits.slice(0, at)}.${digits.slice(at)}`;
}

/** What is left of -0.0004 is 0. */
const unsignedZero = (text: string) => (text === "-0.000" ? "0.000" : text);

const zero = 0x30;
const nine = 0x39;
const five = 0x35;
const dot = 0x2e;
const minus = 0x2d;
