/** Keys of the authorization service: several at once, each good for thirty minutes, or as long as the habits let it. */
import { randomBytes } from "node:crypto";
import type { HabitSwitches } from "../habits/habit-switches.ts";

export class PrivateKeys {
  readonly #habits: HabitSwitches;
  readonly #keys = new Map<string, { readonly madeAt: number; uses: number }>();

  constructor(habits: HabitSwitches) {
    this.#habits = habits;
  }

  make(now: number): string {
    for (const key of this.#keys.keys()) if (!this.#isGood(key, now)) this.#keys.delete(key);
    // The oldest gives way: nobody signs in so often who means well.
    if (this.#keys.size >= mostKeys) this.#keys.delete(this.#keys.keys().next().value!);
    const key = randomBytes(16).toString("hex");
    this.#keys.set(key, { madeAt: now, uses: 0 });
    return key;
  }

  /** Whether a key is good, which counts as a use of it. */
  use(key: string | undefined, now: number): boolean {
    if (key === undefined || !this.#isGood(key, now)) return false;
    this.#keys.get(key)!.uses++;
    return true;
  }

  #isGood(key: string, now: number): boolean {
    const { keyLifetime, keyUses } = this.#habits.current;
    const known = this.#keys.get(key);
    if (known === undefined || now >= known.madeAt + (keyLifetime ?? lifetime) * 1000) return false;
    return keyUses === undefined || known.uses < keyUses;
  }
}

/** Seconds: the document's minimum. */
const lifetime = 1_800;
const mostKeys = 1_000;
