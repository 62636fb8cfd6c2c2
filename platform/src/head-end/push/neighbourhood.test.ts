import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Registry } from "prom-client";
import { createEventWriter } from "../../events/event-writer.ts";
import { createProfileRows } from "../../readings/profile-rows/profile-rows.ts";
import { createReadingWriter } from "../../readings/reading-writer.ts";
import { counterReserver } from "../../registry/invocation-counters.ts";
import { Sealer } from "../../registry/sealing.ts";
import { keyOpener } from "../../registry/security-keys.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { openTestColumnarStore } from "../../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import { headEndOver, openReadingScene } from "../testing/reading-scene.ts";
import { silentLog } from "../testing/silence.ts";
import { createPushListener, type PushListener } from "./push-listener.ts";
import { until } from "./testing/push-scene.ts";
import { listUnknownPushers } from "./unknown-pushers.ts";

/** A run that failed waits for so long that only the meter's coming can begin it. */
const patient = { retry: { maxAttempts: 3, firstDelayMilliseconds: 600_000, maxDelayMilliseconds: 600_000 } };

describe("a head-end and meters that push and dial in", () => {
  let scene: Awaited<ReturnType<typeof openReadingScene>>;
  let listener: PushListener;

  before(async () => {
    const relational = await openTestRelationalStore();
    const columnar = await openTestColumnarStore();
    const stores = { relational, columnar, masterKey: randomBytes(32) };
    await relational.migrate();
    await columnar.migrate();
    const { db } = relational;
    const readings = createReadingWriter(db, columnar);
    const events = createEventWriter(db, columnar);
    const profileRows = createProfileRows({ relational, columnar });
    cleanUpAfterTests(() => Promise.all([readings.close(), events.close(), profileRows.close()]));
    listener = createPushListener({
      ...{ db, readings, events, profileRows: profileRows.store, defaultTimezone: "UTC", host: "127.0.0.1", port: 0 },
      openKeys: keyOpener(db, new Sealer(stores.masterKey)),
      reserveCounter: counterReserver(db),
      metrics: new Registry(),
      logger: silentLog,
      runsMayBegin: () => headEnd.wake(),
    });
    const { headEnd, stop } = headEndOver(stores, patient, listener.bound);
    await listener.start();
    cleanUpAfterTests(async () => {
      await stop();
      await listener.stop();
    });
    scene = await openReadingScene({ meters: 16, pushTo: { host: "127.0.0.1", port: listener.port } }, stores);
    await headEnd.start();
  });

  const causeOf = (id: number, cause: string) =>
    until(
      async () =>
        (await scene.db.selectFrom("amr_runs").select("cause").where("id", "=", id).executeTakeFirst())?.cause ===
        cause,
    );
  const meterOf = (make: string, dialsIn = false) => {
    const index = scene.meters.findIndex((meter) => meter.make === make && (meter.dialsIn ?? false) === dialsIn);
    return scene.meters[index]!;
  };

  for (const make of ["Borealis", "Castellan", "Elvar", "Fjordlys", "Delphin"]) {
    test(`the pushes of a ${make} are stored, equal to what its load profile says`, async () => {
      const meter = meterOf(make);
      const device = await scene.register(meter);
      // A bare push is understood once the push setup was read, over a session the first push asked for.
      meter.device.pushNow();
      await until(async () => {
        if ((await scene.storedReadings(device)).readings > 0) return true;
        await pause(100);
        meter.device.pushNow();
        return false;
      });
      const before = await scene.query<{ series: number; at: string; value: string }>(
        `select series_number as series, toString(timestamp) as at, toString(value) as value
        from meter_readings final where device_number = ${await scene.numberOf(device)} order by series, at`,
      );
      const profile = await scene.over(await scene.ask(device, "read_profile", { obis: "1-0:99.1.0" }));
      assert.equal(profile.state, "succeeded", profile.cause_detail ?? "");
      const after = await scene.query<{ series: number; at: string; value: string }>(
        `select series_number as series, toString(timestamp) as at, toString(value) as value
        from meter_readings final where device_number = ${await scene.numberOf(device)} order by series, at`,
      );
      assert.ok(after.length > before.length);
      for (const reading of before) {
        assert.ok(
          after.some((row) => row.series === reading.series && row.at === reading.at && row.value === reading.value),
          `${make}: ${JSON.stringify(reading)} is a row of its load profile`,
        );
      }
      assert.ok(before.length >= 1 && before.every(({ at }) => /:(00|15|30|45):00/.test(at)), JSON.stringify(before));
    });
  }

  for (const make of ["Aldermark", "Delphin"]) {
    test(`a ${make} that dials in is read over its own connection, and once it is gone it is said so`, async () => {
      const meter = meterOf(make, true);
      const device = await scene.register(meter);
      // Asked for before the meter is there: it fails, and begins when the meter comes.
      const early = await scene.ask(device, "read_profile", { obis: "1-0:99.1.0" });
      await causeOf(early, "not_connected");
      for (const id of [early, await scene.ask(device, "read_profile", { obis: "1-0:99.1.0" })]) {
        const run = await scene.over(id);
        assert.equal(run.state, "succeeded", `${run.cause} ${run.cause_detail}`);
      }
      assert.ok((await scene.storedReadings(device)).readings > 96);
      assert.ok(listener.bound.isConnected(device));

      meter.reboot(60_000);
      await until(async () => !listener.bound.isConnected(device));
      await causeOf(await scene.ask(device, "read_registers", { obis: ["1-0:1.8.0"] }), "not_connected");
    });
  }

  test("nobody was turned away who is registered", async () => {
    const { rows } = await listUnknownPushers(scene.db, { limit: 100, offset: 0 });
    const known = rows.filter(({ meter_device, reason }) => meter_device !== null && reason !== "objects_unknown");
    assert.deepEqual(known, []);
  });
});
