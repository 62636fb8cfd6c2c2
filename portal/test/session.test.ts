import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, createApi } from "../src/api/api.ts";
import { renewalTime } from "../src/session/renewal.ts";
import { createSessionStore } from "../src/session/session-store.ts";
import { readToken } from "../src/session/token.ts";

const claims = { username: "Åsa", organization_id: "o1", iat: 1_000, exp: 2_200 };

function token(payload: object = claims): string {
  return `e30.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.signature`;
}

function storage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  } as unknown as Storage;
}

test("a token's life is counted from its issue, so that a wrong clock does no harm", () => {
  assert.deepEqual(readToken(token(), 9e12), { username: "Åsa", organization: "o1", lifetime: 1_200_000 });
  assert.equal(readToken(token({ exp: 2_000 }), 1_500_000)?.lifetime, 500_000);
  assert.equal(readToken(token({ exp: 2_000 }), 9e12)?.lifetime, 60_000, "a clock that is ahead");
  assert.equal(readToken(token({ exp: 9e9 }), 0)?.lifetime, 1_200_000, "a clock that is behind");
});

test("what is no token is none", () => {
  for (const text of ["", "a.b", "e30.e30.x", "e30.!!!.x", `e30.${btoa("null")}.x`])
    assert.equal(readToken(text, 0), undefined, text);
});

test("a session survives a reload and is gone after its end", () => {
  const place = storage();
  const first = createSessionStore(place, () => 5_000_000);
  first.begin(token());
  const reloaded = createSessionStore(place);
  assert.equal(reloaded.current()?.claims.username, "Åsa");
  assert.equal(renewalTime(reloaded.current()!), 5_000_000 + 800_000);
  reloaded.end("signed-out");
  assert.equal(createSessionStore(place).current(), undefined);
  assert.equal(reloaded.absence(), "signed-out");
});

test("spoiled storage is no session", () => {
  const place = storage();
  for (const text of ["{", "null", "{}", '{"token":"x","receivedAt":1}', JSON.stringify({ token: token() })]) {
    place.setItem("anymeter-session", text);
    assert.equal(createSessionStore(place).current(), undefined, text);
  }
});

test("an answer without a token begins nothing", () => {
  const store = createSessionStore(storage());
  assert.throws(() => store.begin(undefined as unknown as string), TypeError);
  assert.equal(store.current(), undefined);
});

/** An API whose every request gets one answer; tells what was sent and which token was refused. */
function apiWith(answer: () => Promise<Response>, held?: string) {
  const seen: { url: string; init: RequestInit }[] = [];
  const refused: string[] = [];
  const api = createApi({
    token: () => held,
    onRefusedToken: (text) => refused.push(text),
    fetch: (async (url: string, init: RequestInit) => {
      seen.push({ url, init });
      return answer();
    }) as unknown as typeof fetch,
  });
  return { api, seen, refused };
}

test("requests carry the token, and only parameters that have a value", async () => {
  const { api, seen } = apiWith(async () => Response.json({ ok: true }), "t");
  await api.get("devices", { name: "a b", limit: 3, offset: undefined });
  assert.equal(seen[0]?.url, "/v1/devices?name=a+b&limit=3");
  assert.equal(new Headers(seen[0]?.init.headers).get("Authorization"), "JWT t");
});

test("every kind of failure has a name of its own", async () => {
  for (const [status, failure] of [
    [400, "refused"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not-found"],
    [429, "too-many-requests"],
    [500, "broken"],
    [502, "broken"],
  ] as const) {
    const { api } = apiWith(async () => new Response("<html>", { status }));
    await assert.rejects(api.get("x"), { failure, status });
  }
  const { api } = apiWith(() => Promise.reject(new TypeError("fetch failed")));
  await assert.rejects(api.get("x"), { failure: "unreachable", status: 0 });
});

test("a refusal keeps the messages of each field", async () => {
  const { api } = apiWith(async () => Response.json({ limit: ["Too large.", "Odd."], detail: "No." }, { status: 400 }));
  const error = await api.get("x").catch((reason: unknown) => reason);
  assert.ok(error instanceof ApiError);
  assert.deepEqual(error.fields, { limit: ["Too large.", "Odd."], detail: ["No."] });
  assert.match(error.message, /limit: Too large\. Odd\./);
});

test("a 401 ends the session of the token that was sent, and none when none was", async () => {
  const unauthorized = async () => Response.json({ detail: "…" }, { status: 401 });
  const signedIn = apiWith(unauthorized, "old");
  await assert.rejects(signedIn.api.get("x"));
  assert.deepEqual(signedIn.refused, ["old"]);
  const signedOut = apiWith(unauthorized);
  await assert.rejects(signedOut.api.post("auth/jwt/token/", {}));
  assert.deepEqual(signedOut.refused, []);
});
