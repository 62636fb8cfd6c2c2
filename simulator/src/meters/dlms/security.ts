/** The meter's side of ciphering: keys that can turn out wrong, and counters that outlive a restart. */
import {
  type InvocationCounter,
  largestInvocationCounter,
  type SecurityKeys,
  type ServerSecurity,
} from "@anymeter/dlms-cosem";
import type { DlmsFaultSwitches } from "./faults.ts";
import type { MeterIdentity } from "./identity.ts";
import type { Access } from "./makes.ts";
import type { MeterMemory } from "./memory.ts";

export class MeterSecurity implements ServerSecurity {
  readonly suite: 0 | 1;
  readonly policy: { readonly authenticated: boolean; readonly encrypted: boolean };
  readonly counter: InvocationCounter;
  readonly #faults: DlmsFaultSwitches;
  readonly #right: SecurityKeys;
  readonly #wrong: SecurityKeys;
  readonly #memory: MeterMemory;
  readonly #remember: () => void;

  /** `remember` persists the memory before it returns when `reserve` asked for a new range, soon otherwise. */
  constructor(
    settings: NonNullable<Access["security"]>,
    identity: MeterIdentity,
    faults: DlmsFaultSwitches,
    memory: MeterMemory,
    remember: (urgency: "now" | "soon") => void,
  ) {
    this.suite = settings.suite;
    this.policy = { authenticated: settings.authenticated, encrypted: settings.encrypted };
    const { unicastEncryptionKey, authenticationKey: authentication } = identity;
    this.#right = { unicastEncryption: unicastEncryptionKey, authentication };
    this.#wrong = { unicastEncryption: unicastEncryptionKey.map((byte) => byte ^ 0x5a), authentication };
    this.#faults = faults;
    this.#memory = memory;
    this.#remember = () => remember("soon");
    this.counter = new ReservedCounter(memory, faults, () => remember("now"));
  }

  get keys(): SecurityKeys {
    return this.#faults.current.wrongKey ? this.#wrong : this.#right;
  }

  get lastClientCounter(): number {
    return this.#memory.clientCounter;
  }
  set lastClientCounter(counter: number) {
    this.#memory.clientCounter = counter;
    this.#remember();
  }
}

/** Takes its values from ranges whose end was stored before the first of them is used. */
class ReservedCounter implements InvocationCounter {
  readonly #memory: MeterMemory;
  readonly #faults: DlmsFaultSwitches;
  readonly #store: () => void;
  #next: number;

  constructor(memory: MeterMemory, faults: DlmsFaultSwitches, store: () => void) {
    this.#memory = memory;
    this.#faults = faults;
    this.#store = store;
    this.#next = memory.reservedCounter + 1;
  }

  take(): number {
    if (this.#faults.current.replayedCounter && this.#next > 1) return this.#next - 1;
    if (this.#next > this.#memory.reservedCounter) {
      this.#memory.reservedCounter = Math.min(largestInvocationCounter, this.#next + counterRange);
      this.#store();
    }
    return this.#next++;
  }
}

const counterRange = 10_000;
