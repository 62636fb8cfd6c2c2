import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ContactedDevice } from "./driver.ts";
import { type MeterValue, ReadingCollector, storeReadings } from "./meter-values.ts";

const timestamp = Date.parse("2026-11-01T12:00:00Z");

function collectorFor(series: Readonly<Record<string, string>>): ReadingCollector {
  const allowed = Object.entries(series).map(
    ([name, unit], index) => [name, { number: index + 1, name, unit }] as const,
  );
  return new ReadingCollector({
    organizationNumber: 3,
    number: 7,
    series: new Map(allowed),
  } as unknown as ContactedDevice);
}

function value(names: readonly string[], text: string, unit: string | null = null, at = timestamp): MeterValue {
  return { names, value: text, unit, timestamp: at };
}

describe("values of a meter become readings of its series", () => {
  test("by the first of their names that is a series, in the series' unit, exactly", () => {
    const collector = collectorFor({ "1-0:1.8.0": "kWh", volume: "m³" });
    assert.ok(collector.add(value(["1-0:1.8.0", "energy"], "12345678901", "Wh")));
    assert.ok(collector.add(value(["8-0:1.0.0", "volume"], "1234.5", "l")));
    assert.deepEqual(collector.take(), [
      { organizationNumber: 3, deviceNumber: 7, seriesNumber: 1, timestamp, value: "12345678.901" },
      { organizationNumber: 3, deviceNumber: 7, seriesNumber: 2, timestamp, value: "1.2345" },
    ]);
    assert.deepEqual(collector.take(), [], "taken once");
    assert.deepEqual([collector.collected, collector.fed, collector.notes], [2, [1, 2], []]);
  });

  test("what is left out is said once, with the reason", () => {
    const collector = collectorFor({ power: "kW", pressure: "bar" });
    for (let count = 0; count < 3; count++) {
      assert.equal(collector.add(value(["flow"], "1", "m³/h")), false);
      assert.equal(collector.add(value(["power"], "1", "kWh")), false);
      assert.equal(collector.add(value(["pressure"], "1", "bar", Number.NaN)), true);
      assert.equal(collector.add(value(["pressure"], "1234567890123", "bar")), true);
    }
    assert.deepEqual(collector.take(), []);
    assert.deepEqual(collector.notes, [
      "flow is not stored: the meter's config has no such series.",
      "power is not stored: the meter tells kWh, the series is kept in kW.",
      "3 values have no usable time and are not stored.",
      "3 values have more than 12 digits before the point and are not stored.",
    ]);
  });

  test("a store that refuses is the cause not_stored", async () => {
    const refusing = { write: () => Promise.reject(new Error("disk full")) };
    await assert.rejects(storeReadings(refusing, [{} as never]), { code: "not_stored", detail: "disk full" });
    await storeReadings(refusing, []);
  });
});
