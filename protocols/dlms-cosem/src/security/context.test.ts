import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { SecurityContext, type SecuritySettings } from "./context.ts";
import { countFrom } from "./invocation-counter.ts";
import { demandPolicy, fullProtection, noProtection, policiesFromSecuritySetup } from "./policy.ts";
import { protect, unprotect } from "./protection.ts";

const settings: SecuritySettings = {
  suite: 0,
  systemTitle: new Uint8Array(8).fill(1),
  keys: { unicastEncryption: new Uint8Array(16).fill(0xab), authentication: new Uint8Array(16).fill(0xcd) },
  counter: countFrom(0),
};

const peerTitle = new Uint8Array(8).fill(2);

describe("security context", () => {
  it("refuses keys that do not fit the suite, titles that are none, and suites it does not know", () => {
    const long = { unicastEncryption: new Uint8Array(32) };
    assert.throws(() => new SecurityContext({ ...settings, keys: long }), {
      code: "key_invalid",
      message: /unicast encryption key has 32 bytes; 16 are required/,
    });
    assert.throws(() => new SecurityContext({ ...settings, suite: 2 }), { code: "key_invalid" });
    assert.throws(() => new SecurityContext({ ...settings, systemTitle: new Uint8Array(7) }), {
      code: "system_title_invalid",
    });
    assert.throws(() => new SecurityContext({ ...settings, peerSystemTitle: new Uint8Array(9) }), {
      code: "system_title_invalid",
    });
    assert.throws(() => new SecurityContext({ ...settings, suite: 3 as 2 }), { code: "security_suite_unknown" });
  });

  it("keeps its keys out of sight, and apart from the bytes they came in", () => {
    const keys = { unicastEncryption: new Uint8Array(16).fill(0xab), authentication: new Uint8Array(16).fill(0xcd) };
    const context = new SecurityContext({ ...settings, keys });
    const shown = inspect(context, { depth: 9, showHidden: true }) + JSON.stringify(context);
    assert(!/171|205|abab|cdcd/.test(shown), shown);
    keys.authentication.fill(0);
    assert.equal(context.additionalData(0x30)[1], 0xcd);
  });

  it("goes on under a transferred key with counters that begin anew", () => {
    const [from, to] = [new SecurityContext(settings), new SecurityContext({ ...settings, systemTitle: peerTitle })];
    to.peerSystemTitle = settings.systemTitle;
    const send = () => protect(Uint8Array.of(0xc0), { context: from, policy: fullProtection, form: "global" });
    unprotect(send(), to);
    for (const context of [from, to]) {
      context.replaceKey("unicast", new Uint8Array(16).fill(3), countFrom(0));
      context.replaceAuthenticationKey(new Uint8Array(16).fill(4));
    }
    const bytes = send();
    const renewed = new SecurityContext({
      ...settings,
      systemTitle: peerTitle,
      peerSystemTitle: settings.systemTitle,
      keys: { unicastEncryption: new Uint8Array(16).fill(3), authentication: new Uint8Array(16).fill(4) },
    });
    assert.deepEqual(unprotect(bytes, renewed).apdu, Uint8Array.of(0xc0));
    assert.deepEqual(unprotect(bytes, to).apdu, Uint8Array.of(0xc0));
    assert.equal(to.lastPeerCounter("unicast"), 0);
    assert.throws(() => to.replaceKey("unicast", new Uint8Array(15), countFrom(0)), { code: "key_invalid" });
    assert.equal(to.lastPeerCounter("unicast"), 0);
    assert.throws(() => unprotect(bytes, to), { code: "invocation_counter_replayed" });
  });

  it("takes each counter of a range once", () => {
    const counter = countFrom(5, 6, "broadcast");
    assert.deepEqual([counter.take(), counter.take()], [5, 6]);
    assert.throws(() => counter.take(), { code: "invocation_counter_exhausted", message: /broadcast/ });
  });
});

describe("security policy", () => {
  it("reads the enumeration of version 0 and the bits of version 1", () => {
    const versionZero = [0, 1, 2, 3].map((value) => policiesFromSecuritySetup(value, 0));
    assert.deepEqual(
      versionZero.map(({ request }) => request),
      [
        noProtection,
        { authenticated: true, encrypted: false },
        { authenticated: false, encrypted: true },
        fullProtection,
      ],
    );
    for (const { request, response } of versionZero) assert.deepEqual(request, response);
    assert.deepEqual(policiesFromSecuritySetup(0x6c, 1), { request: fullProtection, response: fullProtection });
    assert.deepEqual(policiesFromSecuritySetup(0x24, 1).request, { authenticated: true, encrypted: false });
    assert.deepEqual(policiesFromSecuritySetup(0x4c, 1).response, { authenticated: false, encrypted: true });
  });

  it("is met by more than it asks for", () => {
    demandPolicy(fullProtection, { authenticated: true, encrypted: false });
    demandPolicy(noProtection, noProtection);
    assert.throws(() => demandPolicy(noProtection, fullProtection), {
      code: "security_policy_not_met",
      message: /neither authenticated nor encrypted; the policy demands authenticated and encrypted/,
    });
  });
});
