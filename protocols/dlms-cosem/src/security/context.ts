/**
 * One side's keys, titles and counters for talking with one peer. Keys go in and never come out: they are private fields
 * of node:crypto's own key objects, which neither traces nor errors can show.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import { dlmsError } from "../errors.ts";
import { countFrom, type InvocationCounter, largestInvocationCounter } from "./invocation-counter.ts";
import { noProtection, type SecurityPolicy } from "./policy.ts";
import { checkSecuritySuite, type SecuritySuite, securitySuites, systemTitleLength } from "./suites.ts";

/** Which encryption key: each has its own invocation counter in each direction. */
export type KeyName = "unicast" | "broadcast" | "dedicated";

export interface SecurityKeys {
  /** Global unicast encryption key (GUEK). */
  readonly unicastEncryption: Uint8Array;
  /** Global broadcast encryption key (GBEK). */
  readonly broadcastEncryption?: Uint8Array;
  /**
   * Global authentication key (GAK). Without it tags cannot be made, and those that come are not checked: the APDU is
   * deciphered and reported as not authenticated, for owners who were given only the encryption key.
   */
  readonly authentication?: Uint8Array;
  /** Encryption key of this association alone, from the InitiateRequest. */
  readonly dedicated?: Uint8Array;
}

export interface SecuritySettings {
  readonly suite: SecuritySuite;
  /** Own system title, 8 bytes. */
  readonly systemTitle: Uint8Array;
  /** The peer's, when known; usually it comes with the association. */
  readonly peerSystemTitle?: Uint8Array;
  readonly keys: SecurityKeys;
  /** Own counter under the unicast key. */
  readonly counter: InvocationCounter;
  /** Own counter under the broadcast key; needed to send with it. */
  readonly broadcastCounter?: InvocationCounter;
  /** The last counters accepted from the peer, as stored; absent when it was never heard under that key. */
  readonly lastPeerCounters?: { readonly unicast?: number; readonly broadcast?: number };
  /** What every APDU of the peer must have. Default: nothing. */
  readonly demands?: SecurityPolicy;
  /**
   * "counts-absent-tag": for senders whose encrypted-only APDUs count twelve bytes of a tag that they leave out; the
   * frame's length is trusted then. Default "exact".
   */
  readonly encryptionOnlyLength?: "exact" | "counts-absent-tag";
}

/** Throws `security_suite_unknown`, `key_invalid` or `system_title_invalid`. */
export class SecurityContext {
  readonly suite: SecuritySuite;
  readonly systemTitle: Uint8Array;
  readonly encryptionOnlyLength: "exact" | "counts-absent-tag";
  demands: SecurityPolicy;
  readonly #keys = new Map<KeyName, EncryptionKey>();
  readonly #additionalData = new Map<number, Uint8Array>();
  #authenticationKey: Uint8Array | undefined;
  #peerSystemTitle: Uint8Array | undefined;

  constructor(settings: SecuritySettings) {
    const { keys, lastPeerCounters } = settings;
    this.suite = checkSecuritySuite(settings.suite);
    this.systemTitle = checkedTitle(settings.systemTitle, "own");
    this.peerSystemTitle = settings.peerSystemTitle;
    this.encryptionOnlyLength = settings.encryptionOnlyLength ?? "exact";
    this.demands = settings.demands ?? noProtection;
    if (keys.authentication !== undefined)
      this.#authenticationKey = this.checkedKey("authentication", keys.authentication);
    this.setKey("unicast", keys.unicastEncryption, settings.counter, lastPeerCounters?.unicast);
    if (keys.broadcastEncryption !== undefined) {
      this.setKey("broadcast", keys.broadcastEncryption, settings.broadcastCounter, lastPeerCounters?.broadcast);
    }
    if (keys.dedicated !== undefined) this.useDedicatedKey(keys.dedicated);
  }

  get peerSystemTitle(): Uint8Array | undefined {
    return this.#peerSystemTitle;
  }
  set peerSystemTitle(title: Uint8Array | undefined) {
    this.#peerSystemTitle = title === undefined ? undefined : checkedTitle(title, "peer's");
  }

  /** True when tags can be made and checked. */
  get authenticates(): boolean {
    return this.#authenticationKey !== undefined;
  }

  has(key: KeyName): boolean {
    return this.#keys.has(key);
  }

