import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesFromHex, hexFromBytes, joinBytes } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import { agreeSecret, deriveAgreedKey } from "./key-agreement.ts";
import { publicKeyOf } from "./signature.ts";

/** RFC 5903, clause 8.1: both private keys of P-256, and the x coordinate they agree on. */
const initiator = bytesFromHex("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433");
const responder = bytesFromHex("C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53");
const agreed = "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE";

const clientTitle = bytesFromHex("4D4D4D0000000001");
const serverTitle = bytesFromHex("4D4D4D0000BC614E");

describe("key agreement", () => {
  it("gives the published secret, to both sides", () => {
    assert.equal(hexFromBytes(agreeSecret(1, initiator, publicKeyOf(responder))), agreed);
    assert.equal(hexFromBytes(agreeSecret(1, responder, publicKeyOf(initiator))), agreed);
    const uncompressed = joinBytes([Uint8Array.of(4), publicKeyOf(responder)]);
    assert.equal(hexFromBytes(agreeSecret(1, initiator, uncompressed)), agreed);
  });

  it("agrees on P-384 in suite 2", () => {
    const random = new Random(384);
    const [one, other] = [random.bytes(48), random.bytes(48)];
    assert.deepEqual(agreeSecret(2, one, publicKeyOf(other)), agreeSecret(2, other, publicKeyOf(one)));
  });

  /**
   * Recomputed by the single-step KDF of OpenSSL, info being AlgorithmID ‖ PartyU ‖ PartyV:
   *   openssl kdf -keylen 16 -kdfopt digest:SHA256 -kdfopt hexkey:46FC…BD7B -kdfopt hexinfo:6085…614E SSKDF
   */
  it("derives the same keys as another implementation", () => {
    const secret = bytesFromHex("46FC62106420FF012E54A434FBDD2D25CCC5852060561E68040DD7778997BD7B");
    assert.equal(
      hexFromBytes(deriveAgreedKey(1, secret, "aes-gcm-128", clientTitle, serverTitle)),
      "A6D1107B4B8B709EEFE370CF11504734",
    );
    assert.equal(
      hexFromBytes(deriveAgreedKey(2, secret, "aes-wrap-256", clientTitle, serverTitle)),
      "7B998837C0D57C48B4C10064913879802241E9C1CAF7F0B6721569EC006ECBD2",
    );
  });

  it("refuses suite 0, and keys that are none of the curve", () => {
    assert.throws(() => agreeSecret(0, initiator, publicKeyOf(responder)), { code: "key_invalid" });
    assert.throws(() => agreeSecret(1, initiator.subarray(1), publicKeyOf(responder)), { code: "key_invalid" });
    assert.throws(() => agreeSecret(1, new Uint8Array(32), publicKeyOf(responder)), { code: "key_invalid" });
    const outside = publicKeyOf(responder);
    outside[0]! ^= 1;
    assert.throws(() => agreeSecret(1, initiator, outside), { code: "key_invalid" });
    assert.throws(() => agreeSecret(2, initiator, publicKeyOf(responder)), { code: "key_invalid" });
  });
});
