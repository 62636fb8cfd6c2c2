import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation, Random } from "@anymeter/sans-io/testing";
import { DlmsError } from "../errors.ts";
import { SecurityContext, type SecuritySettings } from "./context.ts";
import type { ProtectionForm } from "./forms.ts";
import { countFrom } from "./invocation-counter.ts";
import { fullProtection, noProtection } from "./policy.ts";
import { isProtected, type Protection, protect, readProtectionHeader, unprotect } from "./protection.ts";

/**
 * The published values of suite 0 (Green Book edition 8, tables 37 and 40): system title, keys, counter and get-request
 * of the Clock's time, and what becomes of it. Several independent libraries carry the same results in their tests.
 */
const published = {
  systemTitle: bytesFromHex("4D4D4D0000BC614E"),
  encryptionKey: bytesFromHex("000102030405060708090A0B0C0D0E0F"),
  authenticationKey: bytesFromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"),
  counter: 0x01234567,
  apdu: bytesFromHex("C0 01 00 00 08 00 00 01 00 00 FF 02 00"),
  authenticated: bytesFromHex("C8 1E 10 01234567 C0010000080000010000FF0200 06725D910F9221D263877516"),
  encrypted: bytesFromHex("C8 12 20 01234567 411312FF935A47566827C467BC"),
  both: bytesFromHex("C8 1E 30 01234567 411312FF935A47566827C467BC 7D825C3BE4A77C3FCC056B6B"),
};
const clientTitle = bytesFromHex("4D4D4D0000000001");

const policies = {
  authenticated: { authenticated: true, encrypted: false },
  encrypted: { authenticated: false, encrypted: true },
  both: fullProtection,
} as const;
type PolicyName = keyof typeof policies;
const policyNames = Object.keys(policies) as PolicyName[];
const forms: readonly ProtectionForm[] = ["global", "dedicated", "general-global", "general-dedicated"];

describe("protection with published values", () => {
  for (const name of policyNames) {
    it(`makes and opens the APDU that is ${name}`, () => {
      const bytes = protect(published.apdu, { context: sender(), policy: policies[name], form: "global" });
      assert.deepEqual(bytes, published[name]);
      assert.deepEqual(unprotect(bytes, receiver()), {
        apdu: published.apdu,
        authenticated: policies[name].authenticated,
        encrypted: policies[name].encrypted,
        invocationCounter: published.counter,
        systemTitle: published.systemTitle,
        key: "unicast",
      });
    });
  }

  it("puts the same content behind the title in the general form", () => {
    const bytes = protect(published.apdu, { context: sender(), policy: fullProtection, form: "general-global" });
    assert.deepEqual(bytes, joinBytes([bytesFromHex("DB 08 4D4D4D0000BC614E"), published.both.subarray(1)]));
  });
});

/**
 * A push of a real meter (Kaifa MA309M), published by its grid operator with key and plaintext (TINETZ, "Beispiel" to the
 * description of the customer interface): suite 1, encrypted and not authenticated.
 */
const meterPush = {
  key: bytesFromHex("101112131415161718191A1B1C1D1E1F"),
  systemTitle: bytesFromHex("4B464D1010000023"),
  ciphered: bytesFromHex(`
    DB084B464D10100000238201092100295B9AEFC1546E644A2C9E32EDD42CBD0F1B945B194D086885C4D8DF86DD52CB5B448854A6D548D5
    D270739B2A169D05B013F9015070089D3C5FA45CA05E92309A645CC83D7DA40FBC8F4CF9C225AFA69A25FF0B2AC9C2744550ABA53CE914
    3FD10B0AD85FD30BD6B6DFFEE65F8204DC9C5067CA73B62E299A39D50AA730B2B9AE3836BC2F3490FB41BE5B6F930D84952976369DD7DA
    BBB5A4354AECA1D2486CFF2EB0C6206380BA501D122AF75D716D3092C3960506A15E06FAB0EE5B7DFA3C2CDF0CAFD051B88E44B8B9FB88
    65F20CB89D1143CDC7EFEB07FB4C4898E764E9E3A32DDC3D1FB46961CE962B2C78050C96598C7E4D26658043F9CBCA78189BD01B139F8A
    E0F739`),
  plain: bytesFromHex(`
    0F0029B2DC0C07E50713010F2E2300FF8880020C09060000010000FF090C07E50713010F2E2300FF8880020209060000600100FF090E31
    4B464D303130303030303033350202090600002A0000FF09104B464D31313030313030303030303335020309060100200700FF12090402
    020FFF16230203090601001F0700FF12000002020FFE1621020309060100010700FF060000000002020F00161B020309060100020700FF
    060000000002020F00161B020309060100010800FF060000239402020F00161E020309060100020800FF060000000002020F00161E0203
    09060100030800FF060000006002020F001620020309060100040800FF060000000902020F001620`),
};

