import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { doubleLongUnsigned, limiterValues, type ScriptReference } from "@anymeter/dlms-cosem";
import {
  attributeValue,
  invokeMethod,
  meterOf,
  restarted,
  type TestMeter,
  writeAttribute,
} from "../../../testing/meters.ts";

const limiter = "0.0.17.0.0.255";
const relay = "0.0.96.3.10.255";
const minute = 60_000;
const quarter = 15 * minute;
const hour = 60 * minute;
const now = Date.UTC(2026, 10, 2, 10);
const scripts = "0.0.10.0.106.255";

describe("the limiter of the standard", () => {
  test("opens the switch when the load stayed above the threshold for its duration, not before", () => {
    const meter = limited("BOR", { watts: 1, seconds: 90 });
    // Nobody looks for a day.
    meter.now += 24 * hour;
    assert.equal(attributeValue(meter, 70, relay), false);
    const [opened] = meter.memory.disconnections;
    const over = firstOver(meter, 1, now);
    assert.ok(Math.abs(opened!.from - over - 90_000) < 1, `${opened!.from - over}`);
    assert.deepEqual(codes(meter), [67, 65, 64]);
    assert.equal(attributeValue(meter, 70, relay, 3), 2, "a local disconnection leaves it ready");
  });

  test("a load that comes down in time is let be, and the threshold is obeyed by the slot", () => {
    const meter = meterOf("BOR", { now });
    const loads = Array.from({ length: 96 }, (_, slot) => meter.supply.demand(now + slot * quarter));
    const peak = Math.max(...loads);
    program(meter, { watts: Math.floor(peak) - 1, seconds: 1800 });
    meter.now += 24 * hour;
    assert.equal(attributeValue(meter, 70, relay), true, "one slot above is a quarter of an hour, not half an hour");
    program(meter, { watts: Math.floor(peak) - 1, seconds: 60 });
    meter.now = now + 24 * hour + 96 * quarter * 7;
    const highest = Array.from({ length: 96 * 7 }, (_, slot) => meter.supply.demand(now + 24 * hour + slot * quarter));
    assert.equal(attributeValue(meter, 70, relay), Math.max(...highest) <= Math.floor(peak) - 1);
  });

  test("a load above when the threshold is written counts from then", () => {
    const meter = meterOf("BOR", { now: now + 4 * minute });
    assert.ok(meter.supply.demand(meter.now) > 1);
    program(meter, { watts: 1, seconds: 30 });
    meter.now += 29_000;
    assert.equal(attributeValue(meter, 70, relay), true);
    meter.now += 2_000;
    assert.equal(attributeValue(meter, 70, relay), false);
  });

  test("closes again after the time under the threshold, as often as the load comes back", () => {
    const meter = limited("BOR", { watts: 1, seconds: 30, again: { afterSeconds: 60 } });
    meter.now = firstOver(meter, 1, now) + 10 * 90_000 - 1;
    assert.equal(attributeValue(meter, 70, relay), false);
    assert.equal(meter.memory.disconnections.length, 10);
    const [first] = meter.memory.disconnections;
    assert.equal(first!.to! - first!.from, 60_000);
  });

  test("counts its closings by the objects beside it, and counts anew after the time that is written there", () => {
    const meter = meterOf("BOR", { now });
    writeAttribute(meter, 1, "1.0.147.45.0.255", 2, { type: "unsigned", value: 3 });
    writeAttribute(meter, 3, "1.0.147.46.0.255", 2, doubleLongUnsigned(2 * 3600));
    program(meter, { watts: 1, seconds: 30, again: { afterSeconds: 60 } });
    const over = firstOver(meter, 1, now);
    meter.now = over + hour;
    attributeValue(meter, 70, relay);
    assert.equal(meter.memory.disconnections.length, 4, "the first, and one after each of three closings");
    meter.now = over + 2.5 * hour;
    attributeValue(meter, 70, relay);
    assert.equal(meter.memory.disconnections.length, 8);
  });

  test("a limit of no seconds is looked at by the second, and a day of a load above it comes to its end", () => {
    const meter = limited("BOR", { watts: 1, seconds: 0, again: { afterSeconds: 0 } });
    const over = firstOver(meter, 1, now);
    meter.now = over + 10_500;
    attributeValue(meter, 70, relay);
    assert.ok(meter.memory.disconnections.length >= 4 && meter.memory.disconnections.length <= 6);
    meter.now = over + 12 * hour;
    assert.equal(attributeValue(meter, 70, relay), false, "the contacts are spared after a hundred times");
    assert.equal(meter.memory.disconnections.length, 101);
    meter.now = over + 25 * hour;
    attributeValue(meter, 70, relay);
    assert.ok(meter.memory.disconnections.length > 101, "a day later it is tried anew");
  });

  test("a remote reconnection ends what it began, and a remote disconnection is not undone", () => {
    const meter = limited("BOR", { watts: 1, seconds: 30, again: { afterSeconds: 600 } });
    meter.now = firstOver(meter, 1, now) + 31_000;
    assert.equal(attributeValue(meter, 70, relay), false);
    assert.equal(invokeMethod(meter, 70, relay, 2), 0);
    assert.equal(attributeValue(meter, 70, relay), true);
    assert.equal(invokeMethod(meter, 70, relay, 1), 0);
    meter.now += 2 * hour;
    assert.equal(attributeValue(meter, 70, relay), false);
  });

  test("an emergency threshold is in force for its time when the group is the meter's", () => {
    const meter = meterOf("BOR", { now });
    const profile = {
      emergencyProfileId: 5,
      emergencyActivationTime: { year: 2026, month: 11, day: 2, hour: 15, minute: 0, second: 0 },
      emergencyDuration: 3600,
    };
    program(meter, { watts: 4_000_000, seconds: 30 });
    writeAttribute(meter, 71, limiter, 5, doubleLongUnsigned(1));
    writeAttribute(meter, 71, limiter, 8, limiterValues.emergencyProfile.toData(profile));
    meter.now = now + 3 * hour;
    assert.deepEqual(
      [attributeValue(meter, 71, limiter, 10), attributeValue(meter, 70, relay)],
      [false, true],
      "another group",
    );
    writeAttribute(meter, 71, limiter, 9, limiterValues.emergencyProfileGroupIdList.toData([5]));
    meter.now = now + 3.9 * hour;
    assert.equal(attributeValue(meter, 70, relay), true);
    meter.now = now + 4.5 * hour;
    assert.deepEqual([attributeValue(meter, 71, limiter, 10), attributeValue(meter, 71, limiter, 3)], [true, 1]);
    assert.equal(attributeValue(meter, 70, relay), false);
  });

  test("a value that is no power, and a script that is not there, are refused", () => {
    const meter = meterOf("BOR", { now });
    const volts = { classId: 3, logicalName: "1.0.32.7.0.255", attributeIndex: 2 };
    assert.equal(writeAttribute(meter, 71, limiter, 2, limiterValues.monitoredValue.toData(volts)), 250);
    assert.equal(writeAttribute(meter, 71, limiter, 11, actions(9, 0)), 250);
    assert.equal(writeAttribute(meter, 71, limiter, 4, { type: "visible-string", value: "5 kW" }), 12);
  });

  test("what was going on goes on after a restart", () => {
    const meter = limited("BOR", { watts: 1, seconds: 30, again: { afterSeconds: 600 } });
    meter.now = firstOver(meter, 1, now) + 31_000;
    assert.equal(attributeValue(meter, 70, relay), false);
    const again = restarted(meter);
    again.now += 601_000;
    assert.equal(attributeValue(again, 70, relay), true);
    assert.equal(again.memory.disconnections.length, 1);
  });
});

