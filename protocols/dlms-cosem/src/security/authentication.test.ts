import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import type { MechanismName } from "../acse/association.ts";
import {
  type AuthenticationMaterial,
  authenticationMechanisms,
  checkChallenge,
  createChallenge,
  prove,
  verifyPassword,
  verifyProof,
} from "./authentication.ts";
import { SecurityContext } from "./context.ts";
import { countFrom } from "./invocation-counter.ts";
import { publicKeyOf } from "./signature.ts";

const clientSystemTitle = bytesFromHex("4D4D4D0000000001");
const serverSystemTitle = bytesFromHex("4D4D4D0000BC614E");
/** CtoS "K56iVagY" and StoC "P6wRJ21F" of the Green Book's HLS example. */
const clientChallenge = bytesFromHex("4B35366956616759");
const serverChallenge = bytesFromHex("503677524A323146");
const secret = new TextEncoder().encode("12345678");
const material = { clientChallenge, serverChallenge, clientSystemTitle, serverSystemTitle, secret };

/**
 * Recomputed without this package, in a shell:
 *   md5     printf 'P6wRJ21F12345678' | openssl md5            (server: K56iVagY…)
 *   sha1    printf 'P6wRJ21F12345678' | openssl sha1
 *   sha256  (printf '12345678'; xxd -r -p <<< "$ST_C$ST_S"; printf 'P6wRJ21FK56iVagY') | openssl sha256
 *   hls     printf 'P6wRJ21F\0\0\0\0\0\0\0\0' | openssl enc -aes-128-ecb -nopad -K 31323334353637380000000000000000
 * GMAC is the published example (Green Book edition 8, table 43).
 */
const expected = {
  hls: { client: "581B1129EE22C77FE02AEB1798C158B9", server: "12A50C56DD315625D5854A889EDC34F9" },
  md5: { client: "53D4537E37DAB4FF089629E25557AF9F", server: "870F56D7F2BA75482CA41BE31A21630B" },
  sha1: { client: "6DBD949D1B1EFDD6FE5F9EA627877E986E8708CB", server: "900162368EE99CD4765ECE8E9075D3DE84C44A95" },
  gmac: { client: "10000000011A52FE7DD3E72748973C1E28", server: "1001234567FE1466AFB3DBCD4F9389E2B7" },
  sha256: {
    client: "67342BAA6815DA654EEFBB879B6A23DA0D2BB0404ABBB1A738631241A6B96516",
    server: "5DA97807E1B30B5D95A5B48BDA34C4232130F761E57C316CCDEF70322605A90D",
  },
};

describe("HLS proofs", () => {
  for (const [name, proofs] of Object.entries(expected)) {
    const mechanism = name as keyof typeof expected;
    it(`of ${mechanism} are the known values, and each side accepts the other's`, () => {
      const { client, server } = bothSides();
      const clientProof = prove("client", mechanism, client);
      assert.equal(hexFromBytes(clientProof), proofs.client);
      verifyProof("client", mechanism, clientProof, server);
      const serverProof = prove("server", mechanism, server);
      assert.equal(hexFromBytes(serverProof), proofs.server);
      verifyProof("server", mechanism, serverProof, client);
    });

    it(`of ${mechanism} are refused when any bit differs, when cut, or when of the other side`, () => {
      const { client, server } = bothSides();
      const proof = prove("client", mechanism, client);
      for (let at = 0; at < proof.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const changed = proof.slice();
          changed[at]! ^= 1 << bit;
          assert.throws(() => verifyProof("client", mechanism, changed, server), rejected(mechanism));
        }
        assert.throws(() => verifyProof("client", mechanism, proof.slice(0, at), server), rejected(mechanism));
      }
      const wrongSide = prove("server", mechanism, server);
      assert.throws(() => verifyProof("client", mechanism, wrongSide, bothSides().server), rejected(mechanism));
    });
  }

  for (const [curve, scalarLength] of [
    ["P-256", 32],
    ["P-384", 48],
  ] as const) {
    it(`by ECDSA on ${curve} are signatures over both titles and challenges`, () => {
      const random = new Random(scalarLength);
      const keys = { client: random.bytes(scalarLength), server: random.bytes(scalarLength) };
      const challenges = { clientChallenge: random.bytes(32), serverChallenge: random.bytes(64) };
      const client = {
        ...material,
        ...challenges,
        signingKey: keys.client,
        peerVerifyingKey: publicKeyOf(keys.server),
      };
      const server = {
        ...material,
        ...challenges,
        signingKey: keys.server,
        peerVerifyingKey: publicKeyOf(keys.client),
      };
      const clientProof = prove("client", "ecdsa", client);
      assert.equal(clientProof.length, 2 * scalarLength);
      verifyProof("client", "ecdsa", clientProof, server);
      verifyProof("server", "ecdsa", prove("server", "ecdsa", server), client);
      const swapped = { ...server, clientSystemTitle: serverSystemTitle, serverSystemTitle: clientSystemTitle };
      assert.throws(() => verifyProof("client", "ecdsa", clientProof, swapped), rejected("ecdsa"));
      assert.throws(() => verifyProof("server", "ecdsa", clientProof, server), rejected("ecdsa"));
    });
  }

  it("by GMAC use a counter up and move the peer's, but never back", () => {
    const { client, server } = bothSides();
    const first = prove("client", "gmac", client);
    const second = prove("client", "gmac", client);
    assert.equal(hexFromBytes(second.subarray(0, 5)), "1000000002");
    verifyProof("client", "gmac", second, server);
    assert.equal(server.context.lastPeerCounter("unicast"), 2);
    // The APDU around a proof has a later counter than the proof in it, and is opened before.
    verifyProof("client", "gmac", first, server);
    assert.equal(server.context.lastPeerCounter("unicast"), 2);
  });

  it("by GMAC are of no use against another challenge", () => {
    const { client, server } = bothSides();
    const proof = prove("client", "gmac", client);
    const later = { ...server, serverChallenge: bytesFromHex("503677524A323147") };
    assert.throws(() => verifyProof("client", "gmac", proof, later), rejected("gmac"));
  });

  it("by GMAC do not move the counter when they are refused", () => {
    const { server } = bothSides();
    const forged = new Uint8Array(17);
    forged.set([0x10, 0xff, 0xff, 0xff, 0xff]);
    assert.throws(() => verifyProof("client", "gmac", forged, server), rejected("gmac"));
    assert.equal(server.context.lastPeerCounter("unicast"), undefined);
  });

  it("never show a secret in an error", () => {
    const secrets = [hexFromBytes(secret), "12345678", "D0D1D2", "000102"];
    const mechanisms: MechanismName[] = ["hls", "md5", "sha1", "gmac", "sha256"];
    for (const mechanism of mechanisms) {
      try {
        verifyProof("client", mechanism, new Uint8Array(17), bothSides().server);
        assert.fail("it was accepted");
      } catch (error) {
        const shown = `${error} ${JSON.stringify(error)} ${(error as Error).stack}`;
        for (const text of secrets) assert(!shown.includes(text), `${mechanism} shows ${text}`);
      }
    }
    assert(!JSON.stringify(bothSides().client.context).includes("D0D1"));
  });

  it("need what the mechanism needs, and say so", () => {
    const bare = { clientChallenge, serverChallenge };
    const long = { clientChallenge: new Uint8Array(32), serverChallenge: new Uint8Array(32).fill(1) };
    const missing: [MechanismName, AuthenticationMaterial, RegExp][] = [
      ["hls", bare, /secret/],
      ["md5", bare, /secret/],
      ["sha1", bare, /secret/],
      ["gmac", bare, /security context/],
      ["sha256", { ...bare, secret }, /system titles/],
      ["ecdsa", { ...long, clientSystemTitle, serverSystemTitle }, /signing key/],
      ["lls", bare, /no proof/],
      ["none", bare, /no proof/],
    ];
    for (const [mechanism, incomplete, message] of missing) {
      assert.throws(() => prove("client", mechanism, incomplete), { code: "authentication_setting_missing", message });
    }
    assert.throws(() => prove("client", "hls", { ...bare, secret: new Uint8Array(17) }), { code: "key_invalid" });
  });
});