describe("protection of a real meter", () => {
  it("is opened to the published plaintext", () => {
    const context = new SecurityContext({
      suite: 1,
      systemTitle: clientTitle,
      keys: { unicastEncryption: meterPush.key },
      counter: countFrom(0),
    });
    assert.deepEqual(unprotect(meterPush.ciphered, context), {
      apdu: meterPush.plain,
      authenticated: false,
      encrypted: true,
      invocationCounter: 0x00295b9a,
      systemTitle: meterPush.systemTitle,
      key: "unicast",
    });
  });

  it("is made the same way", () => {
    const context = new SecurityContext({
      suite: 1,
      systemTitle: meterPush.systemTitle,
      keys: { unicastEncryption: meterPush.key },
      counter: countFrom(0x00295b9a),
    });
    const bytes = protect(meterPush.plain, { context, policy: policies.encrypted, form: "general-global" });
    assert.deepEqual(bytes, meterPush.ciphered);
  });
});

describe("protection", () => {
  for (const suite of [0, 1, 2] as const) {
    for (const form of forms) {
      it(`round-trips in suite ${suite}, ${form}, at any length`, () => {
        const random = new Random(suite * 10 + form.length);
        const { from, to } = pair(suite, random);
        for (const name of policyNames) {
          for (const length of [1, 15, 16, 17, 90, 109, 110, 127, 128, 300, 5000]) {
            const apdu = random.bytes(length);
            apdu[0] = 0xc4;
            const bytes = protect(apdu, { context: from, policy: policies[name], form });
            const opened = unprotect(bytes, to);
            assert.deepEqual(opened.apdu, apdu);
            assert.equal(opened.authenticated, policies[name].authenticated);
            assert.equal(opened.encrypted, policies[name].encrypted);
            assert.equal(opened.key, form.endsWith("dedicated") ? "dedicated" : "unicast");
          }
        }
      });
    }
  }

  it("leaves an APDU alone when the policy asks for nothing, and uses no counter up", () => {
    const context = sender();
    assert.equal(protect(published.apdu, { context, policy: noProtection, form: "global" }), published.apdu);
    const next = protect(published.apdu, { context, policy: fullProtection, form: "global" });
    assert.deepEqual(next, published.both);
  });

  it("gives plain byte arrays, not Buffers", () => {
    const bytes = protect(published.apdu, { context: sender(), policy: fullProtection, form: "global" });
    assert.equal(bytes.constructor, Uint8Array);
    for (const name of policyNames) {
      assert.equal(unprotect(Buffer.from(published[name]), receiver()).apdu.constructor, Uint8Array);
    }
  });

  it("uses the broadcast key and its own counters when asked", () => {
    const broadcastEncryption = bytesFromHex("0F0E0D0C0B0A09080706050403020100");
    const from = sender({ keys: { ...keys, broadcastEncryption }, broadcastCounter: countFrom(5) });
    const to = receiver({ keys: { ...keys, broadcastEncryption } });
    const bytes = protect(published.apdu, { context: from, policy: fullProtection, form: "global", broadcast: true });
    assert.equal(hexFromBytes(bytes.subarray(0, 7)), "C81E7000000005");
    assert.equal(unprotect(bytes, to).key, "broadcast");
    assert.equal(to.lastPeerCounter("broadcast"), 5);
    assert.equal(to.lastPeerCounter("unicast"), undefined);
    assert.throws(() => unprotect(bytes, receiver()), { code: "key_missing", message: /broadcast/ });
    const silent = sender({ keys: { ...keys, broadcastEncryption } });
    const protection: Protection = { context: silent, policy: fullProtection, form: "global", broadcast: true };
    assert.throws(() => protect(published.apdu, protection), { code: "key_missing", message: /counter/ });
  });

  it("gives the dedicated key counters of its own, that begin anew with each key", () => {
    const dedicated = bytesFromHex("A0A1A2A3A4A5A6A7A8A9AAABACADAEAF");
    const from = sender();
    const to = receiver();
    for (let association = 0; association < 2; association++) {
      from.useDedicatedKey(dedicated);
      to.useDedicatedKey(dedicated);
      const bytes = protect(published.apdu, { context: from, policy: fullProtection, form: "dedicated" });
      assert.equal(hexFromBytes(bytes.subarray(0, 7)), "D01E3000000000");
      assert.deepEqual(unprotect(bytes, to).apdu, published.apdu);
    }
    from.dropDedicatedKey();
    const protection: Protection = { context: from, policy: fullProtection, form: "dedicated" };
    assert.throws(() => protect(published.apdu, protection), { code: "key_missing", message: /dedicated/ });
  });

  it("refuses a form the service does not have before it takes a counter", () => {
    const context = sender();
    const notification = bytesFromHex("0F 00000001 00 00");
    assert.throws(() => protect(notification, { context, policy: fullProtection, form: "global" }), {
      code: "protection_form_unsupported",
      message: /general/,
    });
    assert.throws(() => protect(new Uint8Array(0), { context, policy: fullProtection, form: "global" }), {
      code: "protection_form_unsupported",
    });
    const bytes = protect(notification, { context, policy: fullProtection, form: "general-global" });
    assert.equal(unprotect(bytes, receiver()).invocationCounter, published.counter);
  });

  it("takes no counter when the authentication key is missing", () => {
    const counter = countFrom(7);
    const context = sender({ keys: { unicastEncryption: published.encryptionKey }, counter });
    assert.throws(() => protect(published.apdu, { context, policy: fullProtection, form: "global" }), {
      code: "key_missing",
    });
    assert.equal(counter.take(), 7);
  });

  it("passes on that the counter is used up, and refuses one that is none", () => {
    const exhausted = sender({ counter: countFrom(0xffff_ffff) });
    protect(published.apdu, { context: exhausted, policy: fullProtection, form: "global" });
    const protection: Protection = { context: exhausted, policy: fullProtection, form: "global" };
    assert.throws(() => protect(published.apdu, protection), { code: "invocation_counter_exhausted" });
    for (const wrong of [-1, 2 ** 32, 1.5, Number.NaN]) {
      const context = sender({ counter: { take: () => wrong } });
      assert.throws(() => protect(published.apdu, { context, policy: fullProtection, form: "global" }), {
        code: "invocation_counter_exhausted",
      });
    }
  });
});

