import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { before, describe, it } from "node:test";
import { openRegistryFixture, type RegistryFixture } from "../registry/testing/registry-fixture.ts";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { openTestRelationalStore } from "../stores/testing/relational-stores.ts";
import { UsageError } from "./command.ts";
import { userCommand } from "./user.ts";

describe("anymeter user", () => {
  let store: RelationalStore;
  let fixture: RegistryFixture;
  before(async () => {
    store = await openTestRelationalStore();
    fixture = await openRegistryFixture({ store });
    await fixture.create("/v1/organizations/", { name: "Grid" });
  });

  const run = async (words: string, input?: string) => {
    const written: string[] = [];
    const stdout = { write: (text: string) => written.push(text) };
    await userCommand(words.split(" "), {
      db: store.db,
      stdout,
      ...(input !== undefined && { stdin: Readable.from([input]) }),
    });
    return written
      .join("")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  };
  const signIn = (username: string, password: string) =>
    fixture.send("POST", "/v1/auth/jwt/token/", { username, password }, null);

  it("adds a user with a password of its own making, and a membership", async () => {
    const [alice] = await run("add alice --email alice@example.com --organization Grid");
    assert.deepEqual([alice.username, alice.email, alice.is_staff], ["alice", "alice@example.com", false]);
    assert.equal((await signIn("alice", alice.password)).status, 201);
  });

  it("reads a password from standard input and does not repeat it", async () => {
    const [bob] = await run("add bob --password-stdin --organization Grid", "a fine password\n");
    assert.ok(!("password" in bob));
    assert.equal((await signIn("bob", "a fine password")).status, 201);
    const [changed] = await run("password bob");
    assert.equal((await signIn("bob", "a fine password")).status, 400);
    assert.equal((await signIn("bob", changed.password)).status, 201);
  });

  it("gives staff a Token, and takes it away", async () => {
    await run("add poster --staff");
    const [{ token }] = await run("token poster");
    assert.equal((await fixture.send("GET", "/v1/users/", undefined, `Token ${token}`)).status, 200);
    await assert.rejects(run("token alice"), /"alice" is not staff/);
    await run("revoke poster");
    fixture.registry.authenticator.forget();
    assert.equal((await fixture.send("GET", "/v1/users/", undefined, `Token ${token}`)).status, 401);
  });

  it("activates and deactivates, but never the last staff user", async () => {
    const [inactive] = await run("deactivate poster");
    assert.equal(inactive.is_active, false);
    await assert.rejects(run("deactivate admin"), /last active staff user/);
    const [active] = await run("activate poster");
    assert.equal(active.is_active, true);
  });

  it("lists users without anything secret", async () => {
    const listed = await run("list");
    assert.deepEqual(
      listed.map(({ username }) => username),
      ["admin", "alice", "bob", "poster"],
    );
    assert.ok(!JSON.stringify(listed).includes("argon2"));
  });

  it("says what is wrong", async () => {
    for (const words of ["", "remove alice", "add", "list alice", "add a b", "add a --nonsense"]) {
      await assert.rejects(run(words), UsageError, words);
    }
    await assert.rejects(run("password nobody"), /there is no user "nobody"/);
    await assert.rejects(run("add alice"), /username: user with this username already exists/);
    await assert.rejects(run("add carol --organization Nowhere"), /there is no organization "Nowhere"/);
    await assert.rejects(run("add dave --password-stdin", "short"), /password: Ensure this field has at least 8/);
    assert.ok(!(await run("list")).some(({ username }) => username === "carol" || username === "dave"));
  });
});