describe("challenges", () => {
  it("have 8 to 64 bytes, and 32 for ECDSA", () => {
    for (const { mechanism, length, ok } of [
      { mechanism: "gmac", length: 7, ok: false },
      { mechanism: "gmac", length: 8, ok: true },
      { mechanism: "gmac", length: 64, ok: true },
      { mechanism: "gmac", length: 65, ok: false },
      { mechanism: "ecdsa", length: 31, ok: false },
      { mechanism: "ecdsa", length: 32, ok: true },
    ] as const) {
      const check = () => checkChallenge(mechanism, "StoC", new Uint8Array(length));
      if (ok) check();
      else assert.throws(check, { code: "authentication_challenge_invalid" });
    }
    const short = { ...material, serverChallenge: new Uint8Array(7) };
    assert.throws(() => prove("client", "md5", short), { code: "authentication_challenge_invalid", message: /StoC/ });
  });

  it("must differ, or a proof could be sent back", () => {
    const reflected = { ...material, serverChallenge: clientChallenge };
    assert.throws(() => prove("client", "sha256", reflected), { code: "authentication_challenge_invalid" });
  });

  it("are made long enough from the given randomness", () => {
    for (const name of Object.keys(authenticationMechanisms) as MechanismName[]) {
      const challenge = createChallenge(name, (length) => new Uint8Array(length));
      checkChallenge(name, "CtoS", challenge);
      assert(challenge.length >= 16);
    }
  });
});

describe("LLS", () => {
  it("compares passwords of any length", () => {
    assert.equal(verifyPassword(secret, secret.slice()), true);
    assert.equal(verifyPassword(secret, secret.subarray(0, 7)), false);
    assert.equal(verifyPassword(secret, new TextEncoder().encode("12345679")), false);
    assert.equal(verifyPassword(new Uint8Array(0), new Uint8Array(0)), true);
  });
});

function rejected(mechanism: MechanismName): { code: string; message: RegExp } {
  return { code: "authentication_proof_rejected", message: new RegExp(mechanism) };
}

type Side = typeof material & { context: SecurityContext };

function bothSides(): { client: Side; server: Side } {
  const keys = {
    unicastEncryption: bytesFromHex("000102030405060708090A0B0C0D0E0F"),
    authentication: bytesFromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"),
  };
  const client = new SecurityContext({
    suite: 0,
    systemTitle: clientSystemTitle,
    peerSystemTitle: serverSystemTitle,
    keys,
    counter: countFrom(1),
  });
  const server = new SecurityContext({
    suite: 0,
    systemTitle: serverSystemTitle,
    peerSystemTitle: clientSystemTitle,
    keys,
    counter: countFrom(0x01234567),
  });
  return { client: { ...material, context: client }, server: { ...material, context: server } };
}
