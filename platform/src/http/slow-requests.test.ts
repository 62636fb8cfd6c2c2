import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, it } from "node:test";
import type { FastifyInstance } from "fastify";
import { createHttpApplication } from "./application.ts";
import { limits } from "./limits.ts";
import { listen } from "./listen.ts";
import { takeAsStream } from "./slow-requests.ts";

const host = "127.0.0.1";
const times = { request: 200, stream: 100, check: 20 };
/** Bytes that a stream must bring in the time of `times.stream`. */
const enough = Math.ceil((limits.streamBytesPerSecond * times.stream) / 1000);

describe("a request that arrives slowly", () => {
  let app: FastifyInstance;
  let socket: Socket;
  let arrived = 0;
  afterEach(async () => {
    socket.destroy();
    await app.close();
  });

  /** Sends the headers of a body of that length to a route that takes JSON, or counts a stream's bytes. */
  const begin = async (path: string, bytes: number) => {
    arrived = 0;
    app = await createHttpApplication({
      authenticator: { authenticate: () => Promise.reject(new Error("unused")) },
      readiness: async () => {},
      timeouts: times,
      roomPlugins: [
        async (scope) => {
          scope.post("/body", async () => "taken");
          scope.post("/early", { onRequest: async (_request, reply) => reply.send("early") }, async () => "late");
          scope.addContentTypeParser("application/x-stream", (request, payload, done) => {
            takeAsStream(request.raw);
            done(null, payload);
          });
          scope.post("/stream", async ({ body }) => {
            for await (const chunk of body as AsyncIterable<Buffer>) arrived += chunk.length;
            return `${arrived} bytes`;
          });
        },
      ],
    });
    socket = connect(await listen(app, { host, port: 0 }), host);
    await once(socket, "connect");
    const type = path === "/stream" ? "application/x-stream" : "application/json";
    const connection = path === "/early" ? "keep-alive" : "close";
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nContent-Type: ${type}\r\n`);
    socket.write(`Content-Length: ${bytes}\r\n\r\n`);
  };
  /** Sends a part every 20 milliseconds, as long as the other side listens. */
  const trickle = async (parts: number, bytes: number) => {
    for (let part = 0; part < parts && socket.writable; part++) {
      socket.write("1".repeat(bytes));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it("is refused when it is an ordinary one, and the connection ends", async () => {
    await begin("/body", 1000);
    const [answer] = await Promise.all([text(socket), trickle(100, 1)]);
    assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n(?:.|\r|\n)*"code":"request_timeout"/);
  });

  it("ends the connection also when it was answered early", async () => {
    await begin("/early", 1000);
    const [answer] = await Promise.all([text(socket), trickle(100, 1)]);
    assert.match(answer, /^HTTP\/1\.1 200 (?:.|\r|\n)*\r\n\r\nearly/);
  });

  it("goes on as a stream that keeps the least rate, for longer than ordinary ones may", async () => {
    const [parts, bytes] = [30, enough];
    await begin("/stream", parts * bytes);
    const [answer] = await Promise.all([text(socket), trickle(parts, bytes)]);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 200 (?:.|\\r|\\n)*${parts * bytes} bytes$`));
  });

  it("is refused as a stream below the least rate", async () => {
    await begin("/stream", 1000);
    const [answer] = await Promise.all([text(socket), trickle(100, 1)]);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.ok(arrived > 0);
  });
});
