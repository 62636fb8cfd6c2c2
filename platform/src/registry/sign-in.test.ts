import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from "jose";
import { greatestSessionSeconds } from "./sessions.ts";
import { failedSignInsAtMost, failedSignInsSeconds } from "./sign-in-limit.ts";
import {
  administratorToken,
  openRegistryFixture,
  administratorPassword as password,
  type RegistryFixture,
} from "./testing/registry-fixture.ts";

const signInPath = "/v1/auth/jwt/token/";

describe("signing in", () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  let fixture: RegistryFixture;
  let north: string;
  let south: string;
  let alice: string;
  before(async () => {
    fixture = await openRegistryFixture({ clock: () => now });
    north = (await fixture.create("/v1/organizations/", { name: "North" })).id;
    south = (await fixture.create("/v1/organizations/", { name: "South" })).id;
    alice = (await fixture.create("/v1/users/", { username: "alice", password, email: "a@example.com" })).id;
    await fixture.create("/v1/organizations/memberships/", { organization: north, user: alice });
    await fixture.create("/v1/organizations/memberships/", { organization: south, user: alice });
  });

  const signIn = (body: object) => fixture.send("POST", signInPath, body, null);
  const token = async (body: object = {}) =>
    (await signIn({ username: "alice", password, ...body })).body.token as string;
  const read = (jwt: string) => fixture.send("GET", "/v1/organizations/", undefined, `JWT ${jwt}`);

  it("gives a JWT of the first organization, with the claims clients know", async () => {
    const answer = await signIn({ username: "alice", password });
    assert.equal(answer.status, 201);
    assert.deepEqual({ ...answer.body, token: "" }, { token: "", username: "alice", organization: north });
    const { exp, iat, orig_iat, session_epoch, ...claims } = decodeJwt(answer.body.token);
    assert.deepEqual(claims, { user_id: alice, username: "alice", email: "a@example.com", organization_id: north });
    assert.deepEqual(
      [exp, iat, orig_iat].map((time) => Number(time) * 1000 - now),
      [1_200_000, 0, 0],
    );
    assert.equal(session_epoch, 0);
    assert.deepEqual(Object.keys(decodeProtectedHeader(answer.body.token)).sort(), ["alg", "kid", "typ"]);
    assert.deepEqual(
      (await read(answer.body.token)).body.results.map(({ name }: { name: string }) => name),
      ["North"],
    );
  });

  it("gives one of the named organization, and only to members", async () => {
    const jwt = await token({ organization: south });
    assert.deepEqual(
      (await read(jwt)).body.results.map(({ name }: { name: string }) => name),
      ["South"],
    );
    const west = (await fixture.create("/v1/organizations/", { name: "West" })).id;
    const refused = await signIn({ username: "alice", password, organization: west });
    assert.deepEqual([refused.status, Object.keys(refused.body)], [400, ["organization"]]);
  });

  it("changes the organization within the session", async () => {
    const first = await token();
    now += 60_000;
    const changed = await fixture.send(
      "POST",
      "/v1/auth/jwt/change-organization/",
      { organization: south },
      `JWT ${first}`,
    );
    assert.equal(changed.status, 201);
    assert.deepEqual(
      (await read(changed.body.token)).body.results.map(({ name }: { name: string }) => name),
      ["South"],
    );
    assert.equal(decodeJwt(changed.body.token).orig_iat, decodeJwt(first).orig_iat);
    assert.equal(Number(decodeJwt(changed.body.token).iat) - Number(decodeJwt(first).iat), 60);
    const nowhere = { organization: "00000000-0000-4000-8000-000000000000" };
    const refused = await fixture.send("POST", "/v1/auth/jwt/change-organization/", nowhere, `JWT ${first}`);
    assert.equal(refused.status, 400);
  });

  it("lists the organizations a user may change to, active ones alone", async () => {
    const idle = (await fixture.create("/v1/organizations/", { name: "Idle", is_active: false })).id;
    await fixture.create("/v1/organizations/memberships/", { organization: idle, user: alice });
    const list = async (jwt: string, query = "") =>
      (await fixture.send("GET", `/v1/auth/jwt/organizations/${query}`, undefined, `JWT ${jwt}`)).body;
    const jwt = await token({ organization: south });
    const own = [
      { id: north, name: "North" },
      { id: south, name: "South" },
    ];
    assert.deepEqual(await list(jwt), { count: 2, next: null, previous: null, results: own });
    const first = await list(jwt, "?limit=1");
    assert.deepEqual([first.count, first.results, first.previous], [2, own.slice(0, 1), null]);
    const { pathname, search } = new URL(first.next);
    const second = await fixture.send("GET", pathname + search, undefined, `JWT ${jwt}`);
    assert.deepEqual([second.body.results, second.body.next], [own.slice(1), null]);
    const { count } = (await fixture.send("GET", "/v1/organizations/")).body;
    const staff = await list(await token({ username: "admin", organization: north }));
    assert.equal(staff.count, count - 1, "all but the idle one");
    assert.equal((await fixture.send("GET", "/v1/auth/jwt/organizations/")).status, 403, "a Token switches nothing");
  });

  it("renews a JWT until the session is too long", async () => {
    let jwt = await token();
    const started = Number(decodeJwt(jwt).orig_iat);
    while (now / 1000 < started + greatestSessionSeconds - 1100) {
      now += 1_100_000;
      const renewed = await fixture.send("GET", "/v1/auth/jwt/renew/", undefined, `JWT ${jwt}`);
      assert.equal(renewed.status, 200, JSON.stringify(renewed.body));
      jwt = renewed.body.token;
      assert.equal(decodeJwt(jwt).orig_iat, started);
    }
    assert.ok(Number(decodeJwt(jwt).exp) <= started + greatestSessionSeconds);
    now = (started + greatestSessionSeconds) * 1000;
    const ended = await fixture.send("GET", "/v1/auth/jwt/renew/", undefined, `JWT ${jwt}`);
    assert.equal(ended.status, 401);
    assert.equal((await read(await token())).status, 200, "and the password opens a new one, signed with a newer key");
  });

  it("refuses a JWT once it has expired, even one just seen", async () => {
    const jwt = await token();
    now += 1_199_000;
    assert.equal((await read(jwt)).status, 200);
    now += 2000;
    const answer = await read(jwt);
    assert.deepEqual(
      [answer.status, answer.body, answer.headers["www-authenticate"]],
      [401, { detail: "Signature has expired." }, "JWT"],
    );
  });

  it("refuses every JWT that is not its own", async () => {
    const own = await token();
    const claims = decodeJwt(own);
    const { kid } = decodeProtectedHeader(own);
    const secret = new Uint8Array(32);
    const sign = (header: object) =>
      new SignJWT(claims).setProtectedHeader({ alg: "HS256", ...header } as never).sign(secret);
    const [head, , signature] = own.split(".");
    const richer = Buffer.from(JSON.stringify({ ...claims, organization_id: south })).toString("base64url");
    const forged: Record<string, string> = {
      "another key": await sign({ kid }),
      "no key id": await sign({}),
      "an unknown key id": await sign({ kid: "00000000-0000-4000-8000-000000000000" }),
      "a key id that is a path": await sign({ kid: "../../dev/null" }),
      "another algorithm": await new SignJWT(claims)
        .setProtectedHeader({ alg: "HS512", kid: kid! })
        .sign(new Uint8Array(64)),
      "no signature at all": new UnsecuredJWT(claims).encode(),
      "changed claims": [head, richer, signature].join("."),
      "a cut signature": own.slice(0, -4),
      "a part too many": `${own}.x`,
    };
    for (const [what, jwt] of Object.entries(forged)) {
      const answer = await read(jwt);
      assert.deepEqual([answer.status, answer.headers["www-authenticate"]], [401, "JWT"], what);
    }
    assert.equal((await read(own)).status, 200);
  });

  const revocations: readonly (readonly [string, () => Promise<unknown>, () => Promise<unknown>])[] = [
    [
      "a new password",
      () => fixture.send("PATCH", `/v1/users/${alice}`, { password: "another password" }),
      () => fixture.send("PATCH", `/v1/users/${alice}`, { password }),
    ],
    [
      "a user set inactive",
      () => fixture.send("PATCH", `/v1/users/${alice}`, { is_active: false }),
      () => fixture.send("PATCH", `/v1/users/${alice}`, { is_active: true }),
    ],
    [
      "an organization set inactive",
      () => fixture.send("PATCH", `/v1/organizations/${north}`, { is_active: false }),
      () => fixture.send("PATCH", `/v1/organizations/${north}`, { is_active: true }),
    ],
  ];
  for (const [what, revoke, restore] of revocations) {
    it(`ends sessions at once by ${what}`, async () => {
      const jwt = await token();
      assert.equal((await read(jwt)).status, 200);
      await revoke();
      assert.equal((await read(jwt)).status, 401);
      await restore();
    });
  }

  it("ends a session with the membership it stands on", async () => {
    const bob = (await fixture.create("/v1/users/", { username: "bob", password })).id;
    const membership = (await fixture.create("/v1/organizations/memberships/", { organization: north, user: bob })).id;
    const jwt = await token({ username: "bob" });
    assert.equal((await read(jwt)).status, 200);
    await fixture.send("DELETE", `/v1/organizations/memberships/${membership}`);
    assert.equal((await read(jwt)).status, 401);
    const refused = await signIn({ username: "bob", password });
    assert.deepEqual(refused.body, { non_field_errors: ["The user is a member of no active organization."] });
  });

  it("answers a wrong name, a wrong password and an inactive user with the same words", async () => {
    await fixture.create("/v1/users/", { username: "eve", password, is_active: false });
    for (const body of [
      { username: "nobody", password },
      { username: "alice", password: "wrong" },
      { username: "eve", password },
    ]) {
      const answer = await signIn(body);
      assert.deepEqual(
        [answer.status, answer.body],
        [400, { non_field_errors: ["Unable to log in with provided credentials."] }],
      );
    }
  });

  it("lets staff sign in without a membership, to read", async () => {
    const jwt = await token({ username: "admin", organization: south });
    assert.equal((await read(jwt)).body.count, 1);
    assert.equal((await fixture.send("POST", "/v1/organizations/", { name: "x" }, `JWT ${jwt}`)).status, 403);
  });

  it("throttles who guesses, by name and address, and says for how long", async () => {
    for (let attempt = 0; attempt < failedSignInsAtMost; attempt++) {
      assert.equal((await signIn({ username: "guessed", password: "wrong password" })).status, 400);
    }
    const throttled = await signIn({ username: "Guessed", password });
    assert.equal(throttled.status, 429);
    assert.equal(Number(throttled.headers["retry-after"]), failedSignInsSeconds);
    assert.match(throttled.body.detail, /^Request was throttled\. Expected available in 900 seconds\.$/);
    assert.ok(await token(), "others still get in");
    now += failedSignInsSeconds * 1000;
    assert.equal((await signIn({ username: "guessed", password })).status, 400);
  });

  it("counts attempts that run at once", async () => {
    const attempts = Array.from({ length: failedSignInsAtMost + 5 }, () =>
      signIn({ username: "flood", password: "wrong password" }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    assert.deepEqual(statuses.filter((status) => status === 429).length, 5);
  });
});

describe("Tokens", () => {
  let fixture: RegistryFixture;
  before(async () => {
    fixture = await openRegistryFixture();
  });
  const read = (token: string) => fixture.send("GET", "/v1/users/", undefined, token);

  it("are read whatever the case of the scheme and the digits", async () => {
    assert.equal((await read(`token ${administratorToken.toUpperCase()}`)).status, 200);
  });

  it("are for active staff alone", async () => {
    const user = (await fixture.create("/v1/users/", { username: "collector", password, is_staff: true })).id;
    const { token } = await fixture.create(`/v1/users/${user}/token`, {});
    assert.equal((await read(`Token ${token}`)).status, 200);
    await fixture.send("PATCH", `/v1/users/${user}`, { is_active: false });
    assert.deepEqual((await read(`Token ${token}`)).body, { detail: "User inactive or deleted." });
    await fixture.send("PATCH", `/v1/users/${user}`, { is_active: true, is_staff: false });
    assert.deepEqual((await read(`Token ${token}`)).body, { detail: "Invalid token." });
  });

  it("end when another is given or they are taken away", async () => {
    const user = (await fixture.create("/v1/users/", { username: "poster", is_staff: true })).id;
    const first = (await fixture.create(`/v1/users/${user}/token`, {})).token;
    assert.equal((await read(`Token ${first}`)).status, 200);
    const second = (await fixture.create(`/v1/users/${user}/token`, {})).token;
    assert.equal((await read(`Token ${first}`)).status, 401);
    assert.equal((await read(`Token ${second}`)).status, 200);
    assert.equal((await fixture.send("DELETE", `/v1/users/${user}/token`)).status, 204);
    assert.equal((await read(`Token ${second}`)).status, 401);
  });

  it("are kept as hashes only", async () => {
    const rows = await fixture.store.db.selectFrom("user_tokens").selectAll().execute();
    for (const { token_hash } of rows) assert.equal(token_hash.length, 32);
    assert.ok(!JSON.stringify(rows).includes(administratorToken));
  });

  it("leave one active staff user whatever happens", async () => {
    const { body } = await fixture.send("GET", "/v1/users/?username=admin");
    const admin = `/v1/users/${body.results[0].id}`;
    await fixture.store.db.updateTable("users").set({ is_staff: false }).where("username", "<>", "admin").execute();
    for (const change of [{ is_staff: false }, { is_active: false }]) {
      const answer = await fixture.send("PATCH", admin, change);
      assert.deepEqual([answer.status, answer.body], [409, { detail: "This is the last active staff user." }]);
    }
    assert.equal((await fixture.send("DELETE", admin)).status, 409);
    assert.equal((await read(`Token ${administratorToken}`)).status, 200);
  });
});
