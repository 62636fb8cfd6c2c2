import assert from "node:assert/strict";
import { test } from "node:test";
import { captureObjectsOf, columnValue, meterOf, readRows } from "../../../testing/meters.ts";

const name = "1.0.99.2.0.255";
const now = Date.UTC(2026, 9, 27, 12);

test("registers at every midnight of the meter's zone, through a day of 25 hours", () => {
  const meter = meterOf("BOR", { now });
  const columns = captureObjectsOf(meter, name);
  const rows = readRows(meter, name);
  assert.deepEqual(
    rows.map(({ epochMilliseconds }) => epochMilliseconds),
    [
      Date.UTC(2026, 9, 22, 22),
      Date.UTC(2026, 9, 23, 22),
      Date.UTC(2026, 9, 24, 22),
      Date.UTC(2026, 9, 25, 23),
      Date.UTC(2026, 9, 26, 23),
    ],
  );
  for (const row of rows) {
    const instant = meter.meter.measurements.instantOf(row.epochMilliseconds!)!;
    assert.equal(columnValue(row, columns, "1.0.1.8.0.255"), meter.supply.registers(instant).import);
  }
});
