import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { clientPassword, credentials, type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";

describe("authorization_service behind a proxy that is trusted", () => {
  let scene: MdcScene;
  before(async () => {
    scene = await openMdcScene({ trustedProxies: ["127.0.0.1"], calls: false });
    await scene.client({ code: credentials.code });
  });

  const authorize = (headers: Record<string, string>) =>
    fetch(`${scene.plainAddress}/authorization_service`, { method: "POST", headers });

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
