import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeDateTime, type ExecutionTime, singleActionScheduleValues } from "@anymeter/dlms-cosem";
import {
  attributeValue,
  captureObjectsOf,
  columnValue,
  dataOf,
  invokeMethod,
  meterOf,
  rangeOf,
  readAttribute,
  readRows,
  restarted,
  type TestMeter,
  writeAttribute,
} from "../../../testing/meters.ts";
import { makes } from "../makes.ts";

const monthly = "1.0.98.1.0.255";
const endOfBilling = "0.0.15.0.0.255";
const quarter = 900_000;
const day = 86_400_000;
const now = Date.UTC(2026, 10, 2, 10);

for (const make of makes) {
  test(`${make.manufacturer}: months end at midnight of their first, with what was counted and demanded until then`, () => {
    const meter = meterOf(make.flag, { now });
    const columns = captureObjectsOf(meter, monthly);
    const rows = readRows(meter, monthly);
    assert.equal(rows.length, attributeValue(meter, 1, "1.0.0.1.0.255"));
    assert.ok(rows.length >= 9 && rows.length <= 24);
    const [before, last] = rows.slice(-2) as [(typeof rows)[0], (typeof rows)[0]];
    assert.deepEqual([last.dateTime!.month, last.dateTime!.day, last.dateTime!.hour], [11, 1, 0]);
    const column = (row: typeof last, name: string) => columnValue(row, columns, name);
    for (const { logicalName } of columns.filter(({ logicalName: name }) => /\.8\.\d+\.255$/.test(name))) {
      assert.ok(column(last, logicalName) >= column(before, logicalName), logicalName);
    }
    const cumulative = column(last, "1.0.1.2.0.255") - column(before, "1.0.1.2.0.255");
    assert.equal(cumulative, column(last, "1.0.1.6.0.255"), "a period adds its maximum");
    assert.equal(column(last, "1.0.0.1.0.255") - column(before, "1.0.0.1.0.255"), 1);
    assert.equal(attributeValue(meter, 3, "1.0.1.2.0.255"), column(last, "1.0.1.2.0.255"));
  });
}

test("the maximum is the greatest quarter of the period, with its time; by tariff the greatest of its own", () => {
  const meter = meterOf("BOR", { now: now + 5 * day });
  const columns = captureObjectsOf(meter, "1.0.99.1.0.255");
  const begin = Date.UTC(2026, 9, 31, 23);
  const demands = readRows(meter, "1.0.99.1.0.255", rangeOf(begin, meter.now)).map((row) => ({
    time: row.epochMilliseconds!,
    energy: columnValue(row, columns, "1.0.1.8.0.255"),
  }));
  const watts = demands
    .slice(1)
    .map(({ time, energy }, index) => ({ time, watts: 4 * (energy - demands[index]!.energy) }));
  const greatest = watts.reduce((most, one) => (one.watts > most.watts ? one : most));
  assert.ok(Math.abs(Number(attributeValue(meter, 4, "1.0.1.6.0.255")) - greatest.watts) <= 4);
  const captured = decodeDateTime(attributeValue(meter, 4, "1.0.1.6.0.255", 5) as Uint8Array);
  const time = new Date(greatest.time + 3_600_000);
  assert.deepEqual(
    [captured.month, captured.day, captured.hour, captured.minute],
    [time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours(), time.getUTCMinutes()],
  );
  const byTariff = [1, 2].map((tariff) => Number(attributeValue(meter, 4, `1.0.1.6.${tariff}.255`)));
  assert.equal(Math.max(...byTariff), attributeValue(meter, 4, "1.0.1.6.0.255"));
  assert.equal(demands[1]!.time - demands[0]!.time, quarter);
});

