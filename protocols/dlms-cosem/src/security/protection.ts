/**
 * Ciphered APDUs (Green Book clause 9.2.7.2): made by `protect`, opened by `unprotect`.
 *
 *   service-specific   ┌─────┬─────┬────┬──────────┬───────────────────────┬──────────┐
 *                      │ tag │ len │ SC │ IC (4)   │ APDU, plain or        │ T (12)   │
 *                      │     │     │    │          │ encrypted             │          │
 *                      └─────┴─────┴────┴──────────┴───────────────────────┴──────────┘
 *   general            ┌─────┬─────┬──────────────┬─────┬────┬────────┬───────┬───────┐
 *                      │ DB  │ len │ system title │ len │ SC │ IC (4) │ APDU  │ T(12) │
 *                      │ DC  │     │ (8, or none) │     │    │        │       │       │
 *                      └─────┴─────┴──────────────┴─────┴────┴────────┴───────┴───────┘
 *
 *   security control   ┌────────────┬───────────┬───────────┬───────────────┬──────────────────┐
 *   SC, bits 7 to 0    │ compressed │ broadcast │ encrypted │ authenticated │ suite (4 bits)   │
 *                      └────────────┴───────────┴───────────┴───────────────┴──────────────────┘
 *
 * T is there only when authenticated. It covers SC ‖ AK, and the APDU as ciphertext or, when not encrypted, as further
 * additional data. The nonce is the sender's system title and IC.
 */
import { timingSafeEqual } from "node:crypto";
import { equalBytes, hexFromByte, hexFromBytes } from "@anymeter/sans-io";
import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { dlmsError } from "../errors.ts";
import type { KeyName, SecurityContext } from "./context.ts";
import { generalDedicatedTag, generalGlobalTag, type ProtectionForm, protectionOfTag, tagInForm } from "./forms.ts";
import { applyKeyStream, authenticate, decrypt, encrypt, type GaloisCounterInput } from "./galois-counter.ts";
import { demandPolicy, type SecurityPolicy } from "./policy.ts";
import { authenticationTagLength, systemTitleLength } from "./suites.ts";

/** Bits of the security control byte above the suite. */
export const securityControl = {
  suite: 0x0f,
  authenticated: 0x10,
  encrypted: 0x20,
  broadcast: 0x40,
  compressed: 0x80,
} as const;

export interface Protection {
  readonly context: SecurityContext;
  readonly policy: SecurityPolicy;
  readonly form: ProtectionForm;
  /** With the broadcast key, to all meters of a group. Default false. */
  readonly broadcast?: boolean;
  /** General forms: leave the system title out, as some senders do. Default false. */
  readonly omitSystemTitle?: boolean;
}

export interface Unprotected {
  /** The plain APDU. */
  readonly apdu: Uint8Array;
  /** False as well when there was a tag that could not be checked for want of the authentication key. */
  readonly authenticated: boolean;
  readonly encrypted: boolean;
  readonly invocationCounter: number;
  /** The sender's: as carried, or as known to the context. */
  readonly systemTitle: Uint8Array;
  readonly key: KeyName;
}

/** The clear part of a ciphered APDU: enough to find the keys of a sender not known beforehand. */
export interface ProtectionHeader {
  readonly form: ProtectionForm;
  /** Empty when the sender leaves it out, and in service-specific forms. */
  readonly systemTitle: Uint8Array;
  readonly securityControl: number;
  readonly invocationCounter: number;
}

/**
 * Wraps a plain APDU; without any protection in the policy it is returned as it is. One counter is used up.
 * Throws `key_missing`, `invocation_counter_exhausted`, `protection_form_unsupported` (before a counter is taken).
 */
