import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { type Neighbourhood, startNeighbourhood } from "../neighbourhood/neighbourhood.ts";
import { makeEchoMeter } from "../testing/echo-meter.ts";

let neighbourhood: Neighbourhood;
before(async () => {
  neighbourhood = await startNeighbourhood({
    ...{ seed: 7, meters: 0, historyDays: 1 },
    others: [
      { make: makeEchoMeter, model: "E1", heat: "house", gateway: "gateway 1" },
      { make: makeEchoMeter, model: "E1", water: "house", gateway: "gateway 1" },
      { make: makeEchoMeter, model: "E2", electricity: "home" },
    ],
  });
});
after(() => neighbourhood.close());
afterEach(() => {
  for (const meter of neighbourhood.meters) meter.faults.clear();
});

test("meters behind a gateway share a port, and each answers for itself", async () => {
  const [heat, water, alone] = neighbourhood.meters;
  assert.equal(heat!.port, water!.port);
  assert.notEqual(heat!.port, alone!.port);
  const line = await talk(0);
  line.say("1\n0\n7\n");
  assert.equal(await line.hears("hello\nECH000001\nECH000000\n"), "hello\nECH000001\nECH000000\n");
  assert.equal(alone!.connections(), 0);
  line.end();
});

test("a session is told of silence, and what it says then is sent before the line is closed", async () => {
  const line = await talk(2);
  await once(line.socket, "end");
  assert.equal(line.heard(), "hello\n?");
  line.end();
});

test("a fault of one meter's line is one of the gateway, a fault of its own is not", async () => {
  neighbourhood.meters[1]!.faults.set({ deaf: true, latency: 20 });
  const line = await talk(0);
  const asked = performance.now();
  line.say("1\n0\n");
  assert.equal(await line.hears("hello\nECH000000\n"), "hello\nECH000000\n");
  assert.ok(performance.now() - asked >= 19);
  line.end();
});

test("a healed fault of one meter does not hide another's", async () => {
  const [heat, water] = neighbourhood.meters;
  heat!.faults.set({ silent: true });
  water!.faults.set({ silent: true });
  water!.faults.set({ silent: undefined });
  const line = await talk(0);
  line.say("0\n");
  await new Promise((resolve) => setTimeout(resolve, 50));
  heat!.faults.clear();
  line.say("1\n");
  assert.equal(await line.hears("ECH000001\n"), "ECH000001\n");
  line.end();
});

test("answers come in pieces of the size that was set", async () => {
  neighbourhood.meters[2]!.faults.set({ chunkSize: 4 });
  const line = await talk(2);
  line.say("0\n");
  assert.equal(await line.hears("hello\nECH000002\n"), "hello\nECH000002\n");
  assert.ok(
    line.pieces().every((piece) => piece.length <= 4),
    line.pieces().join("|"),
  );
  line.end();
});

test("answers come twice, and what was said comes back first", async () => {
  const line = await talk(2);
  await line.hears("hello\n");
  neighbourhood.meters[2]!.faults.set({ repeated: true, echo: true });
  line.say("0\n");
  assert.equal(await line.hears("ECH000002\nECH000002\n"), "hello\n0\nECH000002\nECH000002\n");
  line.end();
});

test("noise comes before an answer or in its place", async () => {
  const meter = neighbourhood.meters[2]!;
  meter.faults.set({ garbage: "before" });
  const before = await talk(2);
  assert.match(await before.hears("hello\n"), /^.{11}hello\n/s);
  before.end();
  meter.faults.set({ garbage: "instead" });
  const instead = await talk(2);
  await once(instead.socket, "data");
  assert.doesNotMatch(instead.heard(), /hello/);
  instead.end();
});

test("a reboot drops the line, refuses for a while, and every meter behind it notes it", async () => {
  const [heat, water] = neighbourhood.meters;
  const line = await talk(0);
  await line.hears("hello\n");
  const dropped = new Promise((resolve) => line.socket.once("close", resolve));
  heat!.reboot(20);
  await dropped;
  const refused = connect(heat!.port, heat!.host).on("error", () => undefined);
  await new Promise((resolve) => refused.once("close", resolve));
  const states = [heat, water].map((meter) => (meter!.device as ReturnType<typeof makeEchoMeter>).state);
  while (states[0]!.reboots === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(states, [{ reboots: 1 }, { reboots: 1 }]);
  (await talk(0)).end();
});

async function talk(index: number) {
  const { host, port } = neighbourhood.meters[index]!;
  const socket: Socket = connect(port, host).on("error", () => undefined);
  const pieces: string[] = [];
  socket.on("data", (bytes) => pieces.push(bytes.toString("latin1")));
  await once(socket, "connect");
  const heard = () => pieces.join("");
  return {
    socket,
    pieces: () => pieces,
    heard,
    say: (text: string) => void socket.write(text),
    /** Resolves with all that was heard once it ends with the text. */
    async hears(text: string): Promise<string> {
      while (!heard().endsWith(text)) await once(socket, "data");
      return heard();
    },
    end: () => void socket.destroy(),
  };
}
