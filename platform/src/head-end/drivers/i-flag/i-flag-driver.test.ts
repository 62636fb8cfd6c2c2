/** The driver against simulated converters on real sockets, into real stores. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type OtherMeter, otherMeters } from "@anymeter/simulator";
import { oneAttempt, openReadingScene, type ReadingScene } from "../../testing/reading-scene.ts";

const known = otherMeters.find(({ model }) => model === "KV100")!;
/** The clocks of the last two are fast. */
const others: readonly OtherMeter[] = [
  { ...known, model: "KV100" },
  { ...known, model: "KV300M" },
  { ...known, model: "GC7" },
  { ...known, model: "KV100", trait: { clockError: 40_000, because: "a clock nobody has set for years" } },
  { ...known, model: "KV100", trait: { clockError: 40_000, because: "a clock nobody may set" } },
];
const hour = 3_600_000;

describe("Corus converters", () => {
  let scene: ReadingScene;
  before(async () => {
    scene = await openReadingScene({ meters: 0, others, historyDays: 3 });
    await scene.openHeadEnd(oneAttempt).start();
  });

  const [plain, mid, gateway, fast, guarded] = [0, 1, 2, 3, 4];
  const meter = (index: number) => scene.others[index]!;
  const succeeded = async (...call: Parameters<ReadingScene["succeeded"]>) => {
    const done = await scene.succeeded(...call);
    return done as typeof done & { result: Record<string, { value: string; unit: string | null }> };
  };
  const volumesAt = (index: number, shown: number) => {
    const supply = meter(index).supply as { volumes(instant: number): { converted: number; unconverted: number } };
    return supply.volumes(Math.round(shown - (meter(index).device.clockTime - Date.now())));
  };

  test("parameters are read by name, and stored where they are numbers and have a series", async () => {
    const device = await scene.register(meter(plain));
    const parameters = [
      "index_unconverted",
      "index_converted",
      "temperature",
      "firmware_version",
      "compressibility_formula",
    ];
    const { result, readings_stored, rows_read } = await succeeded(device, "read_parameters", { parameters });
    assert.equal(rows_read, 5);
    assert.equal(readings_stored, 3);
    assert.equal(result.firmware_version!.value, "V2.04");
    assert.equal(result.compressibility_formula!.value, "1 (S-GERG 88)");
    assert.equal(result.temperature!.unit, "°C");
    const [index] = await scene.readingsOf(device, "index_converted");
    assert.equal(Number(index!.value), Number(result.index_converted!.value));
    const truth = volumesAt(plain, meter(plain).device.clockTime).converted / 1000;
    assert.ok(Math.abs(Number(index!.value) - truth) < 1, `${index!.value} for ${truth}`);
    assert.ok(Math.abs(index!.at - Date.now()) < 60_000, "present values have our time");
  });

  test("the clock that is read among the parameters tells how far it is off", async () => {
    const device = await scene.register(meter(guarded));
    const { result, readings_stored } = await succeeded(device, "read_parameters", { parameters: ["datetime"] });
    assert.match(result.datetime!.value, /^20\d\d-\d\d-\d\dT/);
    assert.equal(readings_stored, 0);
    const { clock_drift_seconds } = await scene.db
      .selectFrom("meter_device_statuses")
      .select("clock_drift_seconds")
      .where("meter_device", "=", device)
      .executeTakeFirstOrThrow();
    assert.ok(Number(clock_drift_seconds) > 30 && Number(clock_drift_seconds) < 50, `${clock_drift_seconds}`);
  });

  test("settings say what the converter does not: pulse weight, thousandths, units, the number of records", async () => {
    const series = ["consumption_unconverted_interval", "pressure_interval_average", "temperature_interval_average"];
    const usual = await scene.register(meter(plain), { series });
    const settings = { pulse_weight: "1", pressure_unit: "kPa", temperature_unit: "°F", record_count: true };
    const other = await scene.register({ ...meter(plain), settings }, { series });
    const kwargs = { database: "interval", offset_seconds: 86_400 };
    await succeeded(usual, "read_database_by_offset_seconds", kwargs);
    const { notes } = await succeeded(other, "read_database_by_offset_seconds", kwargs);
    const [volume, weighted] = [await scene.readingsOf(usual, series[0]!), await scene.readingsOf(other, series[0]!)];
    assert.equal(Number(weighted[0]!.value).toFixed(3), (Number(volume[0]!.value) * 10).toFixed(3));
    const [bar, kilopascal] = [await scene.readingsOf(usual, series[1]!), await scene.readingsOf(other, series[1]!)];
    assert.equal(Number(kilopascal[0]!.value).toFixed(6), (Number(bar[0]!.value) / 100).toFixed(6));
    assert.equal((await scene.readingsOf(other, series[2]!)).length, 0);
    assert.ok(notes.some((note) => note.includes("the meter tells °F, the series is kept in °C")));
    assert.ok(!notes.some((note) => note.includes("announced")));
  });

  test("a parameter of long id and an index of nine bytes are read from a MID converter", async () => {
    const device = await scene.register(meter(mid));
    const { result } = await succeeded(device, "read_parameters", {
      parameters: ["pressure_2", "pressure", "index_converted", "kernel_version"],
    });
    assert.equal((Number(result.pressure_2!.value) - Number(result.pressure!.value)).toFixed(3), "0.200");
    assert.equal(result.kernel_version!.value, "K1.00");
  });

  test("parameters that the converter does not have are named, and the others are kept", async () => {
    const device = await scene.register(meter(plain));
    const done = await scene.run(device, "read_parameters", { parameters: ["pressure_2", "index_converted"] });
    assert.deepEqual([done.state, done.cause, done.readings_stored], ["failed", "object_missing", 1]);
    assert.match(done.cause_detail!, /The parameter map G0003 has no pressure_2\./);
    const mixed = await scene.run(device, "read_parameters", { parameters: ["index_wet", "index_converted"] });
    assert.deepEqual([mixed.state, mixed.cause, mixed.readings_stored], ["failed", "invalid_call", 1]);
    const unknown = await scene.run(device, "read_parameters", { parameters: ["index_wet"] });
    assert.deepEqual([unknown.state, unknown.cause], ["failed", "invalid_call"]);
    assert.match(unknown.cause_detail!, /no parameter index_wet\. There are: firmware_version/);
  });

  test("a database is read whole, its pulses weighted exactly, at the times of the meter's zone", async () => {
    const device = await scene.register(meter(plain));
    const done = await succeeded(device, "read_database", { database: "interval" });
    const used = await scene.readingsOf(device, "consumption_unconverted_interval");
    assert.ok(used.length >= 3 * 96 - 1, `${used.length} records`);
    assert.equal(done.rows_read, used.length);
    assert.equal(done.readings_stored, used.length * 4);
    const tenths = (litres: number) => Math.floor(litres / 100);
    for (const { at: end, value } of used.slice(-8)) {
      assert.equal(end % 900_000, 0, "a quarter of an hour by the clock");
      const pulses = tenths(volumesAt(plain, end).unconverted) - tenths(volumesAt(plain, end - 900_000).unconverted);
      assert.ok(Math.abs(Number(value) * 10 - pulses) <= 1, `${value} m³ for ${pulses} pulses of 0.1 m³`);
    }
    assert.ok(done.notes.some((note) => note.startsWith("flowrate_unconverted_interval_minimum is not stored")));
    assert.ok(!done.notes.some((note) => note.includes("end_date")));
  });

  test("an offset read takes what is new, reaches back by the run's delay, and fills a gap", async () => {
    const device = await scene.register(meter(mid));
    const whole = await succeeded(device, "read_database", { database: "hourly" });
    assert.ok(whole.rows_read >= 71);
    const read = { database: "hourly", offset_seconds: 7_200 };
    const again = await succeeded(device, "read_database_by_offset_seconds", read);
    assert.ok(again.rows_read >= 2 && again.rows_read <= 3, `${again.rows_read} rows`);
    const delayed = await scene.ask(device, "read_database_by_offset_seconds", read);
    await scene.db.updateTable("amr_runs").set({ run_offset_seconds: 14_400 }).where("id", "=", delayed).execute();
    const late = await scene.over(delayed);
    assert.ok(late.rows_read >= 5 && late.rows_read <= 7, `${late.rows_read} rows of six hours`);
    const { readings } = await scene.storedReadings(device);
    await scene.forget(device, 24 * hour);
    const filled = await succeeded(device, "read_database_by_offset_seconds", read);
    assert.ok(filled.rows_read >= 23 && filled.rows_read <= 26, `${filled.rows_read} rows`);
    assert.equal((await scene.storedReadings(device)).readings, readings, "the same readings are the same readings");
    const next = await succeeded(device, "read_database_by_offset_seconds", read);
    assert.ok(next.rows_read <= 3, "the mark moved on");
  });

  test("a range that begins after the last stored record does not hide the gap before it", async () => {
    const device = await scene.register(meter(mid));
    await succeeded(device, "read_database", { database: "hourly" });
    await scene.forget(device, 24 * hour);
    const recent = new Date(Date.now() - 3 * hour).toISOString();
    await succeeded(device, "read_database", { database: "hourly", end_date: `${recent.slice(0, 19)}Z` });
    const filled = await succeeded(device, "read_database_by_offset_seconds", {
      database: "hourly",
      offset_seconds: 60,
    });
    assert.ok(filled.rows_read >= 23, `${filled.rows_read} rows`);
  });

  test("dates are the newest and the oldest limit, and are understood the other way round", async () => {
    const device = await scene.register(meter(plain));
    const day = new Date(Date.now() - 36 * hour).toISOString().slice(0, 10);
    const [oldest, newest] = [`${day}T02:00:00+0000`, `${day}T05:00:00+0000`];
    for (const kwargs of [
      { start_date: newest, end_date: oldest },
      { start_date: oldest, end_date: newest },
      { start_dat: newest, end_date: oldest },
      { start_date: `${day}T06:00:00`, end_date: `${day}T03:00:00` }, // by the meter's clock, an hour ahead
    ]) {
      for (const call of ["read_database", "read_database_by_date"]) {
        const done = await succeeded(device, call, { ...kwargs, database: "interval" });
        assert.equal(done.rows_read, 13, JSON.stringify(kwargs));
      }
    }
  });

  test("a month's peak is stored at its own time, a day at six o'clock", async () => {
    const device = await scene.register(meter(plain), {
      series: ["consumption_converted_monthly_maximum", "consumption_converted_daily", "index_converted"],
    });
    await succeeded(device, "read_database", { database: "monthly" });
    const [peak] = await scene.readingsOf(device, "consumption_converted_monthly_maximum");
    const [index] = await scene.readingsOf(device, "index_converted");
    assert.ok(peak!.at < index!.at, "before the month's end");
    assert.equal(new Date(index!.at).toISOString().slice(8, 19), "01T05:00:00");
    await succeeded(device, "read_database", { database: "daily" });
    const [gasDay] = await scene.readingsOf(device, "consumption_converted_daily");
    assert.equal(new Date(gasDay!.at).getUTCHours(), 5, "six o'clock an hour east of Greenwich");
  });

  test("a converter with a map of its own is read by the map its settings name", async () => {
    const device = await scene.register(meter(gateway));
    await succeeded(device, "read_parameters", { parameters: ["index_converted"] });
    const unset = await scene.register({ ...meter(gateway), settings: {} }, { series: ["index_converted"] });
    const done = await scene.run(unset, "read_parameters", { parameters: ["index_converted"] });
    assert.deepEqual([done.state, done.cause], ["failed", "settings_invalid"]);
    assert.match(done.cause_detail!, /"FL_E0007", which is none of G0003, .* name that map in the settings/);
  });

  test("the clock is set only when it is off by more than allowed, and its error is told", async () => {
    const device = await scene.register(meter(fast));
    const kept = await succeeded(device, "set_time", { allowed_drift_seconds: 120 });
    assert.equal((kept.result as unknown as { set: boolean }).set, false);
    const done = await succeeded(device, "set_time", { allowed_drift_seconds: 10 });
    const { drift_seconds, remaining_drift_seconds } = done.result as unknown as Record<string, number>;
    assert.ok(drift_seconds! > 30 && drift_seconds! < 50, `${drift_seconds}`);
    assert.ok(Math.abs(remaining_drift_seconds!) <= 2, `${remaining_drift_seconds}`);
    assert.ok(Math.abs(meter(fast).device.clockTime - Date.now()) < 2_500);
    const events = await scene.eventsOf(device);
    assert.match(
      events.find(({ title }) => title === "Clock set")!.content,
      /off by \+\d+(\.\d+)? s, more than the 10 s allowed/,
    );
  });

  test("a clock that may not be set says so, and how far it is off", async () => {
    const device = await scene.register(meter(guarded));
    meter(guarded).faults.set({ writeProtected: true });
    const done = await scene.run(device, "set_time", { allowed_drift_seconds: 10 });
    assert.deepEqual([done.state, done.cause], ["failed", "clock_not_set"]);
    assert.match(done.cause_detail!, /off by \+\d+(\.\d+)? s\. The converter refused \(NAK\) to write parameter 106/);
    const events = await scene.eventsOf(device);
    assert.ok(events.some(({ title }) => title === "Clock drift"));
  });

  test("damaged frames, lost acknowledgements and disorder cost time, but no reading", async () => {
    const device = await scene.register(meter(gateway));
    const healthy = await succeeded(device, "read_database", { database: "daily" });
    meter(gateway).faults.set({ wrongChecksumsEvery: 3, disorderedFramesEvery: 5 });
    const done = await succeeded(device, "read_database", { database: "daily" });
    meter(gateway).faults.clear();
    assert.equal(done.readings_stored, healthy.readings_stored);
  });

  test("failures tell their cause", async () => {
    for (const [faults, cause, detail] of [
      [{ silent: true }, "no_answer", /wake-up/],
      [{ garbage: "instead" as const }, "garbage", /answered the wake-up with \d+ bytes of something else/],
      [{ wrongChecksumsEvery: 1 }, "invalid_answer", /checksum of the answer is 0x/],
      [{ resetAfter: 3 }, "connection_reset", /./],
    ] as const) {
      const device = await scene.register(meter(plain));
      meter(plain).faults.set(faults);
      const done = await scene.run(device, "read_parameters", { parameters: ["index_converted"] });
      meter(plain).faults.clear();
      assert.deepEqual([done.state, done.cause], ["failed", cause], `${JSON.stringify(faults)}: ${done.cause_detail}`);
      assert.match(done.cause_detail ?? " ", detail);
    }
  });
});
