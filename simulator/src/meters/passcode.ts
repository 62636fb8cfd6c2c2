/** Passwords and lock codes of eight digits, as meters have them. */
import { seedFor, unit } from "../random.ts";

/** @param kind keeps the codes of a meter for different things apart; `index` those for the same thing */
export function passcode(seed: number, kind: string, index = 0): string {
  return String(10_000_000 + Math.floor(unit(seedFor(seed, kind), index) * 90_000_000));
}

/** Another code than this one: what it was changed to, or what somebody wrongly believes. */
export function otherPasscode(code: string): string {
  return code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
}
