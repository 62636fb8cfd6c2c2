import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { before, describe, test } from "node:test";
import type { DlmsMeterFaults, DlmsSettings } from "@anymeter/simulator";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { openReadingScene } from "../../testing/reading-scene.ts";

const loadProfile = "1-0:99.1.0";

describe("meters that misbehave", () => {
  let scene: Awaited<ReturnType<typeof openReadingScene>>;
  before(async () => {
    scene = await openReadingScene({ meters: 6, historyDays: 1 });
    // One attempt: what a second one would do is the queue's affair.
    const retry = { maxAttempts: 1, firstDelayMilliseconds: 1, maxDelayMilliseconds: 1 };
    await scene.openHeadEnd({ retry }).start();
  });
  const meterOf = (wanted: (settings: { framing: string; ciphering: string }) => boolean) =>
    scene.meters.find(({ settings }) => wanted(settings as DlmsSettings))!;

  const faults: readonly [
    name: string,
    faults: DlmsMeterFaults,
    where: "wrapper" | "hdlc" | "ciphered",
    causes: readonly string[],
  ][] = [
    ["garbage over the wrapper", { garbage: "instead" }, "wrapper", ["garbage"]],
    ["garbage over HDLC", { garbage: "instead" }, "hdlc", ["garbage"]],
    ["nothing at all", { silent: true }, "wrapper", ["no_answer"]],
    ["nothing at all over HDLC", { silent: true }, "hdlc", ["no_answer"]],
    ["truncated APDUs", { truncatedApdu: true }, "wrapper", ["truncated_answer", "invalid_answer"]],
    ["truncated APDUs over HDLC", { truncatedApdu: true }, "hdlc", ["truncated_answer", "invalid_answer"]],
    ["a reset on every request", { resetAfter: 0 }, "wrapper", ["connection_reset"]],
    ["a reset after the association", { resetAfter: 1 }, "wrapper", ["connection_reset"]],
    ["wrong tags", { wrongTag: true }, "ciphered", ["wrong_key", "invalid_answer"]],
    ["replayed counters", { replayedCounter: true }, "ciphered", ["counter_replayed"]],
    ["another key", { wrongKey: true }, "ciphered", ["wrong_key", "authentication_failed"]],
  ];
  for (const [name, given, where, causes] of faults) {
    test(`${name} is ${causes[0]}, and the others go on`, async () => {
      const meter = meterOf(({ framing, ciphering }) =>
        where === "ciphered" ? ciphering !== "none" : framing === where && (where === "hdlc" || ciphering === "none"),
      );
      const healthy = scene.meters.find((other) => other !== meter)!;
      const [device, neighbour] = [await scene.register(meter), await scene.register(healthy)];
      meter.faults.set(given);
      try {
        const [run, other] = await Promise.all([
          scene.ask(device, "read_profile", { obis: loadProfile }).then(scene.over),
          scene.ask(neighbour, "read_profile", { obis: loadProfile }).then(scene.over),
        ]);
        assert.equal(run.state, "failed");
        assert.ok(causes.includes(run.cause!), `${run.cause}: ${run.cause_detail}`);
        assert.ok(run.cause_sentence && run.cause_advice);
        assert.equal(other.state, "succeeded", `${other.cause}: ${other.cause_detail}`);
      } finally {
        meter.faults.clear();
      }
      // Healed, the same meter is read: nothing of the failure sticks.
      const healed = await scene.over(await scene.ask(device, "read_profile", { obis: loadProfile }));
      assert.equal(healed.state, "succeeded", `${healed.cause}: ${healed.cause_detail}`);
    });
  }

  test("a wrong key is told apart from a wrong line, and tried once", async () => {
    const meter = meterOf(({ ciphering }) => ciphering !== "none");
    const device = await scene.register({
      ...meter,
      secrets: { ...meter.secrets, dlms_global_unicast_encryption_key: "00".repeat(16) },
    });
    const run = await scene.over(await scene.ask(device, "read_profile", { obis: loadProfile }));
    assert.deepEqual([run.state, run.cause, run.attempts], ["failed", "wrong_key", 1], run.cause_detail ?? "");
  });

  test("a wrong password is authentication_failed", async () => {
    const meter = scene.meters.find(({ secrets }) => secrets?.dlms_secret !== undefined)!;
    const device = await scene.register({ ...meter, secrets: { dlms_secret: "not it" } });
    const run = await scene.over(await scene.ask(device, "read_profile", { obis: loadProfile }));
    assert.deepEqual(
      [run.state, run.cause, run.attempts],
      ["failed", "authentication_failed", 1],
      run.cause_detail ?? "",
    );
  });

  test("a counter behind the meter's own is caught up with", async () => {
    const meter = meterOf(({ ciphering }) => ciphering !== "none");
    const first = await scene.register(meter);
    assert.equal((await scene.over(await scene.ask(first, "read_profile", { obis: loadProfile }))).state, "succeeded");
    // Another row of the same meter begins to count at 1, which the meter has seen, and may not read the counter first.
    const { invocation_counter_object, ...settings } = meter.settings;
    const second = await scene.register({ ...meter, make: "uncounted", settings });
    const blind = await scene.over(await scene.ask(second, "read_object_list"));
    assert.ok(
      invocation_counter_object && (blind.state === "succeeded" || blind.cause === "counter_refused"),
      `${blind.cause}: ${blind.cause_detail}`,
    );
    const third = await scene.register(meter);
    const sighted = await scene.over(await scene.ask(third, "read_object_list"));
    assert.equal(sighted.state, "succeeded", `${sighted.cause}: ${sighted.cause_detail}`);
  });

  test("a missing key, nobody listening and a host without a name are named", async () => {
    const ciphered = meterOf(({ ciphering }) => ciphering !== "none");
    const bare = await scene.register({ ...ciphered, secrets: {} });
    assert.equal((await scene.over(await scene.ask(bare, "read_object_list"))).cause, "key_missing");
    const nobody = createServer();
    const port = await listening(nobody);
    nobody.close();
    const plain = meterOf(({ ciphering }) => ciphering === "none");
    const refused = await scene.register({ ...plain, port });
    const settings = { ...plain.settings, authentication: "ecdsa" };
    const signing = await scene.register({ ...plain, model: "signing", settings });
    const unsigned = await scene.over(await scene.ask(signing, "read_object_list"));
    assert.equal(unsigned.cause, "settings_invalid");
    assert.match(unsigned.cause_detail!, /no signing keys can be registered/);
    assert.equal((await scene.over(await scene.ask(refused, "read_object_list"))).cause, "connect_refused");
    const nameless = await scene.register({ ...plain, host: "no-such-host.invalid" });
    const run = await scene.over(await scene.ask(nameless, "read_object_list"));
    assert.ok(run.cause === "host_unknown" || run.cause === "connect_timeout", run.cause_detail ?? "");
  });

  test("answers that never end, and a line that drips, are bounded", async () => {
    const sockets = new Set<Socket>();
    const flood = createServer((socket) => {
      sockets.add(socket.on("error", () => {}));
      socket.on("data", () => {
        // The head of a wrapper frame that promises the most, again and again.
        const frame = Buffer.concat([Buffer.from("000100010010ffff", "hex"), Buffer.alloc(0xffff, 0xc4)]);
        socket.write(frame);
      });
    });
    cleanUpAfterTests(() => {
      for (const socket of sockets) socket.destroy();
      flood.close();
    });
    const plain = meterOf(({ ciphering, framing }) => ciphering === "none" && framing === "wrapper");
    const device = await scene.register({ ...plain, port: await listening(flood) });
    const run = await scene.over(await scene.ask(device, "read_object_list"));
    assert.equal(run.state, "failed");
    assert.ok(
      ["invalid_answer", "garbage", "truncated_answer"].includes(run.cause!),
      `${run.cause}: ${run.cause_detail}`,
    );
  });
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}
