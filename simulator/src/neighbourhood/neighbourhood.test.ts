import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { DlmsMeter } from "../meters/dlms/dlms-meter.ts";
import { makes } from "../meters/dlms/makes.ts";
import { type EchoMeter, makeEchoMeter } from "../testing/echo-meter.ts";
import { openMeter } from "../testing/meter-client.ts";
import { rangeOf } from "../testing/meters.ts";
import type { MeterDescription } from "./description.ts";
import { startNeighbourhood } from "./neighbourhood.ts";
import type { OtherMeter } from "./others.ts";

const now = Date.UTC(2026, 9, 26, 12, 7);
const clock = () => now;
const profile = "1.0.99.1.0.255";
const directory = mkdtempSync(join(tmpdir(), "neighbourhood-"));
after(() => rmSync(directory, { recursive: true }));

test("sixty meters of every make listen within three seconds", async () => {
  const started = performance.now();
  const neighbourhood = await startNeighbourhood({ seed: 7 });
  const seconds = (performance.now() - started) / 1000;
  assert.ok(seconds < 3, `${seconds} s`);
  const { meters } = neighbourhood;
  assert.equal(meters.length, 60);
  for (const field of ["name", "port", "device"] as const) {
    assert.equal(new Set(meters.map((meter) => meter[field])).size, 60, field);
  }
  for (const make of makes) {
    assert.equal(meters.filter((meter) => meter.make === make.manufacturer).length, make.share);
  }
  await neighbourhood.close();
});

test("two of sixty are broken and one is seven minutes fast, each in its own way", async () => {
  const neighbourhood = await startNeighbourhood({ seed: 7, clock });
  const broken = neighbourhood.meters.filter(({ truth }) => !truth.healthy);
  assert.equal(broken.length, 2);
  const [resets, wrongKey] = broken;
  const client = await openMeter(resets!);
  await assert.rejects(client.read(8, "0.0.1.0.0.255", 2), { code: "connection_lost" });
  await assert.rejects(openMeter(wrongKey!), { code: "authentication_failed" });
  const fast = neighbourhood.meters.filter(({ device }) => device.clockTime - now > 60_000);
  assert.equal(fast.length, 1);
  assert.ok(Math.abs(fast[0]!.device.clockTime - now - 7 * 60_000) < 6_000);
  await neighbourhood.close();
});

test("the description is plain JSON and says nothing of what only the meters know", async () => {
  const neighbourhood = await startNeighbourhood({ seed: 7, meters: 12, clock });
  const { description } = neighbourhood;
  assert.deepEqual(JSON.parse(JSON.stringify(description)), description);
  for (const meter of description.meters) {
    assert.match(String(meter.deviceFields?.dlms_logical_device_name), /^[0-9A-F]{32}$/);
    assert.match(String(meter.deviceFields?.dlms_system_title), /^[0-9A-F]{16}$/);
    const { dlms_global_unicast_encryption_key: key, dlms_secret: secret } = meter.secrets ?? {};
    if (key) assert.match(key, /^[0-9A-F]{32}$/);
    if (secret) assert.match(secret, /^.{8}$/);
    for (const { name, unit } of meter.series)
      assert.match(`${name} ${unit}`, /^1-0:\d+\.\d+\.\d+ (Wh|varh|V|A|W|var|Hz|1)$/);
    const { serviceResistance, totalResistance } = meter.truth.service!;
    assert.ok(serviceResistance > 0.01 && totalResistance > serviceResistance && totalResistance < 0.4);
  }
  await neighbourhood.close();
});

test("a restart continues the same history on the same ports, with clocks as they were set", async () => {
  const memoryFile = join(directory, "restart", "memory.json");
  const settings = { seed: 11, meters: 12, historyDays: 3, clock, memoryFile };
  const first = await startNeighbourhood(settings);
  const before = await Promise.all(first.dlmsMeters.map(({ device }) => rowsOf(device)));
  first.dlmsMeters[7]!.device.setClock(now);
  const after = rowsOf(first.dlmsMeters[7]!.device);
  const secured = first.meters.find(({ secrets, truth }) => isCiphered(secrets) && truth.healthy)!;
  await (await openMeter(secured, { counter: 700 })).close();
  const ports = first.meters.map(({ port }) => port);
  await first.close();

  assert.equal(statSync(memoryFile).mode & 0o777, 0o600);
  const second = await startNeighbourhood(settings);
  assert.deepEqual(
    second.meters.map(({ port }) => port),
    ports,
  );
  second.dlmsMeters.forEach(({ device }, index) => {
    assert.deepEqual(rowsOf(device), index === 7 ? after : before[index]);
  });
  assert.equal(second.meters[7]!.device.clockTime, now);
  const again = second.meters.find(({ name }) => name === secured.name)!;
  await assert.rejects(openMeter(again, { counter: 700 }), { code: "invocation_counter_rejected" });
  await second.close();
});

