/**
 * Locks, which LIS-200 has instead of IEC 62056-21 passwords: `n:171.0` takes the code of lock n, `n:170.0` tells and sets
 * its state.
 */
import type { Address } from "./address/address.ts";
import { lis200Error } from "./errors.ts";

/** Locks by number. 5 and 6 are on newer devices only (DL230, EK280). */
export const locks = {
  2: "manufacturer's",
  3: "supplier's",
  4: "customer's",
  5: "data collector's",
  6: "user's",
} as const;

export type LockNumber = keyof typeof locks;
export type LockState = "open" | "closed";

/** @throws ProtocolError `lock_invalid` */
export function checkLock(number: number): LockNumber {
  if (number in locks) return number as LockNumber;
  throw lis200Error("lock_invalid", { number });
}

/** @throws ProtocolError `lock_code_invalid` */
export function checkLockCode(code: string): string {
  if (/^[\x20-\x27\x2a-\x7e]{1,16}$/.test(code)) return code;
  throw lis200Error("lock_code_invalid", { limit: 16 });
}

export function lockState(number: LockNumber): Address {
  return { instance: number, object: stateObject, attribute: "0" };
}

export function lockCode(number: LockNumber): Address {
  return { instance: number, object: codeObject, attribute: "0" };
}

/** What an address has to do with a lock; undefined when nothing. */
export function lockOf({
  instance,
  object,
  attribute,
}: Address): { number: LockNumber; holds: "state" | "code" } | undefined {
  if (attribute !== "0" || !(instance in locks) || (object !== stateObject && object !== codeObject)) return undefined;
  return { number: instance as LockNumber, holds: object === stateObject ? "state" : "code" };
}

/** @throws ProtocolError `state_invalid` */
export function parseLockState(text: string): LockState {
  const state = findLockState(text);
  if (!state) throw lis200Error("state_invalid", { text });
  return state;
}

/** The state a text is; undefined when it is none. */
export function findLockState(text: string): LockState | undefined {
  if (/^0*1$/.test(text)) return "open";
  return /^0+$/.test(text) ? "closed" : undefined;
}

export function lockStateText(state: LockState): string {
  return state === "open" ? "1" : "0";
}

const stateObject = "170";
const codeObject = "171";