  /**
   * Takes the dedicated key of an association into use. Its counters are a space of their own and start anew, from
   * `counter` on our side (default 0).
   */
  useDedicatedKey(
    key: Uint8Array,
    counter: InvocationCounter = countFrom(0, largestInvocationCounter, "dedicated"),
  ): void {
    this.setKey("dedicated", key, counter, undefined);
  }

  /** Forgets the dedicated key, at the end of its association. */
  dropDedicatedKey(): void {
    this.#keys.delete("dedicated");
  }

  /**
   * Takes a transferred global key into use, with counters that begin anew: only after the peer has confirmed it, by an
   * answer still under the old key. Throws `key_invalid`, and the old key stays then.
   */
  replaceKey(name: "unicast" | "broadcast", key: Uint8Array, counter: InvocationCounter): void {
    this.setKey(name, key, counter, undefined);
  }

  /** The same for the authentication key, which has no counters. */
  replaceAuthenticationKey(key: Uint8Array): void {
    this.#authenticationKey = this.checkedKey("authentication", key);
    this.#additionalData.clear();
  }

  /** The last counter accepted from the peer under a key, to be stored; undefined before the first. */
  lastPeerCounter(key: KeyName): number | undefined {
    return this.#keys.get(key)?.lastPeerCounter;
  }

  /** For this folder: a key with its counters. Throws `key_missing`. */
  key(name: KeyName): EncryptionKey {
    const key = this.#keys.get(name);
    if (key === undefined) throw dlmsError("key_missing", { key: `${name} encryption` });
    return key;
  }

  /** For this folder: SC ‖ AK, with which the additional authenticated data begin. Throws `key_missing`. */
  additionalData(securityControl: number): Uint8Array {
    const known = this.#additionalData.get(securityControl);
    if (known !== undefined) return known;
    if (this.#authenticationKey === undefined) throw dlmsError("key_missing", { key: "authentication" });
    const data = new Uint8Array(1 + this.#authenticationKey.length);
    data[0] = securityControl;
    data.set(this.#authenticationKey, 1);
    this.#additionalData.set(securityControl, data);
    return data;
  }

  private setKey(
    name: KeyName,
    key: Uint8Array,
    counter: InvocationCounter | undefined,
    last: number | undefined,
  ): void {
    const secret = createSecretKey(this.checkedKey(`${name} encryption`, key));
    this.#keys.set(name, new EncryptionKey(name, secret, counter, last));
  }

  private checkedKey(name: string, key: Uint8Array): Uint8Array {
    const { keyLength } = securitySuites[this.suite];
    if (key.length !== keyLength)
      throw dlmsError("key_invalid", { key: name, length: key.length, expected: keyLength });
    return Uint8Array.from(key);
  }
}

/** An encryption key and the counters of both directions under it. */
class EncryptionKey {
  readonly name: KeyName;
  readonly secret: KeyObject;
  lastPeerCounter: number | undefined;
  private readonly counter: InvocationCounter | undefined;

  constructor(name: KeyName, secret: KeyObject, counter: InvocationCounter | undefined, last: number | undefined) {
    this.name = name;
    this.secret = secret;
    this.counter = counter;
    this.lastPeerCounter = last;
  }

  /** Our next counter. Throws `invocation_counter_exhausted`, `key_missing` when the key was given without a counter. */
  takeCounter(): number {
    if (this.counter === undefined) throw dlmsError("key_missing", { key: `${this.name} key's invocation counter` });
    const counter = this.counter.take();
    if (Number.isInteger(counter) && counter >= 0 && counter <= largestInvocationCounter) return counter;
    throw dlmsError("invocation_counter_exhausted", { key: this.name });
  }

  /** Throws `invocation_counter_replayed` unless the peer's counter is above the last one accepted. */
  checkPeerCounter(received: number): void {
    const last = this.lastPeerCounter;
    if (last === undefined || received > last) return;
    throw dlmsError("invocation_counter_replayed", { received, expected: last + 1, key: this.name });
  }
}

export type { EncryptionKey, InvocationCounter };

function checkedTitle(title: Uint8Array, which: string): Uint8Array {
  if (title.length === systemTitleLength) return Uint8Array.from(title);
  throw dlmsError("system_title_invalid", { which, length: title.length });
}
