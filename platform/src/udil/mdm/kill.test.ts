import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startVendorMdc } from "@anymeter/simulator";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { temporaryDirectory } from "../../stores/testing/temporary-directory.ts";

const token = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b";

interface Running {
  readonly child: ChildProcess;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of many routes; the test says what it expects.
  send(method: string, path: string, body?: unknown): Promise<any>;
}

/** Of the processes of this test. */
const compiled = temporaryDirectory();

async function start(directory: string): Promise<Running> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/platform-process.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      ...{ ANYMETER_DATA: directory, ANYMETER_PORT: "0", ANYMETER_TLS_PORT: "0", ANYMETER_DLMS_PUSH_PORT: "0" },
      ...{ ANYMETER_ADMIN_TOKEN: token, ANYMETER_LOG_LEVEL: "silent" },
      NODE_COMPILE_CACHE: compiled,
    },
  });
  cleanUpAfterTests(() => child.kill("SIGKILL"));
  const [address] = await Promise.race([
    once(createInterface(child.stdout!), "line") as Promise<[string]>,
    once(child, "exit").then(([code]) => assert.fail(`the platform ended with ${code} before it was served`)),
  ]);
  const send: Running["send"] = async (method, path, body) => {
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: { authorization: `Token ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return { child, send };
}

async function kill({ child }: Running): Promise<void> {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Asks again and again until the answer is as wanted. */
async function until<Answer>(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    assert.ok(tries < 600, `it came to ${JSON.stringify(answer).slice(0, 1000)}`);
    await pause(50);
  }
}

test("kill -9 in the middle of polls and commands: nothing lost, nothing doubled, no command sent twice", async () => {
  const directory = temporaryDirectory();
  const vendor = await startVendorMdc({ seed: 95, meters: 20, stock: 0, historyDays: 3, pace: 0.2, readDelay: [0, 0] });
  cleanUpAfterTests(() => vendor.close());
  const { url, username, password, code, certificate } = vendor.description;
  let running = await start(directory);
  const organization = (await running.send("POST", "/v1/organizations/", { name: "Utility" })).id;
  const series = { organization, name: "1-0:15.8.0", unit: "kWh" };
  await running.send("POST", "/v1/metering/meter-reading-series", series);
  const mdc = await running.send("POST", "/v1/udil/mdcs", {
    ...{ organization, name: "Vendor", base_url: url, username, password, code, pinned_certificate: certificate },
    ...{ poll_interval_seconds: 1, fills_holes: false, is_active: false, history_days: 5 },
  });
  await running.send("PATCH", `/v1/udil/mdcs/${mdc.id}`, { is_active: true });
  const meters = vendor.description.meters.map(({ global_device_id, msn }) => ({ global_device_id, msn }));
  await running.send("POST", `/v1/udil/mdcs/${mdc.id}/meters`, { meters });

  // Each round is cut a little later: before, within and after what it is about.
  const commands: string[] = [];
  for (const milliseconds of [60, 200, 400]) {
    const { id } = await running.send("POST", "/v1/commands", {
      ...{ organization, command: "time_synchronization", parameters: {} },
      devices: meters.map(({ global_device_id }) => ({ global_device_id })),
    });
    commands.push(id);
    await pause(milliseconds);
    await kill(running);
    running = await start(directory);
  }

  for (const id of commands) {
    const devices = await until(
      () => running.send("GET", `/v1/commands/${id}/devices?limit=100`),
      ({ results }) => results.every(({ state }: { state: string }) => state !== "waiting" && state !== "running"),
    );
    assert.deepEqual(new Set(devices.results.map(({ state }: { state: string }) => state)), new Set(["succeeded"]));
  }
  const executed = [...vendor.transactions.all()].flatMap(({ devices }) =>
    devices.map(({ globalDeviceId }) => globalDeviceId),
  );
  for (const { global_device_id } of meters) {
    assert.equal(executed.filter((id) => id === global_device_id).length, commands.length, global_device_id);
  }

  const devices = (await running.send("GET", `/v1/metering/meter-devices?udil_mdc=${mdc.id}&limit=100`)).results;
  assert.equal(devices.length, meters.length);
  for (const { id, global_device_id } of devices) {
    const meter = new Set([vendor.meters.get(global_device_id)!]);
    const expected = vendor.collector.tables.select("LPRO", { meters: meter, by: "db_datetime" }).map(({ at }) => at);
    assert.ok(expected.length > 100);
    const path = `/v1/metering/meter-readings?meter_device=${id}&limit=10000`;
    const { results } = await until(
      () => running.send("GET", path),
      (answer) => answer.results.length >= expected.length,
    );
    // Of the same series there are readings of billing and instantaneous rows too.
    const times = results.map(({ timestamp }: { timestamp: string }) => Date.parse(timestamp));
    assert.equal(new Set(times).size, times.length, `${global_device_id} has readings twice`);
    assert.deepEqual(
      expected.filter((at) => !times.includes(at)),
      [],
      `${global_device_id} lacks readings`,
    );
  }
  assert.equal((await running.send("GET", `/v1/udil/mdcs/${mdc.id}/set-aside`)).count, 0);
  await kill(running);
});
