import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { openTestRelationalStore } from "../stores/testing/relational-stores.ts";
import { ensureAdministrator } from "./administrator.ts";
import { passwordMatches } from "./passwords.ts";
import { hashToken } from "./tokens.ts";

describe("the first staff user", () => {
  let store: RelationalStore;
  beforeEach(async () => {
    store = await openTestRelationalStore();
    await store.migrate();
  });

  it("is made as the operator says", async () => {
    const token = "AB".repeat(20);
    const made = await ensureAdministrator(store.db, { username: "root", password: "a password", token });
    assert.deepEqual(made, {
      username: "root",
      password: "a password",
      token,
      generated: { password: false, token: false },
    });
    const user = await store.db.selectFrom("users").selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([user.username, user.is_staff, user.is_active], ["root", true, true]);
    assert.match(user.password_hash!, /^\$argon2id\$/);
    assert.ok(await passwordMatches("a password", user.password_hash));
    const { token_hash } = await store.db.selectFrom("user_tokens").select("token_hash").executeTakeFirstOrThrow();
    assert.deepEqual(Buffer.from(token_hash), hashToken(token));
  });

  it("gets a password and a Token when the operator says none, and is not made twice", async () => {
    const made = await ensureAdministrator(store.db, { username: "admin" });
    assert.deepEqual(made?.generated, { password: true, token: true });
    assert.match(made!.token, /^[0-9a-f]{40}$/);
    assert.ok(made!.password.length >= 24);
    assert.equal(await ensureAdministrator(store.db, { username: "other" }), undefined);
  });

  it("is made once by several that start at the same time", async () => {
    const made = await Promise.all(
      Array.from({ length: 4 }, () => ensureAdministrator(store.db, { username: "admin" })),
    );
    assert.equal(made.filter(Boolean).length, 1);
  });

  it("does not take over a user without rights", async () => {
    await store.db.insertInto("users").values({ username: "admin", password_hash: null }).execute();
    await assert.rejects(ensureAdministrator(store.db, { username: "admin" }), /is there but not staff/);
  });
});