test("a gateway comes back on its port with what its meters kept, and other protocols change nothing for DLMS", async () => {
  const memoryFile = join(directory, "gateway.json");
  const others: readonly OtherMeter[] = [
    { make: makeEchoMeter, model: "E1", heat: "house", gateway: "gateway 1" },
    { make: makeEchoMeter, model: "E1", gas: "bakery", gateway: "gateway 1" },
    { make: makeEchoMeter, model: "E2", electricity: "shop", trait: { clockError: 90_000, because: "to be seen" } },
  ];
  const settings = { seed: 11, meters: 3, historyDays: 2, clock, memoryFile };
  const first = await startNeighbourhood({ ...settings, others });
  const echo = (index: number, { meters }: typeof first) => meters[3 + index]!.device as EchoMeter;
  assert.deepEqual(
    [0, 1, 2].map((index) => {
      const { position, number, supply, clockError } = echo(index, first).options;
      return [position, number, supply.medium, Math.abs(clockError) < 1_500];
    }),
    [
      [0, 0, "heat", true],
      [1, 1, "gas", true],
      [0, 2, "electricity", false],
    ],
  );
  assert.equal(first.meters[5]!.truth.service?.area, "T02");
  echo(1, first).state.reboots = 4;
  const ports = first.meters.map(({ port }) => port);
  assert.equal(new Set(ports).size, 5);
  await first.close();
  const second = await startNeighbourhood({ ...settings, others });
  assert.deepEqual(
    second.meters.map(({ port }) => port),
    ports,
  );
  assert.equal(echo(1, second).state.reboots, 4);
  await second.close();
  const alone = await startNeighbourhood({ ...settings, memoryFile: join(directory, "alone.json") });
  assert.deepEqual(
    alone.dlmsMeters.map(({ device }) => rowsOf(device)),
    second.dlmsMeters.map(({ device }) => rowsOf(device)),
  );
  await alone.close();
});

test("own invocation counters are never used twice, not even after a kill", async () => {
  const memoryFile = join(directory, "kill.json");
  const settings = { seed: 11, meters: 6, historyDays: 1, clock, memoryFile };
  const first = await startNeighbourhood(settings);
  const secured = first.meters.find(({ secrets }) => isCiphered(secrets))!;
  await (await openMeter(secured)).close();
  const killed = readFileSync(memoryFile);
  const { reservedCounter } = JSON.parse(killed.toString()).meters[secured.serial];
  await first.close();
  writeFileSync(memoryFile, killed);
  const second = await startNeighbourhood(settings);
  const { device } = second.dlmsMeters.find(({ name }) => name === secured.name)!;
  const counter = device.associations.find(({ security }) => security)!.security!.counter;
  assert.ok(counter.take() > reservedCounter);
  await second.close();
});

test("a port that is taken is replaced, and the new one remembered", async () => {
  const { server, port } = await occupy();
  const memoryFile = join(directory, "ports.json");
  const first = await startNeighbourhood({ seed: 5, meters: 1, startPort: port, memoryFile });
  const replaced = first.meters[0]!.port;
  assert.notEqual(replaced, port);
  await first.close();
  await new Promise((resolve) => server.close(resolve));
  const second = await startNeighbourhood({ seed: 5, meters: 1, startPort: port, memoryFile });
  assert.equal(second.meters[0]!.port, replaced);
  await second.close();
});

test("the memory of another neighbourhood, and one that cannot be read, are refused by name", async () => {
  const memoryFile = join(directory, "other.json");
  await (await startNeighbourhood({ seed: 5, meters: 1, memoryFile })).close();
  await assert.rejects(
    startNeighbourhood({ seed: 6, meters: 1, memoryFile }),
    /other\.json belongs to .* seed 5, not 6/,
  );
  writeFileSync(memoryFile, '{"version":1,"se');
  await assert.rejects(
    startNeighbourhood({ seed: 5, meters: 1, memoryFile }),
    /other\.json is not a neighbourhood's memory/,
  );
});

test("a capture period that is no part of a day is refused", async () => {
  await assert.rejects(startNeighbourhood({ seed: 5, capturePeriod: 700 }), RangeError);
});

test("shorter capture periods give finer rows", async () => {
  const neighbourhood = await startNeighbourhood({ seed: 5, meters: 1, capturePeriod: 300, historyDays: 2, clock });
  const client = await openMeter(neighbourhood.meters[0]!);
  const buffer = await client.read(7, profile, 2, rangeOf(now - 3_600_000, now));
  assert.equal((buffer.value as unknown[]).length, 12);
  await client.close();
  await neighbourhood.close();
});

test("history computed ahead is the history read, and closing ends the work", async () => {
  const settings = { seed: 7, meters: 6, historyDays: 3, clock };
  const [prepared, lazy] = [await startNeighbourhood(settings), await startNeighbourhood(settings)];
  await prepared.prepare();
  assert.deepEqual(
    prepared.dlmsMeters.map(({ device }) => rowsOf(device)),
    lazy.dlmsMeters.map(({ device }) => rowsOf(device)),
  );
  await prepared.close();
  const unfinished = lazy.prepare();
  await lazy.close();
  await unfinished;
});

test("memory stays bounded while everything is read again and again", async () => {
  let time = now;
  const neighbourhood = await startNeighbourhood({ seed: 7, meters: 20, historyDays: 3, clock: () => time });
  const readAll = () => neighbourhood.dlmsMeters.map(({ device }) => rowsOf(device).length);
  for (let day = 0; day < 6; day++, time += 86_400_000) readAll();
  const before = bytesInUse();
  for (let day = 0; day < 12; day++, time += 86_400_000) readAll();
  const grown = bytesInUse() - before;
  assert.ok(grown < 10_000_000, `${grown} bytes more`);
  await neighbourhood.close();
});

/** After a collection, which V8 does on request once told that it may. */
function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The whole load profile as encoded. */
function rowsOf(device: DlmsMeter): Uint8Array {
  const association = device.associations.find(({ name }) => name === "management")!;
  const answer = device.get({ classId: 7, logicalName: profile, attribute: 2 }, association);
  if (!("encoded" in answer)) throw new Error("the profile was not given");
  return answer.encoded;
}

function isCiphered(secrets: MeterDescription["secrets"]): boolean {
  return secrets?.dlms_global_unicast_encryption_key !== undefined;
}

async function occupy(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as { port: number }).port };
}