test("another day and time of the month is kept to, every month, be it looked at or not", () => {
  const meter = meterOf("ALM", { now });
  const count = Number(attributeValue(meter, 1, "1.0.0.1.0.255"));
  const wanted: ExecutionTime[] = [{ time: { hour: 18, minute: 30, second: 0, hundredths: 0 }, date: { day: 15 } }];
  const { executionTime } = singleActionScheduleValues;
  assert.equal(writeAttribute(meter, 22, endOfBilling, 4, executionTime.toData(wanted)), 0);
  const again = restarted(meter);
  assert.deepEqual(executionTime.fromData(dataOf(readAttribute(again, 22, endOfBilling, 4))), wanted);
  again.now = Date.UTC(2027, 1, 20);
  assert.deepEqual(
    readRows(again, monthly)
      .slice(count)
      .map(({ epochMilliseconds }) => new Date(epochMilliseconds!).toISOString().slice(0, 16)),
    ["2026-11-15T18:30", "2026-12-15T18:30", "2027-01-15T18:30", "2027-02-15T18:30"],
  );
  assert.equal(writeAttribute(again, 22, endOfBilling, 4, executionTime.toData([{ time: {}, date: { day: 1 } }])), 250);
});

test("the script ends a period at once: maxima begin anew and the cumulative one grows", () => {
  const meter = meterOf("DLF", { now: now + 40.5 * 60_000 });
  const maximum = Number(attributeValue(meter, 4, "1.0.1.6.0.255"));
  const [count, cumulative] = [
    Number(attributeValue(meter, 1, "1.0.0.1.0.255")),
    Number(attributeValue(meter, 3, "1.0.1.2.0.255")),
  ];
  assert.ok(maximum > 0);
  assert.equal(invokeMethod(meter, 9, "0.0.10.0.1.255", 1, { type: "long-unsigned", value: 1 }), 0);
  assert.equal(attributeValue(meter, 1, "1.0.0.1.0.255"), count + 1);
  assert.equal(attributeValue(meter, 4, "1.0.1.6.0.255"), 0);
  assert.equal(attributeValue(meter, 3, "1.0.1.2.0.255"), cumulative + maximum);
  const reset = decodeDateTime(attributeValue(meter, 1, "1.0.0.1.2.255") as Uint8Array);
  assert.deepEqual([reset.day, reset.hour, reset.minute], [2, 11, 40]);
  const columns = captureObjectsOf(meter, monthly);
  assert.equal(columnValue(readRows(meter, monthly).at(-1)!, columns, "1.0.1.6.0.255"), maximum);
  assert.deepEqual(readRows(restarted(meter), monthly), readRows(meter, monthly));
});

test("months are found by range and by entry, the daily profile tells the same at their midnights", () => {
  const meter = meterOf("BOR", { now });
  const all = readRows(meter, monthly);
  const chosen = readRows(meter, monthly, rangeOf(Date.UTC(2026, 7, 15), Date.UTC(2026, 9, 15)));
  assert.deepEqual(
    chosen.map(({ dateTime }) => dateTime!.month),
    [9, 10],
  );
  const monthColumns = captureObjectsOf(meter, monthly);
  const dayColumns = captureObjectsOf(meter, "1.0.99.2.0.255");
  const midnight = readRows(meter, "1.0.99.2.0.255").find(
    ({ dateTime }) => dateTime!.day === 1 && dateTime!.month === 11,
  )!;
  for (const name of ["1.0.1.8.0.255", "1.0.1.8.1.255", "1.0.1.8.2.255", "1.0.15.8.0.255", "1.0.1.2.0.255"]) {
    assert.equal(columnValue(midnight, dayColumns, name), columnValue(all.at(-1)!, monthColumns, name), name);
  }
});

test("a long time later, the years between are there in a moment", () => {
  const meter = meterOf("GLM", { now: Date.UTC(2029, 5, 10) });
  const began = performance.now();
  assert.equal(readRows(meter, monthly).length, 24);
  assert.ok(Number(attributeValue(meter, 1, "1.0.0.1.0.255")) > 40);
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds < 5, `${seconds} s for four years of maximum demands`);
});

test("resets of a meter nobody looked at cost it nothing, and are the same whoever looks first", () => {
  const one = meterOf("ALM", { now });
  const other: TestMeter = meterOf("ALM", { now });
  other.meter.operation.settle();
  assert.equal(one.memory.resets.length, 0);
  assert.deepEqual(readRows(one, monthly), readRows(other, monthly));
});
