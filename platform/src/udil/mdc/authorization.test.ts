import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { clientPassword, credentials, type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";

const minute = 60_000;

describe("authorization_service", () => {
  let scene: MdcScene;
  let now = Date.parse("2026-03-01T10:00:00Z");
  before(async () => {
    scene = await openMdcScene({ clock: () => now });
    await scene.client({ code: credentials.code });
  });

  const authorize = (headers: Record<string, string>, accept = "application/json") =>
    scene.anonymous.post("authorization_service", { headers: { accept, ...headers } });
  const ask = (privatekey: string) =>
    scene.anonymous.post("transaction_status", { headers: { transactionid: "none", privatekey } });

  it("gives a key for the printed credentials, in JSON", async () => {
    const { status, json, headers } = await authorize(credentials);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json), ["status", "privatekey", "message"]);
    assert.equal(json.status, "1");
    assert.match(json.privatekey, /^[\w-]{43}$/);
    assert.equal(json.message, "You are authenticated successfully. Private key will be valid for 30 Minutes");
    assert.equal(headers["cache-control"], "no-store");
  });

  it("gives it in XML to who accepts that", async () => {
    const { text, headers } = await authorize(credentials, "application/xml");
    assert.match(String(headers["content-type"]), /^application\/xml/);
    assert.match(
      text,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*<root><status>1<\/status><privatekey>[\w-]{43}<\/privatekey>/,
    );
  });

  it("takes headers in any case and in quotes", async () => {
    const quoted = { USERNAME: '"mdm_user"', Password: `"${clientPassword}"`, Code: '"223"' };
    assert.equal((await authorize(quoted)).json.status, "1");
  });

  for (const wrong of [{ username: "somebody" }, { password: "WSnt!@SS^l2*" }, { code: "224" }, { password: "" }]) {
    it(`answers 401 in the envelope to another ${Object.keys(wrong)[0]} (${Object.values(wrong)[0]})`, async () => {
      const { status, json, headers } = await authorize({ ...credentials, ...wrong });
      assert.equal(status, 401);
      assert.equal(json.status, "0");
      assert.equal(headers["www-authenticate"], "UDIL");
      assert.ok(!JSON.stringify(json).includes(clientPassword));
    });
  }

  it("keeps several keys good at once, each for 30 minutes from its issue", async () => {
    const first = (await authorize(credentials)).json.privatekey;
    now += 20 * minute;
    const second = (await authorize(credentials)).json.privatekey;
    assert.notEqual(first, second);
    assert.deepEqual([(await ask(first)).status, (await ask(second)).status], [200, 200]);
    now += 10 * minute - 1;
    assert.deepEqual([(await ask(first)).status, (await ask(second)).status], [200, 200]);
    now += 1;
    assert.deepEqual([(await ask(first)).status, (await ask(second)).status], [401, 200]);
    now += 20 * minute;
    assert.deepEqual([(await ask(first)).status, (await ask(second)).status], [401, 401]);
  });

  it("keeps of a key its hash alone, and forgets those that are over", async () => {
    const { privatekey } = (await authorize(credentials)).json;
    const kept = await scene.db.selectFrom("udil_keys").selectAll().execute();
    assert.equal(kept.length, 1);
    assert.equal(kept[0]!.key_hash.length, 32);
    assert.ok(!Buffer.from(kept[0]!.key_hash).includes(Buffer.from(privatekey, "base64url")));
  });

  it("knows a key that came in the form instead", async () => {
    const { privatekey } = (await authorize(credentials)).json;
    const answer = await scene.anonymous.post("transaction_status", { form: { transactionid: "none", privatekey } });
    assert.equal(answer.status, 200);
  });

  it("answers 401 without a key, before it looks at anything else", async () => {
    for (const path of ["aux_relay_operations", "udil/load_profile_data"]) {
      const { status, json } = await scene.anonymous.post(path, { headers: { transactionid: "T1" } });
      assert.equal(status, 401);
      assert.deepEqual(json, { status: "0", transactionid: "T1", data: [], message: json.message });
    }
  });

  it("gives a new key to who still shows one that is over", async () => {
    const { privatekey } = (await authorize(credentials)).json;
    now += 30 * minute;
    const { status, json } = await authorize({ ...credentials, privatekey });
    assert.equal(status, 200);
    assert.notEqual(json.privatekey, privatekey);
    assert.deepEqual([(await ask(privatekey)).status, (await ask(json.privatekey)).status], [401, 200]);
  });

  it("answers 401 in XML to who accepts that", async () => {
    const wrong = await authorize({ ...credentials, password: "another" }, "application/xml");
    assert.equal(wrong.status, 401);
    assert.match(wrong.text, /<root><status>0<\/status><data><\/data><message>The username, .+<\/message><\/root>/);
    const headers = { accept: "text/xml", transactionid: "T1", privatekey: "unknown" };
    const unknown = await scene.anonymous.post("aux_relay_operations", { headers });
    assert.equal(unknown.status, 401);
    assert.match(
      unknown.text,
      /<root><status>0<\/status><transactionid>T1<\/transactionid><data><\/data><message>The priv/,
    );
  });

  it("gives many programs their keys at once", async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => authorize(credentials)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(new Set(answers.map(({ json }) => json.privatekey)).size, 60);
  });

  it("ends all keys when credentials change, and opens nothing for a client that is not active", async () => {
    const settings = { username: "other", code: "9", name: "Other" };
    const client = await scene.client(settings);
    const [row] = (await scene.fixture.send("GET", "/v1/udil/mdm-clients?username=other")).body.results;
    const path = `/v1/udil/mdm-clients/${row.id}`;
    const status = async () => (await client.post("transaction_status", { headers: { transactionid: "t" } })).status;
    assert.equal(await status(), 200);
    await scene.fixture.send("PATCH", path, { is_active: false });
    assert.equal(await status(), 401);
    await scene.fixture.send("PATCH", path, { is_active: true });
    assert.equal(await status(), 200);
    await scene.fixture.send("PATCH", path, { password: "another good password" });
    assert.equal(await status(), 401);
  });

  it("makes who guesses wait", async () => {
    const guess = (password: string) => authorize({ username: "guessed", password, code: "1" });
    for (let attempt = 0; attempt < 10; attempt++) assert.equal((await guess(`guess ${attempt}`)).status, 401);
    const refused = await guess("guess 10");
    assert.equal(refused.status, 429);
    assert.equal(refused.json.status, "0");
    assert.ok(Number(refused.headers["retry-after"]) > 0);
  });

  it("tells who shows no key in a header how to send a long body", async () => {
    const answer = await scene.anonymous.post("transaction_status", { body: "x".repeat(70_000) });
    assert.equal(answer.status, 413);
    assert.match(answer.json.message, /Send the privatekey as a header/);
  });

  it("is served over HTTPS alone", async () => {
    const answer = await fetch(`${scene.plainAddress}/udil/authorization_service`, {
      method: "POST",
      headers: credentials,
    });
    assert.equal(answer.status, 403);
    const body = (await answer.json()) as { status: string; message: string };
    assert.equal(body.status, "0");
    assert.match(body.message, /HTTPS/);
  });

  it("takes no stranger's word for who it is, or that it came over HTTPS", async () => {
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1" };
    const answer = await fetch(`${scene.plainAddress}/authorization_service`, {
      method: "POST",
      headers: { ...credentials, ...forwarded },
    });
    assert.equal(answer.status, 403);
    const guess = (address: string) =>
      authorize({ username: "spoofed", password: "wrong", code: "1", "x-forwarded-for": address });
    for (let attempt = 0; attempt < 10; attempt++) assert.equal((await guess(`192.0.2.${attempt}`)).status, 401);
    assert.equal((await guess("192.0.2.11")).status, 429);
  });

  it("knows its keys after a restart, until their time is over", async () => {
    const { privatekey } = (await authorize(credentials)).json;
    const again = await scene.restarted();
    const status = async () =>
      (await again.post("transaction_status", { headers: { transactionid: "none", privatekey } })).status;
    assert.equal(await status(), 200);
    now += 30 * minute;
    assert.equal(await status(), 401);
  });

  describe("behind a proxy that is trusted", () => {
    let address: string;
    before(async () => {
      address = (await scene.another({ trustedProxies: ["127.0.0.1"] })).plainAddress;
    });
    const authorize = (headers: Record<string, string>) =>
      fetch(`${address}/authorization_service`, { method: "POST", headers });

    it("is served when the proxy says that it speaks HTTPS, and not otherwise", async () => {
      const headers = { ...credentials, "x-forwarded-for": "192.0.2.1" };
      assert.equal((await authorize({ ...headers, "x-forwarded-proto": "https" })).status, 200);
      assert.equal((await authorize({ ...headers, "x-forwarded-proto": "http" })).status, 403);
      assert.equal((await authorize(headers)).status, 403);
    });

    it("makes who guesses wait, and nobody else who comes by the same proxy", async () => {
      const from = (address: string, password: string) =>
        authorize({ ...credentials, password, "x-forwarded-proto": "https", "x-forwarded-for": address });
      for (let attempt = 0; attempt < 10; attempt++) {
        assert.equal((await from(`198.51.100.${attempt}, 192.0.2.66`, `guess ${attempt}`)).status, 401);
      }
      assert.equal(
        (await from("192.0.2.66", "guess 10")).status,
        429,
        "what it says of itself before the proxy counts for nothing",
      );
      assert.equal((await from("192.0.2.1", clientPassword)).status, 200);
    });
  });
});
