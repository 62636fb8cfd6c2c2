/** The driver against simulated meters on real sockets, into real stores. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type NeighbourhoodMeter, type OtherMeter, otherMeters } from "@anymeter/simulator";
import { oneAttempt, openReadingScene, type ReadingScene } from "../../testing/reading-scene.ts";

const known = otherMeters.find(({ model }) => model === "D3Z")!;
/** The last one's clock is slow. */
const others: readonly OtherMeter[] = [
  ...["D3Z", "L6Q", "E4P", "B1", "L5Q", "P5"].map((model) => ({ ...known, model })),
  { ...known, model: "L6Q", trait: { clockError: -40_000, because: "a clock nobody has set for years" } },
];
const quarter = 900_000;

describe("IEC 62056-21 meters", () => {
  let scene: ReadingScene;
  before(async () => {
    scene = await openReadingScene({ meters: 0, others, historyDays: 3 });
    await scene.openHeadEnd({ ...oneAttempt, profileRowsPerRequest: 100 }).start();
  });

  const [plain, profile, parity, battery, wrongPassword, port, slow] = [0, 1, 2, 3, 4, 5, 6];
  const meter = (index: number) => scene.others[index]!;
  /** Wh of the meter's supply at a time, and what it used since another. */
  const energyAt = (index: number, instant: number) =>
    (meter(index).supply as { registers(instant: number): { import: number } }).registers(instant).import;

  for (const [index, habit] of [
    [plain, "in mode C"],
    [parity, "with parity bits and another protocol character"],
    [battery, "woken, in mode B"],
  ] as const) {
    test(`a readout ${habit} is stored in the series of its registers`, async () => {
      const quick = { ...meter(index).settings, wake_up_pause_milliseconds: 1 };
      const device = await scene.register({ ...meter(index), settings: quick });
      const done = await scene.succeeded(device, "read_readout");
      assert.equal(done.readings_stored, 9);
      const [energy] = await scene.readingsOf(device, "1-0:1.8.0");
      assert.equal(Number(energy!.value), energyAt(index, energy!.at) / 1000);
      assert.ok(Math.abs(energy!.at - Date.now()) < 5_000);
      const [volts] = await scene.readingsOf(device, "1-0:32.7.0");
      assert.ok(Number(volts!.value) > 200 && Number(volts!.value) < 260, volts!.value);
      assert.deepEqual(done.notes, []);
    });
  }

  test("addresses narrow a readout, and what it does not hold is said", async () => {
    const device = await scene.register(meter(plain));
    const done = await scene.succeeded(device, "read_readout", { addresses: ["1-0:1.8.0*255", "0.0.0", "1.8.9"] });
    assert.equal(done.readings_stored, 1);
    const result = done.result as Record<string, { value: string; unit: string | null }>;
    assert.deepEqual(Object.keys(result), ["0.0.0", "1.8.0"]);
    assert.equal(result["1.8.0"]!.unit, "kWh");
    assert.equal(done.notes![0], "The readout holds no 1.8.9.");
    const none = await scene.run(device, "read_readout", { addresses: ["9.9.9"] });
    assert.deepEqual([none.state, none.cause], ["failed", "object_missing"]);
    assert.match(none.cause_detail!, /holds no 9\.9\.9; it holds F\.F, 0\.0\.0/);
  });

  test("stored values keep their own time where a series is named for them", async () => {
    const local = new Date(Date.now());
    const number = ((local.getUTCFullYear() - 2020) * 12 + local.getUTCMonth() + 1) % 100;
    const address = `1.8.0*${String(number).padStart(2, "0")}`;
    const settings = { ...meter(plain).settings, series_names: { [address]: "energy at month's end" } };
    const series = [{ name: "energy at month's end", unit: "Wh", description: "" }];
    const device = await scene.register({ ...meter(plain), settings, series }, { series: ["energy at month's end"] });
    await scene.succeeded(device, "read_readout", { addresses: [address] });
    const [stored] = await scene.readingsOf(device, "energy at month's end");
    const monthStart = new Date(stored!.at + 2 * 3_600_000);
    assert.equal(monthStart.getUTCDate(), 1);
    assert.equal(Number(stored!.value) % 1, 0, "kWh kept in Wh");
    assert.ok(Math.abs(Number(stored!.value) - energyAt(plain, stored!.at)) < 1_000);
  });

  test("a P1 port is listened to, and its telegram's time is that of the readings", async () => {
    const device = await scene.register(meter(port));
    const done = await scene.succeeded(device, "read_readout");
    assert.ok(done.readings_stored! >= 5, `${done.readings_stored} readings`);
    const [energy] = await scene.readingsOf(device, "1-0:1.8.0");
    assert.equal(energy!.at % 1000, 0, "whole seconds of the meter's clock");
    const drift = meter(port).device.clockTime - Date.now();
    assert.ok(Math.abs(energy!.at - drift - Date.now()) < 5_000);
    const elsewhere = await scene.register({ ...meter(port), make: "Zeeland abroad", timezone: "America/New_York" });
    const abroad = await scene.succeeded(elsewhere, "read_readout");
    assert.match(abroad.notes!.join(" "), /clock is off by 360 minutes, .* check the device's time zone/);
    const [ours] = await scene.readingsOf(elsewhere, "1-0:1.8.0");
    assert.ok(Math.abs(ours!.at - Date.now()) < 5_000);
    const refused = await scene.run(device, "read_registers", { addresses: ["1.8.0"] });
    assert.deepEqual([refused.cause, refused.state], ["settings_invalid", "failed"]);
    assert.match(refused.cause_detail!, /only sends/);
  });

  test("registers are read one by one; those refused do not cost the others", async () => {
    const device = await scene.register(meter(profile));
    const done = await scene.run(device, "read_registers", { addresses: ["1.8.0", "9.9.9", "2.8.0", "8.8.8"] });
    assert.deepEqual([done.state, done.cause, done.readings_stored], ["failed", "request_refused", 2]);
    assert.match(done.cause_detail!, /^The meter answers ER01 to the R5 9\.9\.9\(\)/);
    assert.match(done.notes!.join(" "), /8\.8\.8/);
    assert.equal((await scene.readingsOf(device, "1-0:2.8.0")).length, 1);
  });

  test("a load profile is read from its oldest row to its newest", async () => {
    const device = await scene.register(meter(profile));
    const done = await scene.succeeded(device, "read_load_profile");
    const power = await scene.readingsOf(device, "1-0:1.5.0");
    assert.ok(power.length >= 3 * 96, `${power.length} rows`);
    assert.equal(done.readings_stored, power.length * 3);
    const error = meter(profile).device.clockTime - Date.now();
    for (const { at, value } of power.slice(-4)) {
      assert.equal(at % quarter, 0);
      const end = at - error;
      const used = energyAt(profile, end) - energyAt(profile, end - quarter);
      assert.ok(Math.abs(Number(value) - used / 250) < 0.1, `${value} kW for ${used} Wh`);
    }
  });

  test("dates are read in the meter's zone or with their offset, and the end is kept", async () => {
    const device = await scene.register(meter(profile));
    const end = Math.floor(Date.now() / quarter) * quarter - 4 * quarter;
    const start_date = `${new Date(end - 7_200_000 + 3_600_000).toISOString().slice(0, 19)}+0100`;
    await scene.succeeded(device, "read_load_profile", { start_date, end_date: new Date(end).toISOString() });
    const power = await scene.readingsOf(device, "1-0:1.5.0");
    assert.deepEqual([power.length, power[0]!.at, power.at(-1)!.at], [9, end - 7_200_000, end]);
  });

  test("an offset read takes the last rows, and all that a gap left out", async () => {
    const device = await scene.register(meter(profile));
    const call = ["read_load_profile_by_offset_seconds", { offset_seconds: 3_600 }] as const;
    await scene.succeeded(device, ...call);
    const first = await scene.readingsOf(device, "1-0:1.5.0");
    assert.ok(first.length === 4 || first.length === 5, `${first.length} rows in an hour`);
    await scene.forget(device, 40 * 3_600_000);
    await scene.succeeded(device, ...call);
    const filled = await scene.readingsOf(device, "1-0:1.5.0");
    assert.ok(filled.length === 160 || filled.length === 161, `${filled.length} rows in 40 hours, in spans of 100`);
    await scene.succeeded(device, ...call);
    assert.ok((await scene.readingsOf(device, "1-0:1.5.0")).length <= filled.length + 1);
  });

  test("a later range does not hide the gap before it", async () => {
    const device = await scene.register(meter(profile));
    await scene.succeeded(device, "read_load_profile_by_offset_seconds", { offset_seconds: 1_800 });
    await scene.forget(device, 20 * 3_600_000);
    await scene.succeeded(device, "read_load_profile", { start_date: new Date(Date.now() - 3_600_000).toISOString() });
    await scene.succeeded(device, "read_load_profile_by_offset_seconds", { offset_seconds: 1_800 });
    const power = await scene.readingsOf(device, "1-0:1.5.0");
    assert.ok(power.length === 80 || power.length === 81, `${power.length} rows in 20 hours`);
  });

  test("a line that breaks keeps what came before, and the next contact takes the rest", async () => {
    const device = await scene.register(meter(profile));
    await scene.succeeded(device, "read_load_profile_by_offset_seconds", { offset_seconds: 1_800 });
    await scene.forget(device, 60 * 3_600_000);
    meter(profile).faults.set({ resetAfter: 8 });
    const broken = await scene.run(device, "read_load_profile");
    meter(profile).faults.clear();
    assert.deepEqual([broken.state, broken.cause], ["failed", "connection_reset"], broken.cause_detail ?? "");
    const kept = (await scene.readingsOf(device, "1-0:1.5.0")).length;
    assert.ok(kept > 90 && kept < 230, `${kept} rows`);
    await scene.succeeded(device, "read_load_profile_by_offset_seconds", { offset_seconds: 60 });
    assert.ok((await scene.readingsOf(device, "1-0:1.5.0")).length >= 240);
  });

  test("a profile none of whose columns is wanted is no success", async () => {
    const wanted = [{ name: "1-0:1.8.0", unit: "kWh", description: "" }];
    const device = await scene.register({ ...meter(profile), series: wanted }, { series: ["1-0:1.8.0"] });
    const done = await scene.run(device, "read_load_profile");
    assert.deepEqual([done.state, done.cause], ["failed", "invalid_call"]);
    assert.match(done.cause_detail!, /No column of P\.01 .* Its columns are 1\.5, 2\.5, 3\.5\./);
  });

  test("wrong checks, refusals and pieces on the line are got over", async () => {
    const device = await scene.register(meter(profile));
    meter(profile).faults.set({ wrongChecksEvery: 5, refusesEvery: 3, chunkSize: 100 });
    await scene.succeeded(device, "read_load_profile");
    meter(profile).faults.clear();
    assert.ok((await scene.readingsOf(device, "1-0:2.5.0")).length >= 3 * 96);
  });

  test("a clock within what is allowed is reported, one beyond is set in the meter's zone", async () => {
    const device = await scene.register(meter(slow));
    const reported = await scene.succeeded(device, "set_time", { allowed_drift_seconds: 3_600 });
    assert.equal((reported.result as { set: boolean }).set, false);
    const done = await scene.succeeded(device, "set_time", { allowed_drift_seconds: 5 });
    const { drift_seconds, set } = done.result as { drift_seconds: number; set: boolean };
    assert.ok(Math.abs(drift_seconds + 40) < 8 && set, `${drift_seconds}`);
    assert.ok(Math.abs(meter(slow).device.clockTime - Date.now()) < 1_500);
    const [event] = await scene.query<{ content: string }>(
      `select content from meter_system_events final where device_number = ${await scene.numberOf(device)}`,
    );
    assert.match(event!.content, /^The clock was off by -\d+\.\d+ s, more than the 5 s allowed; it was set\.$/);
  });

  test("noise in place of answers ends in a cause, and the meter is read when it is gone", async () => {
    const device = await scene.register(meter(plain));
    meter(plain).faults.set({ garbage: "instead" });
    const failed = await scene.run(device, "read_readout");
    meter(plain).faults.clear();
    // Noise may have a byte in it that is a message, NAK for one: the answer is then a wrong one.
    assert.equal(failed.state, "failed");
    assert.ok(["garbage", "invalid_answer"].includes(failed.cause!), `${failed.cause}: ${failed.cause_detail}`);
    await scene.succeeded(device, "read_readout");
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
      "the wrong password is registered",
      wrongPassword,
      () => ({}),
      {},
      ["read_load_profile", {}],
      "authentication_failed",
      /refuses the password: it answers NAK.*meters lock/,
    ],
    [
      "the interface is locked",
      profile,
      () => ({}),
      { locked: true },
      ["read_registers", { addresses: ["1.8.0"] }],
      "meter_busy",
      /locked, by a switch or after wrong passwords/,
    ],
    [
      "the clock may not be set without a password",
      slow,
      () => ({ secrets: {} }),
      {},
      ["set_time", { allowed_drift_seconds: 0 }],
      "clock_not_set",
      /ER06.*want a password/,
    ],
    [
      "programming mode is asked of a meter of mode B",
      battery,
      (original) => ({ settings: { ...original.settings, wake_up_pause_milliseconds: 1 } }),
      {},
      ["read_registers", { addresses: ["1.8.0"] }],
      "settings_invalid",
      /does not offer programming mode; it offers mode B/,
    ],
    [
      "the meter is asked by another's address",
      profile,
      () => ({ deviceFields: { iec62056_21_address: "1111111" } }),
      {},
      ["read_registers", { addresses: ["1.8.0"] }],
      "no_answer",
      /No answer to the sign-on/,
    ],
    ["the meter is silent", plain, () => ({}), { silent: true }, ["read_readout", {}], "no_answer", /sign-on/],
    [
      "every answer is damaged",
      plain,
      () => ({}),
      { wrongChecksEvery: 1 },
      ["read_readout", {}],
      "invalid_answer",
      /block check character/,
    ],
  ];
  for (const [name, index, change, faults, [call, kwargs], cause, detail] of failures) {
    test(`${name}: the cause says so`, async () => {
      const original = meter(index);
      const device = await scene.register({ ...original, make: `${original.make} (${name})`, ...change(original) });
      original.faults.set(faults);
      const done = await scene.run(device, call, kwargs);
      original.faults.clear();
      assert.deepEqual([done.state, done.cause], ["failed", cause], done.cause_detail ?? "");
      assert.match(done.cause_detail ?? "", detail);
    });
  }
});