describe("the load limit of the TPI-34G", () => {
  test("tries again a counted number of times, then waits until tries are counted anew", () => {
    const meter = meterOf("GLM", { now });
    limitByRegisters(meter, { watts: 1, seconds: 30, tries: 2, pause: 60, clearing: 3600 });
    const over = firstOver(meter, 1, now);
    meter.now = over + 30 * minute;
    assert.equal(attributeValue(meter, 70, relay), false);
    const spans = meter.memory.disconnections.map(({ from, to }) => [from - over, to === null ? null : to - over]);
    assert.deepEqual(roundedSpans(spans), [
      [30_000, 90_000],
      [120_000, 180_000],
      [210_000, null],
    ]);
    meter.now = over + 210_000 + 3_600_000 + 10_000;
    assert.equal(attributeValue(meter, 70, relay), true, "an hour later it is tried anew");
    meter.now += 2 * minute;
    assert.ok(meter.memory.limiter.tries <= 2);
    assert.deepEqual(codes(meter).slice(0, 3), [303, 116, 203]);
  });

  test("registers that are all zero are counted by the second, and anew after ten minutes", () => {
    const meter = meterOf("GLM", { now });
    limitByRegisters(meter, { watts: 1, seconds: 0, tries: 255, pause: 0, clearing: 0 });
    meter.now = firstOver(meter, 1, now) + 2 * hour;
    attributeValue(meter, 70, relay);
    assert.ok(meter.memory.disconnections.length > 256 && meter.memory.disconnections.length <= 12 * 256);
  });

  test("is in force only while it is enabled, by its registers with scaler and unit", () => {
    const meter = meterOf("GLM", { now });
    limitByRegisters(meter, { watts: 1, seconds: 30, tries: 0, pause: 0, clearing: 0 });
    writeAttribute(meter, 1, "0.0.96.60.10.255", 2, { type: "boolean", value: false });
    meter.now += 5 * hour;
    assert.equal(attributeValue(meter, 70, relay), true);
    const [scaler, unit] = attributeValue(meter, 3, "1.0.15.35.0.0", 3) as { value: number }[];
    assert.deepEqual([scaler!.value, unit!.value], [0, 27]);
  });
});

