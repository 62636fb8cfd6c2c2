import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { openRegistryFixture } from "../registry/testing/registry-fixture.ts";
import { mdcErrorStyles } from "../udil/mdc/mdc.ts";
import { listen } from "./listen.ts";

test("what comes while the application closes is answered in the style of its address, and hung up on", async () => {
  const held = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<void>();
  let begun = 0;
  const { app } = await openRegistryFixture({
    errorStyles: mdcErrorStyles,
    plugins: () => [
      async (room) => {
        room.get("/held", async () => {
          if (++begun === requests.length) waiting.resolve();
          await held.promise;
          return "first";
        });
        room.post("/udil/events", async () => "served");
        room.addHook("preClose", async () => closing.resolve());
      },
    ],
  });
  const port = await listen(app, { host: "127.0.0.1", port: 0 });
  const write = (socket: Socket, line: string, accept: string) =>
    socket.write(`${line} HTTP/1.1\r\nHost: a\r\nAccept: ${accept}\r\nContent-Length: 0\r\ntransactionid: T1\r\n\r\n`);
  const callers = requests.map((request) => {
    const socket = connect(port, "127.0.0.1");
    write(socket, "GET /held", "*/*");
    return { ...request, socket, answers: text(socket) };
  });
  await waiting.promise;
  const closed = app.close();
  await closing.promise;
  const arrived = Promise.withResolvers<void>();
  let left = requests.length;
  app.server.on("request", () => {
    if (--left === 0) arrived.resolve();
  });
  for (const { socket, line, accept } of callers) write(socket, line, accept);
  await arrived.promise;
  held.resolve();
  await closed;
  for (const { answers, type, body } of callers) {
    const [first, second] = (await answers).split(/(?=HTTP\/1\.1 )/);
    assert.match(first!, /first$/);
    const [head, sent] = second!.split("\r\n\r\n");
    assert.match(head!, /^HTTP\/1\.1 503 /);
    assert.match(head!, new RegExp(`content-type: ${type}`, "i"));
    assert.match(head!, /retry-after: 5/i);
    assert.equal(sent, body);
  }
});

const message = "The platform is stopping. Try again shortly.";
const requests = [
  {
    ...{ line: "POST /udil/events", accept: "text/xml", type: "application/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<root><status>0</status><transactionid>T1</transactionid><data></data><message>${message}</message></root>\n`,
  },
  {
    ...{ line: "POST /udil/events", accept: "application/json", type: "application/json" },
    body: JSON.stringify({ status: "0", transactionid: "T1", data: [], message }),
  },
  {
    ...{ line: "GET /v1/users/", accept: "*/*", type: "application/json" },
    body: JSON.stringify({ detail: message }),
  },
];
