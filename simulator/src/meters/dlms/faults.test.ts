import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, afterEach, before, test } from "node:test";
import type { Data } from "@anymeter/dlms-cosem";
import { type Neighbourhood, type NeighbourhoodMeter, startNeighbourhood } from "../../neighbourhood/neighbourhood.ts";
import { type MeterClient, openMeter } from "../../testing/meter-client.ts";

let neighbourhood: Neighbourhood;
before(async () => {
  neighbourhood = await startNeighbourhood({ seed: 7, meters: 6, historyDays: 2 });
});
after(() => neighbourhood.close());
afterEach(() => {
  for (const meter of neighbourhood.meters) meter.faults.clear();
});

test("latency makes every answer late and none wrong", async () => {
  const meter = meterOf("ALM");
  meter.faults.set({ latency: 60 });
  const started = performance.now();
  const client = await openMeter(meter);
  await client.read(8, "0.0.1.0.0.255", 2);
  assert.ok(performance.now() - started >= 115);
  await client.close();
});

test("one byte at a time is slow and still right", async () => {
  const meter = meterOf("CST");
  meter.faults.set({ byteInterval: 1 });
  const client = await openMeter(meter);
  assert.equal((await client.read(1, "0.0.42.0.0.255", 2)).type, "octet-string");
  await client.close();
});

test("lost answers leave the client waiting until it gives up", async () => {
  const meter = meterOf("ALM");
  const client = await openMeter(meter, { timeout: 100 });
  meter.faults.set({ loss: 1 });
  await assert.rejects(client.read(8, "0.0.1.0.0.255", 2), { code: "response_timeout" });
  client.destroy();
});

test("a silent meter accepts the connection and says nothing", async () => {
  const meter = meterOf("ALM");
  meter.faults.set({ silent: true });
  await assert.rejects(openMeter(meter, { timeout: 100 }), { fault: "timeout" });
});

test("resets come after as many answers as were set", async () => {
  const meter = meterOf("ALM");
  meter.faults.set({ resetAfter: 2 });
  const client = await openMeter(meter);
  await client.read(8, "0.0.1.0.0.255", 2);
  await assert.rejects(client.read(8, "0.0.1.0.0.255", 2), { code: "connection_lost" });
  meter.faults.set({ resetAfter: 0 });
  await assert.rejects(openMeter(meter), { code: "connection_lost" });
});

test("garbage before an answer is survived by HDLC and ends a wrapper", async () => {
  const [hdlc, wrapper] = [meterOf("CST"), meterOf("ALM")];
  hdlc.faults.set({ garbage: "before" });
  wrapper.faults.set({ garbage: "before" });
  const client = await openMeter(hdlc, { timeout: 500 });
  assert.equal((await client.read(1, "0.0.42.0.0.255", 2)).type, "octet-string");
  await client.close();
  await assert.rejects(openMeter(wrapper, { timeout: 500 }));
});

test("garbage in place of answers is never taken for one", async () => {
  for (const flag of ["CST", "ALM"]) {
    const meter = meterOf(flag);
    meter.faults.set({ garbage: "instead" });
    await assert.rejects(openMeter(meter, { timeout: 100 }));
  }
});

for (const flag of ["ALM", "FJL"]) {
  test(`${flag}: a truncated APDU in a whole frame fails its request`, async () => {
    const meter = meterOf(flag);
    const client = await openMeter(meter, { timeout: 500 });
    meter.faults.set({ truncatedApdu: true });
    await assert.rejects(client.read(1, "0.0.42.0.0.255", 2));
    client.destroy();
  });
}

for (const flag of ["DLF", "FJL"]) {
  test(`${flag}: a wrong tag is noticed`, async () => {
    const meter = meterOf(flag);
    const client = await openMeter(meter, { timeout: 500 });
    meter.faults.set({ wrongTag: true });
    await assert.rejects(client.read(1, "0.0.42.0.0.255", 2), { code: "authentication_tag_mismatch" });
    client.destroy();
  });
}

test("a counter used before is noticed", async () => {
  const meter = meterOf("DLF");
  const client = await openMeter(meter, { timeout: 500 });
  await client.read(1, "0.0.42.0.0.255", 2);
  meter.faults.set({ replayedCounter: true });
  await assert.rejects(client.read(1, "0.0.42.0.0.255", 2), { code: "invocation_counter_replayed" });
  client.destroy();
});

test("wrong keys and passwords keep everybody out until they are healed", async () => {
  for (const flag of ["DLF", "BOR"]) {
    const meter = meterOf(flag);
    meter.faults.set({ wrongKey: true });
    await assert.rejects(openMeter(meter, { timeout: 500 }));
    meter.faults.clear();
    await (await openMeter(meter)).close();
  }
});

test("a reboot drops connections, refuses new ones for its time, and is logged", async () => {
  const meter = meterOf("ALM");
  const client = await openMeter(meter);
  const pending = client.read(8, "0.0.1.0.0.255", 2);
  meter.reboot(150);
  await assert.rejects(pending, { code: "connection_lost" });
  await assert.rejects(openMeter(meter), { code: "connection_lost" });
  const again = await reopened(meter);
  const log = await again.read(7, "0.0.99.98.0.255", 2);
  const codes = (log.value as Data[]).map(({ value }) => (value as Data[])[1]!.value);
  assert.deepEqual(codes.slice(-2), [1, 2]);
  await again.close();
});

test("connections are forgotten when they end", async () => {
  const meter = meterOf("ALM");
  const socket = connect(meter.port, meter.host);
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.destroy();
  while (meter.connections() > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(meter.connections(), 0);
});

async function reopened(meter: NeighbourhoodMeter): Promise<MeterClient> {
  for (;;) {
    const client = await openMeter(meter).catch(() => undefined);
    if (client !== undefined) return client;
  }
}

function meterOf(flag: string): NeighbourhoodMeter {
  return neighbourhood.meters.find(({ name }) => name.startsWith(flag))!;
}
