import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { FastifyInstance } from "fastify";
import { PlatformError } from "../errors/platform-error.ts";
import { temporaryDirectory } from "../stores/testing/temporary-directory.ts";
import { createHttpApplication } from "./application.ts";
import { createMetrics } from "./metrics.ts";

const html = { accept: "text/html,application/xhtml+xml" };

describe("the frame around the routes", () => {
  let app: FastifyInstance;
  let ready = true;
  before(async () => {
    const portalDirectory = temporaryDirectory();
    mkdirSync(join(portalDirectory, "assets"));
    writeFileSync(join(portalDirectory, "index.html"), "<!doctype html><title>Anymeter</title>");
    writeFileSync(join(portalDirectory, "assets", "main-abc123.js"), "export {};");
    writeFileSync(join(portalDirectory, "icon.svg"), "<svg/>");
    app = await createHttpApplication({
      authenticator: { authenticate: () => Promise.reject(new PlatformError("not_authenticated")) },
      roomPlugins: [async (room) => void room.get("/v1/unmarked", async () => "secret")],
      readiness: async () => {
        if (!ready) throw new Error("connect ECONNREFUSED 10.0.0.5:5432");
      },
      metrics: createMetrics(),
      portalDirectory,
      version: "1.2.3",
    });
  });
  after(() => app.close());
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

  it("serves the portal's page at every address of its own", async () => {
    for (const url of ["/", "/devices/some-id", "/?x=1"]) {
      const page = await get(url, html);
      assert.deepEqual([page.statusCode, page.headers["cache-control"]], [200, "no-cache"], url);
      assert.match(page.body, /<title>Anymeter/);
      assert.match(String(page.headers["content-security-policy"]), /default-src 'self'/);
    }
  });

  it("lets browsers keep files that are named by their content, and no others", async () => {
    const script = await get("/assets/main-abc123.js");
    assert.equal(script.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.match(String(script.headers["content-type"]), /javascript/);
    assert.equal((await get("/icon.svg")).headers["cache-control"], "no-cache");
  });

  it("never answers an API or a missing file with the page", async () => {
    for (const url of [
      "/v1/nothing",
      "/assets/gone.js",
      "/api/x",
      "/metrics/x",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..%2f..%2fetc%2fpasswd",
    ]) {
      const missing = await get(url, url.includes("etc") ? {} : html);
      assert.equal(missing.statusCode, 404, url);
    }
    assert.equal((await app.inject({ method: "POST", url: "/devices", headers: html })).statusCode, 404);
  });

  it("is alive whatever the stores do, and ready only when they answer", async () => {
    assert.deepEqual((await get("/readyz")).json(), { status: "ready", version: "1.2.3" });
    ready = false;
    const refused = await get("/readyz");
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.json().code, "unavailable");
    assert.ok(!refused.body.includes("10.0.0.5"), "what is inside stays inside");
    assert.deepEqual((await get("/healthz")).json(), { status: "ok", version: "1.2.3" });
    ready = true;
  });

  it("counts requests by route, never by address", async () => {
    for (const id of ["a", "b"]) await get(`/v1/some-meter-${id}`);
    await app.inject({ method: "PURGE" as "GET", url: "/x" }).catch(() => undefined);
    const { body } = await get("/metrics");
    assert.match(body, /http_requests_total\{method="GET",route="none",status="404"\} \d+/);
    assert.match(body, /http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} \d+/);
    assert.match(body, /process_cpu_user_seconds_total/);
    assert.ok(!body.includes("some-meter"));
  });

  it("asks for staff where a route below /v1 forgot to say", async () => {
    assert.equal((await get("/v1/unmarked")).statusCode, 401);
  });

  it("sends headers that keep browsers safe, and no CORS", async () => {
    const { headers } = await get("/v1/unmarked", { origin: "https://evil.example" });
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["x-frame-options"], "DENY");
    assert.equal(headers["cache-control"], "no-store");
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
    assert.equal(headers["access-control-allow-origin"], undefined);
    assert.match(String(headers["x-request-id"]), /^[0-9a-f-]{36}$/);
  });

  it("takes over a request's id only when it is harmless", async () => {
    assert.equal((await get("/healthz", { "x-request-id": "order-66" })).headers["x-request-id"], "order-66");
    assert.match(
      String((await get("/healthz", { "x-request-id": "a\tb {}" })).headers["x-request-id"]),
      /^[0-9a-f-]{36}$/,
    );
  });

  it("shows its documentation without anything from elsewhere", async () => {
    const page = await get("/docs", html);
    assert.equal(page.statusCode, 200);
    const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, href]) => href!);
    assert.ok(links.length >= 4);
    for (const href of links) {
      assert.ok(!/^(?:https?:)?\/\//.test(href), href);
      assert.equal((await get(new URL(href, "http://x/docs/").pathname)).statusCode, 200, href);
    }
  });
});
