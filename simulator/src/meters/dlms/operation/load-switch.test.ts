import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attributeValue,
  captureObjectsOf,
  columnValue,
  invokeMethod,
  meterOf,
  readAttribute,
  readRows,
  restarted,
  type TestMeter,
} from "../../../testing/meters.ts";

const relay = "0.0.96.3.10.255";
const quarter = 900_000;
/** In the middle of a quarter of an hour of a Monday, when people are at home. */
const now = Date.UTC(2026, 9, 26, 18, 7, 11);

for (const flag of ["ALM", "BOR", "CST", "DLF", "GLM"]) {
  test(`${flag}: an open switch stops current and power at once, energy with the next row, and leaves the voltage`, () => {
    const meter = meterOf(flag, { now });
    const single = meter.meter.make.phases === 1;
    const power = meter.meter.make.codes?.value["active-import"] ?? "1.0.1.7.0.255";
    assert.ok(Number(attributeValue(meter, 3, power)) > 0);
    const volts = Number(attributeValue(meter, 3, "1.0.32.7.0.255"));
    assert.equal(invokeMethod(meter, 70, relay, 1), 0);
    assert.deepEqual([attributeValue(meter, 70, relay, 2), attributeValue(meter, 70, relay, 3)], [false, 0]);
    for (const name of [power, ...(single ? ["1.0.31.7.0.255"] : currents)]) {
      assert.equal(attributeValue(meter, 3, name), 0, name);
    }
    assert.ok(Math.abs(Number(attributeValue(meter, 3, "1.0.32.7.0.255")) / volts - 1) < 0.03);
    meter.now += 3 * quarter;
    const columns = captureObjectsOf(meter, "1.0.99.1.0.255");
    const [before, first, second] = readRows(meter, "1.0.99.1.0.255").slice(-3);
    const energyOf = (row: typeof before) => columnValue(row!, columns, "1.0.1.8.0.255");
    assert.ok(energyOf(first) >= energyOf(before));
    assert.equal(energyOf(second), energyOf(first), "no energy while it is open");
    assert.equal(columnValue(second!, columns, "1.0.31.7.0.255"), 0);
    assert.ok(columnValue(second!, columns, "1.0.32.7.0.255") > 0);
    assert.equal(invokeMethod(meter, 70, relay, 2), 0);
    assert.deepEqual([attributeValue(meter, 70, relay, 2), attributeValue(meter, 70, relay, 3)], [true, 1]);
    assert.ok(Number(attributeValue(meter, 3, power)) > 0, "the whole load, not a part of the slot's mean");
  });
}

test("a make that waits for its button is ready until somebody presses it, and stays so over a restart", () => {
  const meter = meterOf("ELV", { now });
  assert.equal(attributeValue(meter, 70, relay, 4), 3);
  assert.equal(meter.meter.pressButton(), false, "the button opens nothing in this mode");
  invokeMethod(meter, 70, relay, 1);
  assert.equal(meter.meter.pressButton(), false, "nor does it close what was not released");
  assert.equal(invokeMethod(meter, 70, relay, 2), 0);
  assert.deepEqual([attributeValue(meter, 70, relay, 2), attributeValue(meter, 70, relay, 3)], [false, 2]);
  const again = restarted(meter);
  assert.deepEqual([attributeValue(again, 70, relay, 2), attributeValue(again, 70, relay, 3)], [false, 2]);
  again.now += 60_000;
  assert.equal(again.meter.pressButton(), true);
  assert.deepEqual([attributeValue(again, 70, relay, 2), attributeValue(again, 70, relay, 3)], [true, 1]);
  assert.deepEqual(codesOf(again), [62, 59, 61]);
});

test("a release is taken back by the next disconnection", () => {
  const meter = meterOf("ELV", { now });
  for (const method of [1, 2, 1]) invokeMethod(meter, 70, relay, method);
  assert.equal(attributeValue(meter, 70, relay, 3), 0);
  assert.equal(meter.meter.pressButton(), false);
});

test("a make whose button opens too is closed from afar and by hand", () => {
  const meter = meterOf("CST", { now });
  assert.equal(meter.meter.pressButton(), true);
  assert.equal(attributeValue(meter, 70, relay, 3), 2);
  assert.equal(meter.meter.pressButton(), true);
  assert.equal(attributeValue(meter, 70, relay, 3), 1);
  meter.meter.pressButton();
  invokeMethod(meter, 70, relay, 2);
  assert.equal(attributeValue(meter, 70, relay, 3), 1);
  assert.deepEqual(codesOf(meter), [60, 61, 60, 63]);
});

test("a make without a switch has no object for it, and says so to the utility", () => {
  const meter = meterOf("FJL", { now });
  for (const [classId, name] of [
    [70, relay],
    [71, "0.0.17.0.0.255"],
    [10, "0.0.12.0.0.255"],
    [9, "0.0.10.0.106.255"],
  ] as const) {
    assert.deepEqual(readAttribute(meter, classId, name, 2), { error: 4 });
  }
  assert.equal(meter.meter.registration.deviceFields?.has_disconnector, false);
  assert.equal(meterOf("BOR", { now }).meter.registration.deviceFields?.has_disconnector, true);
});

test("what was switched often is counted the same after a restart", () => {
  const meter = meterOf("BOR", { now });
  for (let round = 0; round < 40; round++) {
    invokeMethod(meter, 70, relay, 1);
    meter.now += 7 * 60_000;
    invokeMethod(meter, 70, relay, 2);
    meter.now += 11 * 60_000;
  }
  const again = restarted(meter);
  const closed = meterOf("BOR", { now: meter.now });
  assert.equal(attributeValue(again, 3, "1.0.1.8.0.255"), attributeValue(meter, 3, "1.0.1.8.0.255"));
  assert.ok(Number(attributeValue(again, 3, "1.0.1.8.0.255")) < Number(attributeValue(closed, 3, "1.0.1.8.0.255")));
});

const currents = ["1.0.31.7.0.255", "1.0.51.7.0.255", "1.0.71.7.0.255"];

/** Codes of the event log from `now` on that are about the switch. */
function codesOf(meter: TestMeter): number[] {
  return meter.memory.events.map(({ code }) => code).filter((code) => code >= 59 && code <= 69);
}
