import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Neighbourhood, startNeighbourhood } from "../neighbourhood/neighbourhood.ts";
import { makeEchoMeter } from "../testing/echo-meter.ts";
import { openMeter } from "../testing/meter-client.ts";
import { type ControlServer, startControlServer } from "./control-server.ts";

let neighbourhood: Neighbourhood;
let control: ControlServer;
before(async () => {
  neighbourhood = await startNeighbourhood({
    ...{ seed: 7, meters: 6, historyDays: 2 },
    others: [{ make: makeEchoMeter, model: "E1", heat: "house" }],
  });
  control = await startControlServer(neighbourhood, "127.0.0.1", 0);
});
after(async () => {
  await control.close();
  await neighbourhood.close();
});

test("lists the meters with their faults", async () => {
  const { status, body } = await send("GET", "");
  assert.equal(status, 200);
  assert.deepEqual(
    body.map(({ name }: { name: string }) => name),
    neighbourhood.meters.map(({ name }) => name),
  );
  assert.deepEqual(body[0].faults, {});
});

test("switches faults on, heals one, heals all", async () => {
  const [meter] = neighbourhood.meters;
  const path = `/${meter!.name}/faults`;
  assert.deepEqual((await send("PUT", path, { silent: true, latency: 5 })).body.faults, { silent: true, latency: 5 });
  await assert.rejects(openMeter(meter!, { timeout: 100 }));
  assert.deepEqual((await send("PUT", path, { silent: null })).body.faults, { latency: 5 });
  await (await openMeter(meter!)).close();
  assert.deepEqual((await send("DELETE", path)).body.faults, {});
});

test("makes joints fail and meters reboot", async () => {
  const meter = neighbourhood.dlmsMeters[0]!;
  const { measurements } = meter.device;
  const at = Date.now() - 3_600_000;
  const volts = () => Math.max(...measurements.supply.now(at).volts);
  const before = volts();
  const fault = { kind: "step", leg: "line", from: at - 86_400_000, ohms: 3 };
  assert.equal((await send("PUT", `/${meter.name}/joint-faults`, [fault])).status, 200);
  assert.ok(volts() < before - 0.1);
  const client = await openMeter(meter);
  const pending = client.read(8, "0.0.1.0.0.255", 2);
  pending.catch(() => undefined);
  assert.equal((await send("POST", `/${meter.name}/reboot`, { duration: 20 })).status, 200);
  await assert.rejects(client.read(8, "0.0.1.0.0.255", 2), { code: "connection_lost" });
});

test("a meter of another protocol has faults of its own, and only what measures electricity has joints", async () => {
  const heat = neighbourhood.meters.at(-1)!;
  assert.deepEqual((await send("PUT", `/${heat.name}/faults`, { deaf: true, echo: true })).body.faults, {
    deaf: true,
    echo: true,
  });
  const refused = await send("PUT", `/${heat.name}/faults`, { wrongTag: true });
  assert.match(refused.body.error, /wrongTag is no fault; the faults are latency, .*, deaf$/);
  const joints = await send("PUT", `/${heat.name}/joint-faults`, []);
  assert.deepEqual([joints.status, joints.body.error], [400, `${heat.name} measures heat: it has no joints`]);
});

test("somebody presses the button of a meter that waits for it, and only of such a one", async () => {
  const of = (model: string) => neighbourhood.dlmsMeters.find((meter) => meter.model === model)!;
  const waiting = of("E1");
  waiting.device.operation.operateSwitch("open", "remote");
  waiting.device.operation.operateSwitch("close", "remote");
  const pressed = await send("POST", `/${waiting.name}/button`);
  assert.deepEqual([pressed.status, pressed.body.controlState], [200, 1]);
  const idle = await send("POST", `/${waiting.name}/button`);
  assert.deepEqual([idle.status, idle.body.error], [400, `the button of ${waiting.name} does nothing now`]);
  assert.match((await send("POST", `/${of("F3").name}/button`)).body.error, /cannot be disconnected/);
});

test("what is wrong with a request is said, and nothing is switched", async () => {
  const path = `/${neighbourhood.meters[1]!.name}`;
  const cases: [string, string, unknown, number, RegExp][] = [
    ["PUT", `${path}/faults`, { latency: -1 }, 400, /latency must be a whole number of milliseconds/],
    ["PUT", `${path}/faults`, { latncy: 1 }, 400, /latncy is no fault/],
    ["PUT", `${path}/faults`, [1], 400, /must be a JSON object/],
    ["PUT", `${path}/faults`, "{", 400, /not JSON/],
    ["PUT", `${path}/faults`, `"${"x".repeat(70_000)}"`, 400, /at most 65536 characters/],
    ["PUT", `${path}/joint-faults`, [{ kind: "loose" }], 400, /kind must be one of/],
    ["PUT", `${path}/joint-faults`, [{ kind: "step", leg: "d", from: 0, ohms: 1 }], 400, /leg must be/],
    ["POST", `${path}/reboot`, {}, 400, /duration must be/],
    ["PUT", "/NOBODY/faults", {}, 404, /no meter NOBODY/],
    ["POST", `${path}/faults`, {}, 404, /not served/],
  ];
  for (const [method, url, body, status, message] of cases) {
    const answer = await send(method, url, body);
    assert.equal(answer.status, status, `${method} ${url}`);
    assert.match(answer.body.error, message);
  }
  assert.deepEqual(neighbourhood.meters[1]!.faults.current, {});
});

async function send(method: string, path: string, body?: unknown) {
  const response = await fetch(`${control.url}/meters${path}`, {
    method,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: bodies of several shapes; the tests say what they expect.
  return { status: response.status, body: (await response.json()) as any };
}
