import assert from "node:assert/strict";
import { once } from "node:events";
import { request as secureRequest } from "node:https";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, it } from "node:test";
import { connect as connectSecurely } from "node:tls";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { loadCertificate } from "../certificate.ts";
import { temporaryDirectory } from "../stores/testing/temporary-directory.ts";
import { createHttpApplication } from "./application.ts";
import { limits, type Timeouts } from "./limits.ts";
import { listen } from "./listen.ts";

const host = "127.0.0.1";
/** Milliseconds in which a server closes; connections that are kept for the next request would hold it for a minute. */
const patience = 10_000;

describe("listeners", () => {
  let app: FastifyInstance;
  /** Of "/slow": somebody asked, and may be answered. */
  let asked: PromiseWithResolvers<void>;
  let release: PromiseWithResolvers<void>;
  afterEach(() => app.close());

  const open = async (timeouts: Partial<Timeouts> = {}) => {
    asked = Promise.withResolvers();
    release = Promise.withResolvers();
    const nobody = { authenticate: () => Promise.reject(new Error("unused")) };
    const things: FastifyPluginAsync = async (things) => {
      things.post("/v1/things", { config: { access: "public" } }, async () => "taken");
      things.get("/slow", { config: { access: "public" } }, async () => {
        asked.resolve();
        await release.promise;
        return "slowly";
      });
    };
    app = await createHttpApplication({
      ...{ authenticator: nobody, roomPlugins: [things], readiness: async () => {}, timeouts },
    });
  };

  /** Sends bytes and gives everything the server says until it hangs up. */
  const talk = async (port: number, bytes: string) => {
    const socket = connect(port, host);
    socket.write(bytes);
    return text(socket);
  };

  it("serve the same over HTTP and HTTPS, and all close", async () => {
    await open();
    const tls = await loadCertificate(temporaryDirectory(), {});
    const port = await listen(app, { host, port: 0 });
    const securePort = await listen(app, { host, port: 0, tls });
    assert.equal((await fetch(`http://${host}:${port}/healthz`)).status, 200);
    const [response] = await once(
      secureRequest({ host, port: securePort, path: "/v1/_health/", rejectUnauthorized: false, agent: false }).end(),
      "response",
    );
    assert.equal(response.statusCode, 200);
    assert.equal(JSON.parse(await text(response)).status, "ok");
    await app.close();
    for (const closed of [port, securePort]) {
      const [error] = await once(connect(closed, host), "error");
      assert.equal(error.code, "ECONNREFUSED");
    }
  });

  for (const [what, tls] of [
    ["HTTP", false],
    ["HTTPS", true],
  ] as const) {
    /** A connection over which bytes can be sent as they are. */
    const dial = async () => {
      await open();
      const certificate = await loadCertificate(temporaryDirectory(), {});
      const port = await listen(app, { host, port: 0, ...(tls && { tls: certificate }) });
      const socket = tls ? connectSecurely({ host, port, rejectUnauthorized: false }) : connect(port, host);
      await once(socket, tls ? "secureConnect" : "connect");
      return socket;
    };

    it(`close over ${what} while a body that was refused still arrives`, async () => {
      const socket = await dial();
      const length = `Content-Length: ${2 * limits.bodyBytes}`;
      socket.write(`POST /v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length}\r\n\r\nx`);
      assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1\.1 413 /);
      const begun = performance.now();
      await app.close();
      assert.ok(performance.now() - begun < patience);
    });

    it(`answer over ${what} what came before they close, and hang up then`, async () => {
      const socket = await dial();
      const answers = text(socket);
      socket.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
      await asked.promise;
      const begun = performance.now();
      const closed = app.close();
      release.resolve();
      await closed;
      assert.ok(performance.now() - begun < patience);
      assert.match(await answers, /^HTTP\/1\.1 200 OK\r\n(?:.|\n|\r)*slowly/);
    });
  }

  it("say so when the port is taken", async () => {
    await open();
    const port = await listen(app, { host, port: 0 });
    await assert.rejects(listen(app, { host, port, tls: await loadCertificate(temporaryDirectory(), {}) }), {
      code: "EADDRINUSE",
    });
  });

  it("hang up on who sends one byte at a time", async () => {
    await open({ headers: 50, request: 100, check: 20 });
    const answer = await talk(await listen(app, { host, port: 0 }), "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n/);
    assert.match(answer, /"code":"request_timeout"/);
  });

  for (const [what, length] of [
    ["tells its length", `Content-Length: ${2 * limits.bodyBytes}`],
    ["does not tell its length", "Transfer-Encoding: chunked"],
  ] as const) {
    it(`hear out a body that is too large and ${what}, answer it, and keep the connection`, async () => {
      await open();
      const port = await listen(app, { host, port: 0 });
      const socket = connect(port, host);
      const answers = text(socket);
      const chunked = length.startsWith("Transfer");
      socket.write(`POST /v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length}\r\n\r\n`);
      const part = "x".repeat(64 * 1024);
      for (let sent = 0; sent < 2 * limits.bodyBytes; sent += part.length) {
        if (!socket.write(chunked ? `10000\r\n${part}\r\n` : part)) await once(socket, "drain");
      }
      socket.write(`${chunked ? "0\r\n\r\n" : ""}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.match(await answers, /^HTTP\/1\.1 413 (?:.|\n|\r)*HTTP\/1\.1 200 OK\r\n/);
    });
  }

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ["what is no HTTP", "hello\r\n\r\n", /^HTTP\/1\.1 400 Bad Request\r\n(?:.|\n|\r)*"code":"malformed_request"/],
    [
      "headers without end",
      `GET / HTTP/1.1\r\nX: ${"x".repeat(limits.headerBytes)}\r\n\r\n`,
      /^HTTP\/1\.1 431 (?:.|\n|\r)*"code":"headers_too_large"/,
    ],
    [
      "two lengths",
      "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      /^HTTP\/1\.1 400 /,
    ],
    ["a path that is no path", "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", /^HTTP\/1\.1 404 /],
  ];
  for (const [what, bytes, answer] of broken) {
    it(`answer ${what} and go on`, async () => {
      await open();
      const port = await listen(app, { host, port: 0 });
      assert.match(await talk(port, bytes), answer);
      assert.equal((await fetch(`http://${host}:${port}/healthz`)).status, 200);
    });
  }
});
