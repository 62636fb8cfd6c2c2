/** The driver against simulated devices on real sockets, into real stores. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type NeighbourhoodMeter, type OtherMeter, otherMeters } from "@anymeter/simulator";
import { oneAttempt, openReadingScene, type ReadingScene } from "../../testing/reading-scene.ts";
import { ProfileMemory } from "../profile-memory.ts";

const known = otherMeters.find(({ model }) => model === "VC280")!;
/** Makes of the devices that the tests read; the last one's clock is fast. */
const others: readonly OtherMeter[] = [
  { ...known, model: "VC280" },
  { ...known, model: "GL230" },
  { ...known, model: "VC260" },
  { ...known, model: "VC280", trait: { clockError: 40_000, because: "a clock nobody has set for years" } },
];
const quarter = 900_000;
const archive3 = { archive_number: 3, control_position: 3 };
const everything = { start_date: "2020-01-01T00:00:00", ...archive3 };

describe("LIS-200 devices", () => {
  let scene: ReadingScene;
  before(async () => {
    scene = await openReadingScene({ meters: 0, others, historyDays: 3 });
    await scene.openHeadEnd({ ...oneAttempt, profileRowsPerRequest: 40 }).start();
  });

  const [converter, logger, locked, fast] = [0, 1, 2, 3];
  const meter = (index: number) => scene.others[index]!;

  test("an archive is read from its oldest row to its newest, in the units of the series", async () => {
    const device = await scene.register(meter(converter));
    const done = await scene.succeeded(device, "read_archive_by_date", everything);
    const base = await scene.readingsOf(device, "2:302.0");
    assert.ok(base.length >= 3 * 96, `${base.length} rows`);
    assert.equal(done.readings_stored, base.length * 8);
    const supply = meter(converter).supply as { volumes(instant: number): { converted: number } };
    for (const { at, value } of base.slice(-4)) {
      assert.equal(at % quarter, 0);
      const error = meter(converter).device.clockTime - Date.now();
      const truth = supply.volumes(at - error).converted / 1000;
      assert.ok(Math.abs(Number(value) - truth) < 0.05, `${value} for ${truth}`);
    }
    const [temperature] = await scene.readingsOf(device, "6:310_1.0");
    assert.ok(Number(temperature!.value) > 0 && Number(temperature!.value) < 25, "°C from {C");
  });

  test("rows of other events are no readings but events of the meter", async () => {
    const device = await scene.register(meter(converter));
    await scene.succeeded(device, "read_archive_by_date", everything);
    const instants = (await scene.readingsOf(device, "2:302.0")).map(({ at }) => at);
    assert.ok(instants.every((instant) => instant % quarter === 0));
    const events = await scene.eventsOf(device);
    assert.ok(events.length >= 2 && events.length <= 4, `${events.length} events`);
    assert.equal(events[0]!.title, "Archive event 0x8203");
    assert.match(events[0]!.content, /^archive 3, row \d+, event 0x8203, Vb [\d.]+ m3, VbT/);
  });

  test("dates are read in the meter's zone or with their offset, and the end is kept", async () => {
    const device = await scene.register(meter(converter));
    const end = Math.floor(Date.now() / quarter) * quarter - 4 * quarter;
    const zoned = `${new Date(end - 7_200_000 + 3_600_000).toISOString().slice(0, 19)}+0100`;
    const done = await scene.succeeded(device, "read_archive_by_date", {
      ...{ start_dat: zoned, end_date: new Date(end).toISOString(), archive_number: "3", control_position: "3" },
    });
    const base = await scene.readingsOf(device, "2:302.0");
    assert.equal(base[0]!.at, end - 7_200_000);
    assert.equal(base.at(-1)!.at, end);
    assert.equal(base.length, 9, done.notes?.join(" "));
  });

  test("an offset read takes the last rows, and all that a gap left out", async () => {
    const device = await scene.register(meter(converter));
    const call = ["read_archive_by_offset_seconds", { offset_seconds: 3_600, ...archive3 }] as const;
    await scene.succeeded(device, ...call);
    const first = await scene.readingsOf(device, "2:302.0");
    assert.ok(first.length === 4 || first.length === 5, `${first.length} rows in an hour`);
    await scene.forget(device, 5 * 3_600_000);
    await scene.succeeded(device, ...call);
    const filled = await scene.readingsOf(device, "2:302.0");
    assert.ok(filled.length === 20 || filled.length === 21, `${filled.length} rows in five hours`);
    assert.ok(filled[0]!.at <= Date.now() - 5 * 3_600_000 + quarter);
    await scene.succeeded(device, ...call);
    const { rows } = { rows: await scene.readingsOf(device, "2:302.0") };
    assert.ok(rows.length <= filled.length + 1, "nothing is read from before the gap again");
  });

  test("a line that breaks keeps what came before, and the next contact takes the rest", async () => {
    const device = await scene.register(meter(converter));
    meter(converter).faults.set({ resetAfter: 30 });
    const broken = await scene.run(device, "read_archive_by_date", everything);
    meter(converter).faults.clear();
    assert.equal(broken.state, "failed");
    assert.equal(broken.cause, "connection_reset", broken.cause_detail ?? "");
    const kept = (await scene.readingsOf(device, "2:302.0")).length;
    assert.ok(kept > 0 && kept < 3 * 96, `${kept} rows`);
    await scene.succeeded(device, "read_archive_by_offset_seconds", { offset_seconds: 60, ...archive3 });
    const all = await scene.readingsOf(device, "2:302.0");
    assert.ok(all.length >= 3 * 96, `${all.length} rows`);
  });

  test("an archive that was given other columns is understood anew", async () => {
    const device = await scene.register(meter(converter));
    const call = ["read_archive_by_offset_seconds", { offset_seconds: 3_600, ...archive3 }] as const;
    await scene.succeeded(device, ...call);
    const memory = new ProfileMemory(scene.db);
    const { layout } = (await memory.recall<{ columns: readonly unknown[] }>(device, "archive 3"))!;
    const former = { columns: layout.columns.filter((_, index) => index !== 4 && index !== 5) };
    await memory.learnLayout(device, "archive 3", former, Date.now());
    await scene.forget(device, 2 * 3_600_000);
    const done = await scene.succeeded(device, ...call);
    assert.deepEqual(done.notes, []);
    assert.ok((await scene.readingsOf(device, "4:302.0")).length >= 8);
    assert.deepEqual((await memory.recall(device, "archive 3"))!.layout, layout);
  });

  test("a data logger is woken, asked by its address, and read behind its lock", async () => {
    const device = await scene.register({
      ...meter(logger),
      settings: { ...meter(logger).settings, wake_up_pause_milliseconds: 1 },
    });
    await scene.succeeded(device, "read_archive_by_date", { ...everything, archive_number: 2 });
    assert.ok((await scene.readingsOf(device, "1:200.0")).length >= 3 * 96);
  });

  test("series are named by the settings where these say so, and what has no series is said", async () => {
    const aliased = {
      ...meter(converter),
      settings: { ...meter(converter).settings, series_names: { "02:0302": "gas base total" } },
      series: [{ name: "gas base total", unit: "l", description: "" }],
    };
    const device = await scene.register(aliased, { series: ["gas base total"] });
    const done = await scene.succeeded(device, "read_archive_by_offset_seconds", {
      offset_seconds: 3_600,
      ...archive3,
    });
    const [reading] = await scene.readingsOf(device, "gas base total");
    assert.ok(Number(reading!.value) > 100_000, "m³ kept in litres");
    assert.ok(
      done.notes!.includes("4:302.0 is not stored: the meter's config has no such series."),
      done.notes!.join(" "),
    );
  });

  test("a single value is stored where it is a number, and shown where it is not", async () => {
    const device = await scene.register(meter(converter));
    const flow = await scene.succeeded(device, "read_single_value", { address: "2.310" });
    assert.equal(flow.readings_stored, 1);
    const shown = (flow.result as Record<string, { value: string; unit: string }>)["2:310.0"]!;
    assert.equal(shown.unit, "m3/h");
    const [stored] = await scene.readingsOf(device, "2:310.0");
    assert.equal(Number(stored!.value), Number(shown.value));
    const type = await scene.succeeded(device, "read_single_value", { address: "1:181.0" });
    assert.equal(type.readings_stored, 0);
    assert.deepEqual((type.result as Record<string, { value: string }>)["1:181.0"]!.value, "VC280");
  });

  test("the clock is set to the server's time in the meter's zone, and its drift is told", async () => {
    const device = await scene.register(meter(fast));
    const done = await scene.succeeded(device, "set_time");
    const { drift_seconds, set } = done.result as { drift_seconds: number; set: boolean };
    assert.ok(Math.abs(drift_seconds - 40) < 8 && set, `${drift_seconds}`);
    assert.ok(Math.abs(meter(fast).device.clockTime - Date.now()) < 1_500);
    const [event] = await scene.eventsOf(device);
    assert.match(event!.content, /^The clock was off by \+\d+\.\d+ s; it was set\.$/);
    const { clock_drift_seconds } = await scene.db
      .selectFrom("meter_device_statuses")
      .select("clock_drift_seconds")
      .where("meter_device", "=", device)
      .executeTakeFirstOrThrow();
    assert.ok(Math.abs(Number(clock_drift_seconds) - drift_seconds) < 0.001, String(clock_drift_seconds));
  });

  const failures: readonly [
    name: string,
    index: number,
    change: (original: NeighbourhoodMeter) => object,
    faults: Parameters<NeighbourhoodMeter["faults"]["set"]>[0],
    call: readonly [string, Record<string, unknown>],
    cause: string,
    detail: RegExp,
  ][] = [
    [
      "the wrong code is registered",
      locked,
      () => ({}),
      {},
      ["read_archive_by_date", everything],
      "authentication_failed",
      /customer's lock \(4\).*#0017.*Register the meter's present code/,
    ],
    [
      "the code was changed on site",
      converter,
      () => ({}),
      { codesChanged: true },
      ["read_single_value", { address: "2:302.0" }],
      "authentication_failed",
      /#0017/,
    ],
    [
      "no code is registered",
      converter,
      () => ({ secrets: {} }),
      {},
      ["read_single_value", { address: "2:302.0" }],
      "key_missing",
      /Lock 3 is to be opened: register its code as iec62056_21_password/,
    ],
    [
      "no lock is opened for what needs one",
      logger,
      (original) => ({ settings: { ...original.settings, lock: undefined, wake_up_pause_milliseconds: 1 } }),
      {},
      ["read_archive_by_date", { ...everything, archive_number: 2 }],
      "access_refused",
      /#0018.*name the lock and register its code/,
    ],
    [
      "the clock may not be set",
      converter,
      (original) => ({ settings: { ...original.settings, lock: 4 }, secrets: {} }),
      {},
      ["set_time", {}],
      "key_missing",
      /Lock 4/,
    ],
    [
      "the clock is refused without a lock",
      converter,
      () => ({ settings: {} }),
      {},
      ["set_time", {}],
      "clock_not_set",
      /The clock is off by .* s\. .*#0019/,
    ],
    [
      "every function is locked",
      converter,
      () => ({ settings: {} }),
      { locked: true },
      ["read_archive_by_date", everything],
      "access_refused",
      /#0020/,
    ],
    [
      "the address is none of the meter's",
      converter,
      () => ({}),
      {},
      ["read_single_value", { address: "1:999.0" }],
      "object_missing",
      /1:999\.0.*#0001/,
    ],
    [
      "the archive is none of the meter's",
      converter,
      () => ({}),
      {},
      ["read_archive_by_date", { ...everything, archive_number: 9 }],
      "object_missing",
      /9:V\.2.*#0100/,
    ],
    [
      "nothing answers",
      converter,
      () => ({}),
      { silent: true },
      ["read_single_value", { address: "2:302.0" }],
      "no_answer",
      /sign-on/,
    ],
    [
      "the line is reset",
      converter,
      () => ({}),
      { resetAfter: 2 },
      ["read_single_value", { address: "2:302.0" }],
      "connection_reset",
      /./,
    ],
  ];
  for (const [name, index, change, faults, call, cause, detail] of failures) {
    test(`${name}: ${cause}, and what to do`, async () => {
      const device = await scene.register({ ...meter(index), make: `${name}`, ...change(meter(index)) });
      meter(index).faults.set(faults);
      try {
        const failed = await scene.run(device, ...call);
        assert.deepEqual([failed.state, failed.cause], ["failed", cause], failed.cause_detail ?? "");
        assert.match(failed.cause_detail!, detail);
        assert.ok(failed.cause_sentence && failed.cause_advice);
      } finally {
        meter(index).faults.clear();
      }
    });
  }

  test("noise in place of answers ends in a cause, and the meter is read when it is gone", async () => {
    const device = await scene.register(meter(converter));
    meter(converter).faults.set({ garbage: "instead" });
    const failed = await scene.run(device, "read_single_value", { address: "2:302.0" });
    meter(converter).faults.clear();
    assert.equal(failed.state, "failed");
    assert.ok(
      ["no_answer", "invalid_answer", "garbage"].includes(failed.cause!),
      `${failed.cause}: ${failed.cause_detail}`,
    );
    await scene.succeeded(device, "read_single_value", { address: "2:302.0" });
  });

  test("an archive without a series of the meter's config says which it has", async () => {
    const device = await scene.register(meter(converter), { series: ["2:310.0"] });
    const failed = await scene.run(device, "read_archive_by_date", everything);
    assert.equal(failed.cause, "invalid_call");
    assert.match(failed.cause_detail!, /archive 3.*2:300\.0, 2:302\.0/);
  });

  test("damaged records and wrong checks cost what they damage, and are told", async () => {
    const device = await scene.register(meter(converter));
    meter(converter).faults.set({ damagedRecordsEvery: 10, wrongChecksEvery: 5 });
    const done = await scene.succeeded(device, "read_archive_by_offset_seconds", {
      offset_seconds: 86_400,
      ...archive3,
    });
    meter(converter).faults.clear();
    const note = done.notes!.find((each) => /records fail their own checksum/.test(each));
    assert.ok(note, done.notes!.join(" "));
    const rows = (await scene.readingsOf(device, "2:302.0")).length;
    assert.ok(rows > 80 && rows < 93, `${rows} rows of 97`);
  });
});
