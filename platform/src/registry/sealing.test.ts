import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { temporaryDirectory } from "../stores/testing/temporary-directory.ts";
import { loadMasterKey } from "./master-key.ts";
import { SealError, Sealer } from "./sealing.ts";

describe("sealing", () => {
  const sealer = new Sealer(new Uint8Array(32).fill(7));

  it("gives back what was sealed, and never the same bytes twice", () => {
    for (const secret of ["", "F0F1", "ÅÄÖ 😀"]) {
      const [first, second] = [sealer.seal(secret, "a:b"), sealer.seal(secret, "a:b")];
      assert.equal(sealer.open(first, "a:b").toString(), secret);
      assert.notDeepEqual(first, second);
    }
  });

  it("opens nowhere else, with no other key, and not when one bit is changed", () => {
    const sealed = sealer.seal("secret", "device:column");
    assert.throws(() => sealer.open(sealed, "device:other"), SealError);
    assert.throws(() => new Sealer(new Uint8Array(32)).open(sealed, "device:column"), SealError);
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      assert.throws(() => sealer.open(changed, "device:column"), SealError, `byte ${index}`);
      assert.throws(() => sealer.open(sealed.subarray(0, index), "device:column"), SealError, `cut at ${index}`);
    }
  });

  it("takes a master key of 32 bytes alone", () => {
    assert.throws(() => new Sealer(new Uint8Array(16)), RangeError);
  });
});

describe("the master key", () => {
  it("is made once, whoever comes first, and only its owner may read it", async () => {
    const file = join(temporaryDirectory(), "keys", "master.key");
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadMasterKey(file)));
    for (const key of keys) assert.deepEqual(Buffer.from(key), readFileSync(file));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(file, "..")), ["master.key"]);
    assert.deepEqual(await loadMasterKey(file), keys[0]);
  });

  it("is not made anew over a file of another length", async () => {
    const file = join(temporaryDirectory(), "master.key");
    writeFileSync(file, "too short");
    chmodSync(file, 0o600);
    await assert.rejects(loadMasterKey(file), /has 9 bytes, but a master key has 32/);
    assert.equal(readFileSync(file, "utf8"), "too short");
  });
});