describe("opening a protected APDU", () => {
  it("refuses a counter that is not above the last, and tells the one it expects", () => {
    const to = receiver();
    unprotect(published.both, to);
    assert.throws(() => unprotect(published.both, to), {
      code: "invocation_counter_replayed",
      details: { received: 0x01234567, expected: 0x01234568, key: "unicast" },
    });
    const stored = receiver({ lastPeerCounters: { unicast: 0x01234568 } });
    assert.throws(() => unprotect(published.encrypted, stored), { code: "invocation_counter_replayed" });
    const before = receiver({ lastPeerCounters: { unicast: 0x01234566 } });
    assert.equal(unprotect(published.encrypted, before).invocationCounter, 0x01234567);
    assert.equal(before.lastPeerCounter("unicast"), 0x01234567);
  });

  it("does not move the counter for an APDU it refuses", () => {
    const to = receiver();
    const forged = published.both.slice();
    forged[7]! ^= 1;
    forged[3] = 0xff;
    assert.throws(() => unprotect(forged, to), { code: "authentication_tag_mismatch" });
    assert.equal(to.lastPeerCounter("unicast"), undefined);
    assert.deepEqual(unprotect(published.both, to).apdu, published.apdu);
  });

  it("notices any changed bit", () => {
    for (const bytes of [published.authenticated, published.both]) {
      for (let at = 2; at < bytes.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const changed = bytes.slice();
          changed[at]! ^= 1 << bit;
          const to = receiver({ demands: policies.authenticated });
          assert.throws(() => unprotect(changed, to), DlmsError, `bit ${bit} of ${at}`);
        }
      }
    }
  });

  it("notices another encryption key, authentication key or system title", () => {
    const other = bytesFromHex("FF".repeat(16));
    const wrong: Partial<SecuritySettings>[] = [
      { keys: { ...keys, unicastEncryption: other } },
      { keys: { ...keys, authentication: other } },
      { peerSystemTitle: bytesFromHex("4D4D4D0000BC614F") },
    ];
    for (const settings of wrong) {
      for (const bytes of [published.authenticated, published.both]) {
        assert.throws(() => unprotect(bytes, receiver(settings)), { code: "authentication_tag_mismatch" });
      }
    }
    // Without a tag a wrong key shows by what comes out of it.
    assert.throws(() => unprotect(published.encrypted, receiver(wrong[0])), {
      code: "ciphered_apdu_invalid",
      message: /encryption key or the system title may be wrong/,
    });
  });

  it("refuses less protection than is demanded", () => {
    assert.throws(() => unprotect(published.encrypted, receiver({ demands: fullProtection })), {
      code: "security_policy_not_met",
      message: /encrypted, not authenticated; the policy demands authenticated and encrypted/,
    });
    assert.throws(() => unprotect(published.authenticated, receiver({ demands: policies.encrypted })), {
      code: "security_policy_not_met",
    });
    assert.equal(unprotect(published.both, receiver({ demands: policies.encrypted })).authenticated, true);
  });

  it("deciphers without the authentication key, and says that nothing was checked", () => {
    const withoutKey = { keys: { unicastEncryption: published.encryptionKey } };
    for (const name of ["authenticated", "both"] as const) {
      const opened = unprotect(published[name], receiver(withoutKey));
      assert.deepEqual(opened.apdu, published.apdu);
      assert.equal(opened.authenticated, false);
    }
    assert.throws(() => unprotect(published.both, receiver({ ...withoutKey, demands: fullProtection })), {
      code: "security_policy_not_met",
    });
  });

  it("refuses another suite, and compression", () => {
    const suite1 = published.both.slice();
    suite1[2] = 0x31;
    assert.throws(() => unprotect(suite1, receiver()), { code: "security_suite_mismatch" });
    const compressed = published.both.slice();
    compressed[2] = 0xb0;
    assert.throws(() => unprotect(compressed, receiver()), { code: "compression_unsupported" });
  });

  it("refuses a content that is not of the service its tag tells", () => {
    const response = published.both.slice();
    response[0] = 0xcc;
    assert.throws(() => unprotect(response, receiver()), {
      code: "ciphered_apdu_invalid",
      message: /tag CC must hold an APDU of tag C4, not C0/,
    });
  });

  it("refuses an APDU with nothing in it, or with more behind it", () => {
    const empty = bytesFromHex("C8 05 20 01234567");
    assert.throws(() => unprotect(empty, receiver()), { code: "ciphered_apdu_invalid" });
    const lessThanATag = bytesFromHex("C8 08 30 01234567 AABBCC");
    assert.throws(() => unprotect(lessThanATag, receiver()), { code: "apdu_truncated", message: /tag/ });
    const longer = joinBytes([published.both, Uint8Array.of(0)]);
    assert.throws(() => unprotect(longer, receiver()), { code: "apdu_trailing_bytes" });
    assert.throws(() => unprotect(published.apdu, receiver()), { code: "ciphered_apdu_invalid" });
  });

  it("trusts the frame when a sender counts a tag it leaves out, if told so", () => {
    const counted = published.encrypted.slice();
    counted[1]! += 12;
    assert.throws(() => unprotect(counted, receiver()), { code: "apdu_truncated" });
    const tolerant = receiver({ encryptionOnlyLength: "counts-absent-tag" });
    assert.deepEqual(unprotect(counted, tolerant).apdu, published.apdu);
    // An authenticated APDU whose tag is gone stays an error.
    const cut = published.both.slice(0, -12);
    assert.throws(() => unprotect(cut, receiver({ encryptionOnlyLength: "counts-absent-tag" })), {
      code: "apdu_truncated",
    });
  });

  it("takes the title from the APDU, from the context when it is empty, and refuses to guess", () => {
    const protection: Protection = { context: sender(), policy: fullProtection, form: "general-global" };
    const carried = protect(published.apdu, protection);
    const unknown = { peerSystemTitle: undefined } as Partial<SecuritySettings>;
    assert.deepEqual(unprotect(carried, receiver(unknown)).systemTitle, published.systemTitle);
    const omitted = protect(published.apdu, { ...protection, omitSystemTitle: true });
    assert.equal(hexFromBytes(omitted.subarray(0, 3)), "DB001E");
    assert.deepEqual(unprotect(omitted, receiver({ lastPeerCounters: { unicast: 1 } })).apdu, published.apdu);
    assert.throws(() => unprotect(omitted, receiver(unknown)), { code: "system_title_missing" });
    assert.throws(() => unprotect(published.both, receiver(unknown)), { code: "system_title_missing" });
  });

  it("refuses the title of another meter, its own, and one of a wrong length", () => {
    const carried = protect(published.apdu, { context: sender(), policy: fullProtection, form: "general-global" });
    const other = receiver({ peerSystemTitle: bytesFromHex("4D4D4D0000000099") });
    assert.throws(() => unprotect(carried, other), { code: "system_title_unexpected", message: /4D4D4D0000BC614E/ });
    assert.throws(() => unprotect(carried, sender({ peerSystemTitle: published.systemTitle })), {
      code: "system_title_unexpected",
      message: /own/,
    });
    const short = bytesFromHex("DB 03 4D4D4D 05 20 01234567");
    assert.throws(() => unprotect(short, receiver()), { code: "ciphered_apdu_invalid" });
  });

  it("reads the clear part without keys", () => {
    const bytes = protect(published.apdu, { context: sender(), policy: fullProtection, form: "general-global" });
    assert.deepEqual(readProtectionHeader(bytes), {
      form: "general-global",
      systemTitle: published.systemTitle,
      securityControl: 0x30,
      invocationCounter: published.counter,
    });
    assert.equal(isProtected(bytes), true);
    assert.equal(isProtected(published.apdu), false);
    assert.equal(isProtected(new Uint8Array(0)), false);
  });

  it("answers cut and changed bytes with a typed error or a value", () => {
    const general = protect(published.apdu, { context: sender(), policy: fullProtection, form: "general-global" });
    for (const bytes of [published.authenticated, published.encrypted, published.both, general]) {
      assertSurvivesCuttingAndMutation((mutant) => unprotect(mutant, receiver()), bytes, { mutants: 500 });
      assertSurvivesCuttingAndMutation(
        (mutant) => unprotect(mutant, receiver({ keys: { unicastEncryption: published.encryptionKey } })),
        bytes,
      );
    }
  });
});

const keys = { unicastEncryption: published.encryptionKey, authentication: published.authenticationKey };

function sender(settings: Partial<SecuritySettings> = {}): SecurityContext {
  const counter = countFrom(published.counter);
  return new SecurityContext({ suite: 0, systemTitle: published.systemTitle, keys, counter, ...settings });
}

function receiver(settings: Partial<SecuritySettings> = {}): SecurityContext {
  return new SecurityContext({
    suite: 0,
    systemTitle: clientTitle,
    peerSystemTitle: published.systemTitle,
    keys,
    counter: countFrom(0),
    ...settings,
  });
}

function pair(suite: 0 | 1 | 2, random: Random): { from: SecurityContext; to: SecurityContext } {
  const length = suite === 2 ? 32 : 16;
  const settings = {
    suite,
    keys: {
      unicastEncryption: random.bytes(length),
      authentication: random.bytes(length),
      dedicated: random.bytes(length),
    },
  };
  const from = new SecurityContext({ ...settings, systemTitle: published.systemTitle, counter: countFrom(1) });
  const to = new SecurityContext({
    ...settings,
    systemTitle: clientTitle,
    peerSystemTitle: published.systemTitle,
    counter: countFrom(1),
  });
  return { from, to };
}