export function protect(apdu: Uint8Array, protection: Protection): Uint8Array {
  const { context, policy, form } = protection;
  if (!policy.authenticated && !policy.encrypted) return apdu;
  const tag = outerTag(apdu, form);
  const key = context.key(keyOfForm(form, protection.broadcast === true));
  let control: number = context.suite;
  if (policy.authenticated) control |= securityControl.authenticated;
  if (policy.encrypted) control |= securityControl.encrypted;
  if (key.name === "broadcast") control |= securityControl.broadcast;
  // Before the counter is taken: a missing authentication key must not use one up.
  const additionalData = policy.authenticated ? context.additionalData(control) : undefined;
  const invocationCounter = key.takeCounter();
  const input = { suite: context.suite, key: key.secret, systemTitle: context.systemTitle, invocationCounter };

  const writer = new ByteWriter(apdu.length + 40);
  writer.unsigned8(tag);
  if (tag === generalGlobalTag || tag === generalDedicatedTag) {
    writer.lengthAndBytes(protection.omitSystemTitle === true ? noSystemTitle : context.systemTitle);
  }
  writer.writeLength(securityHeaderLength + apdu.length + (policy.authenticated ? authenticationTagLength : 0));
  writer.unsigned8(control);
  writer.unsigned32(invocationCounter);
  if (additionalData === undefined) {
    writer.write(applyKeyStream(input, apdu));
  } else if (policy.encrypted) {
    const { ciphertext, tag: authenticationTag } = encrypt(input, additionalData, apdu);
    writer.write(ciphertext);
    writer.write(authenticationTag);
  } else {
    writer.write(apdu);
    writer.write(authenticate(input, additionalData, apdu));
  }
  return writer.finish();
}

/**
 * Opens a ciphered APDU and moves the peer's counter forward; on any error the context is as before. The plain APDU is
 * new bytes when it was encrypted and a view of the given ones otherwise.
 *
 * Throws `ciphered_apdu_invalid`, `apdu_truncated`, `security_suite_mismatch`, `compression_unsupported`, `key_missing`,
 * `system_title_missing`, `system_title_unexpected`, `security_policy_not_met`, `invocation_counter_replayed`,
 * `authentication_tag_mismatch`.
 */
export function unprotect(apdu: Uint8Array, context: SecurityContext): Unprotected {
  const { form, plainTag, carriedTitle, content } = readEnvelope(apdu, context.encryptionOnlyLength);
  const { control, invocationCounter } = readSecurityHeader(content);
  const suite = control & securityControl.suite;
  if (suite !== context.suite) throw dlmsError("security_suite_mismatch", { found: suite, expected: context.suite });
  if ((control & securityControl.compressed) !== 0) throw dlmsError("compression_unsupported", {});

  const key = context.key(keyOfForm(form, (control & securityControl.broadcast) !== 0));
  const encrypted = (control & securityControl.encrypted) !== 0;
  const tagged = (control & securityControl.authenticated) !== 0;
  const authenticated = tagged && context.authenticates;
  demandPolicy({ authenticated, encrypted }, context.demands);
  const systemTitle = senderTitle(carriedTitle, context);
  key.checkPeerCounter(invocationCounter);

  const input = { suite: context.suite, key: key.secret, systemTitle, invocationCounter };
  const tagLength = tagged ? authenticationTagLength : 0;
  if (content.remaining < tagLength) {
    throw dlmsError("apdu_truncated", { what: "the authentication tag", offset: content.offset });
  }
  const body = content.take(content.remaining - tagLength, "the ciphered APDU");
  const additionalData = authenticated ? context.additionalData(control) : undefined;
  const plain = open(input, encrypted, additionalData, body, content.rest());
  if (plain.length === 0) throw dlmsError("ciphered_apdu_invalid", { reason: "there is no APDU in it" });
  if (plainTag !== undefined && plain[0] !== plainTag) throw wrongContent(apdu[0]!, plainTag, plain[0]!, authenticated);
  key.lastPeerCounter = invocationCounter;
  return { apdu: plain, authenticated, encrypted, invocationCounter, systemTitle, key: key.name };
}

/** Reads the clear part without keys. Throws `ciphered_apdu_invalid` for a plain APDU, `apdu_truncated`. */
export function readProtectionHeader(apdu: Uint8Array): ProtectionHeader {
  const { form, carriedTitle, content } = readEnvelope(apdu, "counts-absent-tag");
  const { control, invocationCounter } = readSecurityHeader(content);
  return { form, systemTitle: carriedTitle, securityControl: control, invocationCounter };
}

/** SC and IC, with which every ciphered content begins. */
export function readSecurityHeader(content: ByteReader): {
  readonly control: number;
  readonly invocationCounter: number;
} {
  const control = content.unsigned8("the security control byte");
  return { control, invocationCounter: content.unsigned32("the invocation counter") };
}

