import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { RunFailure } from "../causes.ts";
import { systemClock } from "../clock.ts";
import { defaultSettings } from "../settings.ts";
import { ProtocolTrace } from "./protocol-trace.ts";
import { connectTcp } from "./tcp-line.ts";

async function lineTo(peer: (socket: Socket) => void, settings = {}, trace?: ProtocolTrace) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    peer(socket);
  });
  cleanUpAfterTests(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const counter = { sent: 0, received: 0 };
  const stop = new AbortController();
  const line = await connectTcp({
    target: { host: "127.0.0.1", port: (server.address() as { port: number }).port },
    settings: { ...defaultSettings.session, ...settings },
    clock: systemClock,
    signal: stop.signal,
    counter,
    trace,
  });
  cleanUpAfterTests(() => line.close());
  return { line, counter, stop };
}

test("bytes are counted in both directions, whatever their pieces", async () => {
  const { line, counter } = await lineTo((socket) => socket.pipe(socket));
  line.send(Buffer.from("hello"));
  const answer = await line.receive(1_000);
  assert.equal(Buffer.from(answer as Uint8Array).toString(), "hello");
  assert.deepEqual(counter, { sent: 5, received: 5 });
});

test("silence, the peer's end and a reset are told apart", async () => {
  const quiet = await lineTo(() => {});
  assert.equal(await quiet.line.receive(20), "silence");
  const ending = await lineTo((socket) => socket.end());
  assert.equal(await ending.line.receive(1_000), "closed");
  assert.ok(ending.line.closed);
  const resetting = await lineTo((socket) => socket.once("data", () => socket.resetAndDestroy()));
  resetting.line.send(Buffer.from("?"));
  await assert.rejects(resetting.line.receive(1_000), { code: "connection_reset" });
});

test("a peer that sends without end is cut at the limit", async () => {
  const { line } = await lineTo((socket) => socket.write(Buffer.alloc(100_000)), { maxBytesReceived: 50_000 });
  const read = async () => {
    while ((await line.receive(1_000)) instanceof Uint8Array);
  };
  await assert.rejects(read(), { code: "too_much_data" });
});

test("an abort ends a wait at once with its cause", async () => {
  const { line, stop } = await lineTo(() => {});
  const waiting = line.receive(60_000);
  stop.abort(new RunFailure("stopped"));
  await assert.rejects(waiting, { code: "stopped" });
});

test("a trace never shows a concealed secret, with or without parity", () => {
  const trace = new ProtocolTrace(1_000);
  trace.conceal(Buffer.from("12345678"));
  trace.sent(Buffer.from("\x01P1\x02(12345678)\x03a"));
  trace.sent(Buffer.from("\x01P1\x02(12345678)\x03a").map((byte) => byte | 0x80));
  trace.sent(Buffer.from("\x01R1\x02(1234567)\x03"));
  assert.deepEqual(trace.lines(), [
    "-> a secret, 16 bytes",
    "-> a secret, 16 bytes",
    "-> 0152310228313233343536372903",
  ]);
});

test("a trace keeps bytes up to its limit and never an association request", async () => {
  const trace = new ProtocolTrace(64);
  trace.sent(
    Buffer.from("60 1d a1 09 06 07 60 85 74 05 08 01 01 ac 0a 80 08 3132333435363738".replaceAll(" ", ""), "hex"),
  );
  trace.received(Buffer.from("0102", "hex"));
  trace.received(Buffer.alloc(100, 0xee));
  const lines = trace.lines();
  assert.match(lines[0]!, /^-> association request, \d+ bytes$/);
  assert.equal(lines[1], "<- 0102");
  assert.match(lines.at(-1)!, /^… \d+ more bytes$/);
  assert.doesNotMatch(lines.join(), /3132333435363738/);
});