interface Limit {
  readonly watts: number;
  readonly seconds: number;
  readonly again?: { readonly afterSeconds: number };
}

function limited(flag: string, limit: Limit): TestMeter {
  const meter = meterOf(flag, { now });
  program(meter, limit);
  return meter;
}

/** As a head-end writes it: the threshold last. */
function program(meter: TestMeter, { watts, seconds, again }: Limit): void {
  assert.equal(writeAttribute(meter, 71, limiter, 6, doubleLongUnsigned(seconds)), 0);
  assert.equal(writeAttribute(meter, 71, limiter, 7, doubleLongUnsigned(again?.afterSeconds ?? 0)), 0);
  assert.equal(writeAttribute(meter, 71, limiter, 11, actions(1, again ? 2 : 0)), 0);
  assert.equal(writeAttribute(meter, 71, limiter, 4, doubleLongUnsigned(watts)), 0);
}

function actions(over: number, under: number) {
  const script = (scriptSelector: number): ScriptReference => ({ scriptLogicalName: scripts, scriptSelector });
  return limiterValues.actions.toData({ actionOverThreshold: script(over), actionUnderThreshold: script(under) });
}

function limitByRegisters(
  meter: TestMeter,
  { watts, seconds, tries, pause, clearing }: Record<"watts" | "seconds" | "tries" | "pause" | "clearing", number>,
): void {
  for (const tariff of [0, 1, 2, 3]) {
    assert.equal(writeAttribute(meter, 3, `1.0.15.35.0.${tariff}`, 2, doubleLongUnsigned(watts)), 0);
    assert.equal(writeAttribute(meter, 3, `1.0.15.44.0.${tariff}`, 2, doubleLongUnsigned(seconds)), 0);
  }
  assert.equal(writeAttribute(meter, 1, "1.0.147.45.0.255", 2, { type: "unsigned", value: tries }), 0);
  assert.equal(writeAttribute(meter, 3, "1.0.147.44.0.255", 2, doubleLongUnsigned(pause)), 0);
  assert.equal(writeAttribute(meter, 3, "1.0.147.46.0.255", 2, doubleLongUnsigned(clearing)), 0);
  assert.equal(writeAttribute(meter, 1, "0.0.96.60.10.255", 2, { type: "boolean", value: true }), 0);
}

/** From when on the load is above so many watts: an instant, or the beginning of a slot after it. */
function firstOver({ supply }: TestMeter, watts: number, from: number): number {
  for (let at = from; ; at = (Math.floor(at / quarter) + 1) * quarter)
    if (Math.abs(supply.demand(at)) > watts) return at;
}

function roundedSpans(spans: (number | null)[][]): (number | null)[][] {
  return spans.map((span) => span.map((edge) => edge && Math.round(edge)));
}

function codes(meter: TestMeter): number[] {
  return meter.memory.events.map(({ code }) => code).filter((code) => code !== billingReset);
}

const billingReset = 101;
