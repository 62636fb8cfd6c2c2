import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openReadingScene } from "../../testing/reading-scene.ts";

const loadProfile = "1-0:99.1.0";

describe("reading DLMS meters", () => {
  let scene: Awaited<ReturnType<typeof openReadingScene>>;
  const devices: string[] = [];
  before(async () => {
    scene = await openReadingScene({ meters: 6 });
    for (const meter of scene.meters) devices.push(await scene.register(meter));
    await scene.openHeadEnd().start();
  });

  test("reads the whole load profile of every make", async () => {
    const ids = await Promise.all(devices.map((device) => scene.ask(device, "read_profile", { obis: loadProfile })));
    for (const [index, id] of ids.entries()) {
      const meter = scene.meters[index]!;
      const run = await scene.over(id);
      assert.equal(run.state, "succeeded", `${meter.make}: ${run.cause} ${run.cause_detail}`);
      assert.ok(run.rows_read >= 2 * 96, `${meter.make}: ${run.rows_read} rows`);
      assert.equal(run.readings_stored, run.rows_read * meter.series.length, `${meter.make}: ${run.notes}`);
      assert.ok(run.bytes_received > run.rows_read && run.bytes_sent > 0);
      const stored = await scene.storedReadings(devices[index]!);
      assert.equal(stored.readings, run.readings_stored, meter.make);
    }
  });

  test("reads only what is new the next time, and fills the gap that a failure left", async () => {
    const device = devices[0]!;
    const again = await scene.over(await scene.ask(device, "read_profile", { obis: loadProfile }));
    assert.ok(again.rows_read <= 2, `${again.rows_read} rows`);
    const { readings } = await scene.storedReadings(device);
    const dayBefore = new Date(Date.now() - 86_400_000);
    await scene.db
      .updateTable("amr_device_profiles")
      .set({ read_until: dayBefore })
      .where("meter_device", "=", device)
      .execute();
    // The offset alone would reach back a quarter of an hour.
    const filled = await scene.over(
      await scene.ask(device, "read_profile_by_offset_seconds", { obis: loadProfile, offset_seconds: 900 }),
    );
    assert.ok(filled.rows_read >= 95 && filled.rows_read <= 98, `${filled.rows_read} rows`);
    assert.equal((await scene.storedReadings(device)).readings, readings, "the same readings are the same readings");
  });

  test("reads a range by dates in the meter's zone or with an offset", async () => {
    const midnight = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000).toISOString().slice(0, 10);
    const kwargs = {
      obis: loadProfile,
      start_date: `${midnight}T06:00:00+0000`,
      end_date: `${midnight}T08:00:00+0000`,
    };
    for (const [index, device] of devices.entries()) {
      const run = await scene.over(await scene.ask(device, "read_profile", kwargs));
      assert.equal(run.rows_read, 9, `${scene.meters[index]!.make}: both bounds belong to the range`);
    }
  });

  test("an offset read reaches back by the run's own delay too", async () => {
    const device = devices[1]!;
    const id = await scene.ask(device, "read_profile_by_offset_seconds", { obis: loadProfile, offset_seconds: 3_600 });
    await scene.over(id);
    const delayed = await scene.ask(device, "read_profile_by_offset_seconds", {
      obis: loadProfile,
      offset_seconds: 3_600,
    });
    await scene.db.updateTable("amr_runs").set({ run_offset_seconds: 7_200 }).where("id", "=", delayed).execute();
    const run = await scene.over(delayed);
    assert.ok(run.rows_read >= 11 && run.rows_read <= 13, `${run.rows_read} rows of three hours`);
  });

  test("names the columns that are not stored, and stores the others", async () => {
    const meter = scene.meters[1]!;
    const [first, second] = meter.series;
    const device = await scene.register(meter, { series: [first!.name] });
    const run = await scene.over(await scene.ask(device, "read_profile", { obis: loadProfile }));
    assert.equal(run.state, "succeeded");
    assert.equal(run.readings_stored, run.rows_read);
    assert.ok(
      run.notes.some((note) => note.startsWith(`${second!.name} is not stored`)),
      run.notes.join("\n"),
    );
  });

  test("converts to the unit of the series exactly, and stores no column of another unit", async () => {
    const meter = scene.meters[0]!;
    const series = meter.series.map(({ name, unit }) => ({ name, unit: unit === "Wh" ? "kWh" : "K" }));
    const organization = await scene.rows.organization();
    const type = await scene.rows.meterType(organization, "kilo", { ...meter, series });
    const network = await scene.rows.networkInterface(organization, {
      static_ip_address: meter.host,
      port: meter.port,
    });
    const device = await scene.rows.device(organization, { type, network_interface: network });
    const run = await scene.over(await scene.ask(device, "read_profile", { obis: loadProfile }));
    const energies = meter.series.filter(({ unit }) => unit === "Wh").length;
    assert.equal(run.readings_stored, run.rows_read * energies, run.notes.join("\n"));
    assert.ok(run.notes.some((note) => note.includes("the series is kept in K")));
    const [{ matching } = { matching: 0 }] = await scene.query<{ matching: number }>(`
      select toUInt32(uniqExact(k.series_number, k.timestamp)) as matching
      from meter_readings k final
      join (select * from meter_readings final) b on b.timestamp = k.timestamp
      where k.device_number = ${await scene.numberOf(device)} and b.device_number = ${await scene.numberOf(devices[0]!)}
        and b.value = k.value * 1000`);
    assert.equal(matching, run.readings_stored);
  });

  test("reads registers with their units, whatever their class, and says which are missing", async () => {
    for (const [index, device] of devices.entries()) {
      const { make, series } = scene.meters[index]!;
      const run = await scene.over(
        await scene.ask(device, "read_registers", { obis: [series[0]!.name, "0-0:42.0.0"] }),
      );
      assert.equal(run.state, "succeeded", `${make}: ${run.cause_detail}`);
      const { result } = run as unknown as { result: Record<string, { value: string; unit: string | null }> };
      assert.equal(result[series[0]!.name]!.unit, series[0]!.unit, make);
      assert.match(result[series[0]!.name]!.value, /^[0-9.]+$/, make);
      assert.ok(result["0-0:42.0.0"]!.value.length > 0);
      assert.equal(run.readings_stored, 1, make);
    }
    const [first] = scene.meters[0]!.series;
    const run = await scene.over(
      await scene.ask(devices[0]!, "read_registers", { obis: [first!.name, "1-0:99.99.9"] }),
    );
    assert.deepEqual([run.state, run.cause, run.readings_stored], ["failed", "object_missing", 1]);
    assert.match(run.cause_detail!, /1-0:99\.99\.9/);
  });

  test("reads event logs once, with titles from the table of codes", async () => {
    const device = devices[1]!;
    scene.meters[1]!.reboot(10);
    const first = await scene.over(await scene.ask(device, "read_events"));
    assert.equal(first.state, "succeeded", first.cause_detail ?? "");
    const again = await scene.over(await scene.ask(device, "read_events"));
    assert.ok(again.rows_read <= 2);
    const events = await scene.query<{ title: string; content: string }>(
      `select title, content from meter_system_events final where device_number = ${await scene.numberOf(device)}`,
    );
    assert.equal(events.length, first.rows_read + Math.max(0, again.rows_read - 1));
    for (const { title, content } of events) {
      assert.doesNotMatch(title, /^Event/);
      assert.match(content, /^Standard event log 0-0:99\.98\.0, code \d+/);
    }
  });

  test("keeps the object list on the run, and for the type and firmware", async () => {
    const device = devices[2]!;
    const run = await scene.over(await scene.ask(device, "read_object_list"));
    assert.equal(run.state, "succeeded", run.cause_detail ?? "");
    const { result } = run as unknown as {
      result: { firmware: string; objects: { obis: string; class: number; readable: number[] }[] };
    };
    const profile = result.objects.find(({ obis }) => obis === loadProfile);
    assert.equal(profile?.class, 7);
    assert.ok(profile.readable.includes(2));
    const kept = await scene.db
      .selectFrom("meter_object_lists as l")
      .innerJoin("meter_devices as d", "d.type", "l.meter_device_type")
      .selectAll("l")
      .where("d.id", "=", device)
      .execute();
    assert.equal(kept.length, 1);
    assert.deepEqual(kept[0]!.objects, result.objects);
    assert.match(kept[0]!.firmware, new RegExp(`^${scene.meters[2]!.firmware} \\(client \\d+\\)$`));
  });

  test("finds the class of a register in the list of the type and firmware, read once until the firmware changes", async () => {
    const device = devices[3]!;
    const { series } = scene.meters[3]!;
    const bytesOfRead = async () => {
      await scene.db.deleteFrom("amr_device_profiles").where("meter_device", "=", device).execute();
      const run = await scene.over(await scene.ask(device, "read_registers", { obis: [series[0]!.name] }));
      assert.equal(run.readings_stored, 1, run.cause_detail ?? "");
      return run.bytes_received;
    };
    const lists = scene.db.updateTable("meter_object_lists").set({ firmware: "another firmware" });
    const withList = await bytesOfRead();
    await lists.where("firmware", "like", `${scene.meters[3]!.firmware}%`).execute();
    const readingList = await bytesOfRead();
    assert.ok(readingList > 2 * withList, `${readingList} bytes with the list, ${withList} without`);
    assert.equal(await bytesOfRead(), withList);
  });

  test("reports a clock's drift, and sets it when it is off by more than allowed", async () => {
    for (const [index, device] of devices.entries()) {
      const { make, device: meter } = scene.meters[index]!;
      meter.setClock(Date.now() + 7 * 60_000);
      const tolerated = await scene.over(await scene.ask(device, "set_time", { allowed_drift_seconds: 500 }));
      assert.equal(tolerated.state, "succeeded", `${make}: ${tolerated.cause_detail}`);
      assert.deepEqual([driftIn(tolerated).set, Math.round(driftIn(tolerated).drift_seconds / 2)], [false, 210], make);
      assert.ok(meter.clockTime - Date.now() > 400_000, make);

      const set = await scene.over(await scene.ask(device, "set_time", { allowed_drift_seconds: 30 }));
      assert.equal(set.state, "succeeded", `${make}: ${set.cause_detail}`);
      assert.deepEqual([driftIn(set).set, Math.round(driftIn(set).drift_seconds / 2)], [true, 210], make);
      assert.ok(Math.abs(meter.clockTime - Date.now()) < 1_500, `${make}: ${meter.clockTime - Date.now()} ms`);

      const statuses = scene.db.selectFrom("meter_device_statuses").selectAll().where("meter_device", "=", device);
      const status = await statuses.executeTakeFirstOrThrow();
      assert.ok(Math.abs(Number(status.clock_drift_seconds) - 420) < 2 && status.clock_set_at !== null, make);
      const events = await scene.query<{ title: string; content: string }>(
        `select title, content from meter_system_events final
        where device_number = ${await scene.numberOf(device)} and title like 'Clock %' and content like 'The clock%'`,
      );
      assert.equal(events.length, 1, make);
      assert.match(events[0]!.content, /^The clock was off by \+4\d\d.*, more than the 30 s allowed; it was set\.$/);
    }
  });

  test("a layout that is no longer right is read anew", async () => {
    const device = devices[3]!;
    const column = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };
    const wrong = {
      columns: [column],
      scalerUnits: [{ scaler: 9, unit: 30 }],
      capturePeriodSeconds: 900,
      sortMethod: "fifo",
    };
    const layout = await scene.db
      .insertInto("amr_profile_layouts")
      .values({ digest: "wrong", layout: JSON.stringify(wrong) })
      .returning("id")
      .executeTakeFirstOrThrow();
    const columns = scene.meters[3]!.series.length;
    await scene.db
      .updateTable("amr_device_profiles")
      .set({ layout: layout.id, read_until: null })
      .where("meter_device", "=", device)
      .execute();
    const run = await scene.over(await scene.ask(device, "read_profile", { obis: loadProfile }));
    assert.equal(run.state, "succeeded", run.cause_detail ?? "");
    assert.equal(run.readings_stored, run.rows_read * columns);
  });
});

function driftIn(run: { readonly result?: unknown }): { drift_seconds: number; set: boolean } {
  return run.result as { drift_seconds: number; set: boolean };
}