/** True when the APDU's first byte says that it is ciphered. */
export function isProtected(apdu: Uint8Array): boolean {
  return protectionOfTag(apdu[0]) !== undefined;
}

/** SC and IC. */
export const securityHeaderLength = 5;
const noSystemTitle = new Uint8Array(0);

function outerTag(apdu: Uint8Array, form: ProtectionForm): number {
  const plainTag = apdu[0];
  const tag = plainTag === undefined ? undefined : tagInForm(plainTag, form);
  if (tag === undefined)
    throw dlmsError("protection_form_unsupported", { tag: hexFromBytes(apdu.subarray(0, 1)), form });
  return tag;
}

function keyOfForm(form: ProtectionForm, broadcast: boolean): KeyName {
  if (form === "dedicated" || form === "general-dedicated") return "dedicated";
  return broadcast ? "broadcast" : "unicast";
}

interface Envelope {
  readonly form: ProtectionForm;
  readonly plainTag: number | undefined;
  readonly carriedTitle: Uint8Array;
  /** From SC on. */
  readonly content: ByteReader;
}

function readEnvelope(apdu: Uint8Array, encryptionOnlyLength: "exact" | "counts-absent-tag"): Envelope {
  const reader = new ByteReader(apdu);
  const tag = reader.unsigned8("the tag");
  const protection = protectionOfTag(tag);
  if (protection === undefined) {
    throw dlmsError("ciphered_apdu_invalid", { reason: `${hexFromByte(tag)} is not the tag of one`, offset: 0 });
  }
  const { form, plainTag } = protection;
  const carriedTitle = plainTag === undefined ? reader.lengthAndBytes("the system title") : noSystemTitle;
  if (carriedTitle.length !== 0 && carriedTitle.length !== systemTitleLength) {
    const reason = `its system title has ${carriedTitle.length} bytes instead of ${systemTitleLength} or none`;
    throw dlmsError("ciphered_apdu_invalid", { reason, offset: 2 });
  }
  let length = reader.length("the ciphered content");
  if (encryptionOnlyLength === "counts-absent-tag" && length === reader.remaining + authenticationTagLength) {
    const control = reader.bytes[reader.offset] ?? 0;
    if ((control & securityControl.authenticated) === 0) length = reader.remaining;
  }
  const content = reader.inner(length, "the end of the ciphered content");
  reader.expectEnd("the ciphered content");
  return { form, plainTag, carriedTitle, content };
}

/** The title of the nonce. A carried one must be the peer's, or our own APDUs could be sent back to us. */
function senderTitle(carried: Uint8Array, context: SecurityContext): Uint8Array {
  const known = context.peerSystemTitle;
  if (carried.length === 0) {
    if (known === undefined) throw dlmsError("system_title_missing", {});
    return known;
  }
  if (equalBytes(carried, context.systemTitle)) {
    throw dlmsError("system_title_unexpected", { found: hexFromBytes(carried), expected: "that is this side's own" });
  }
  if (known !== undefined && !equalBytes(carried, known)) {
    const expected = `the peer's is ${hexFromBytes(known)}`;
    throw dlmsError("system_title_unexpected", { found: hexFromBytes(carried), expected });
  }
  return carried;
}

function open(
  input: GaloisCounterInput,
  encrypted: boolean,
  additionalData: Uint8Array | undefined,
  body: Uint8Array,
  tag: Uint8Array,
): Uint8Array {
  if (additionalData === undefined) return encrypted ? applyKeyStream(input, body) : body;
  if (encrypted) return decrypt(input, additionalData, body, tag);
  if (!timingSafeEqual(authenticate(input, additionalData, body), tag)) {
    throw dlmsError("authentication_tag_mismatch", {});
  }
  return body;
}

/** With a checked tag the peer is confused; without one the likely cause is a wrong key. */
function wrongContent(tag: number, expected: number, found: number, authenticated: boolean): Error {
  const names = `tag ${hexFromByte(tag)} must hold an APDU of tag ${hexFromByte(expected)}, not ${hexFromByte(found)}`;
  const reason = authenticated ? names : `${names}; the encryption key or the system title may be wrong`;
  return dlmsError("ciphered_apdu_invalid", { reason });
}
