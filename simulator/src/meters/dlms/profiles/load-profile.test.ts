import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProfileRow } from "@anymeter/dlms-cosem";
import {
  captureObjectsOf,
  columnValue,
  meterOf,
  rangeOf,
  readAttribute,
  readRows,
  type TestMeter,
} from "../../../testing/meters.ts";
import { makes } from "../makes.ts";

const name = "1.0.99.1.0.255";
const quarter = 900_000;
/** structure 2, clock 14, status 2, two registers of 9, voltage 3, current 3. */
const uncompressedRow = 42;
/** The Monday after summer time ended: five days behind it hold the hour that came twice. */
const now = Date.UTC(2026, 9, 26, 12, 7);

for (const make of makes) {
  test(`${make.manufacturer}: a row for every quarter, through the end of summer time`, () => {
    const test = meterOf(make.flag, { now });
    const rows = readRows(test, name);
    const newest = Math.floor(now / quarter) * quarter;
    const expected = Array.from({ length: 5 * 96 }, (_, index) => newest - (5 * 96 - 1 - index) * quarter);
    const missing = expected.filter((time) => !isPowered(test, time));
    assert.deepEqual(
      rows.map(({ epochMilliseconds }) => epochMilliseconds),
      expected.filter((time) => !missing.includes(time)),
    );
  });

  test(`${make.manufacturer}: energy in the profile is the difference of its registers exactly`, () => {
    const test = meterOf(make.flag, { now });
    const columns = captureObjectsOf(test, name);
    const unit = 10 ** make.resolutions.energy;
    for (const row of readRows(test, name)) {
      const instant = test.meter.measurements.instantOf(row.epochMilliseconds!)!;
      const registers = test.supply.registers(instant);
      assert.equal(columnValue(row, columns, "1.0.1.8.0.255"), Math.floor(registers.import / unit));
    }
  });

  test(`${make.manufacturer}: voltages and currents are the feeder's means over the period`, () => {
    const test = meterOf(make.flag, { now });
    const columns = captureObjectsOf(test, name);
    const phase = test.supply.phases.indexOf(true);
    for (const row of readRows(test, name).slice(-100)) {
      const instant = test.meter.measurements.instantOf(row.epochMilliseconds!)!;
      const means = test.supply.means(instant - quarter, instant);
      const volts = columnValue(row, columns, "1.0.32.7.0.255") * 10 ** make.resolutions.volts;
      const amperes = columnValue(row, columns, "1.0.31.7.0.255") * 10 ** make.resolutions.amperes;
      assert.ok(Math.abs(volts - means.volts[phase]!) <= 10 ** make.resolutions.volts);
      assert.ok(Math.abs(amperes - means.amperes[phase]!) <= 10 ** make.resolutions.amperes);
    }
  });
}

test("null compression leaves out half of the bytes and none of the values", () => {
  const compressed = meterOf("ELV", { now });
  const selection = rangeOf(now - 86_400_000, now);
  const rows = readRows(compressed, name, selection);
  const whole = readRows(compressed, name).slice(-rows.length);
  const contents = ({ epochMilliseconds, values }: ProfileRow) => [epochMilliseconds, ...values.slice(1)];
  assert.deepEqual(rows.map(contents), whole.map(contents));
  const answer = readAttribute(compressed, 7, name, 2, selection);
  assert.ok("encoded" in answer && answer.encoded.length < 0.6 * rows.length * uncompressedRow);
});

test("rows are captured by the meter's own clock", () => {
  const fast = meterOf("BOR", { now, clockError: 7 * 60_000 });
  const columns = captureObjectsOf(fast, name);
  const last = readRows(fast, name).at(-1)!;
  const stamp = Math.floor((now + 7 * 60_000) / quarter) * quarter;
  assert.ok(Math.abs(last.epochMilliseconds! - stamp) < 1);
  const captured = fast.meter.measurements.instantOf(stamp)!;
  assert.ok(Math.abs(stamp - captured - 7 * 60_000) < 10_000);
  assert.equal(columnValue(last, columns, "1.0.1.8.0.255"), fast.supply.registers(captured).import);
});

test("setting the clock back keeps rows that are there and marks the first after", () => {
  const fast = meterOf("BOR", { now, clockError: 7 * 60_000 });
  const columns = captureObjectsOf(fast, name);
  const before = readRows(fast, name);
  fast.meter.setClock(fast.now);
  fast.now += 2 * 3_600_000;
  const after = readRows(fast, name);
  const common = after.filter(({ epochMilliseconds }) => epochMilliseconds! <= before.at(-1)!.epochMilliseconds!);
  assert.deepEqual(common, before.slice(-common.length));
  const energies = after.map((row) => columnValue(row, columns, "1.0.1.8.0.255"));
  assert.deepEqual(
    energies,
    energies.toSorted((one, other) => one - other),
  );
  const marked = after.filter((row) => (columnValue(row, columns, "0.0.96.10.1.255") & 0x20) !== 0);
  assert.equal(marked.length, 1);
});

test("setting the clock forward leaves the rows it jumps over out", () => {
  const slow = meterOf("DLF", { now, clockError: -40 * 60_000 });
  const [jumpedFrom, jumpedTo] = [slow.meter.clockTime, now];
  slow.meter.setClock(now);
  slow.now += 3_600_000;
  const rows = readRows(slow, name).map(({ epochMilliseconds }) => epochMilliseconds!);
  assert.ok(rows.every((time) => time <= jumpedFrom || time > jumpedTo));
  assert.ok(rows.some((time) => time > jumpedTo));
});

test("an interruption leaves a gap, and the row after it says so", () => {
  const test = meterOf("BOR", { now });
  const [interruption] = test.supply.interruptions(now - 400 * 86_400_000, now).slice(-1);
  assert.ok(interruption, "a year without any interruption");
  test.now = interruption.to + 3 * quarter;
  const columns = captureObjectsOf(test, name);
  const rows = readRows(test, name, rangeOf(interruption.from - quarter, test.now));
  const times = rows.map(({ epochMilliseconds }) => epochMilliseconds!);
  assert.ok(times.every((time) => time <= interruption.from || time > interruption.to));
  const failed = rows.filter((row) => (columnValue(row, columns, "0.0.96.10.1.255") & 0x80) !== 0);
  assert.deepEqual(
    failed.map(({ epochMilliseconds }) => epochMilliseconds),
    [interruption.to + quarter],
  );
});

test("a joint that is made to fail changes rows from then on only", () => {
  const test = meterOf("ALM", { now, historyDays: 2 });
  const before = readRows(test, name);
  const from = now - 86_400_000;
  test.supply.setJointFaults([{ kind: "step", leg: "line", from, ohms: 2 }]);
  const after = readRows(test, name);
  const changed = after.filter((row, index) => JSON.stringify(row.values) !== JSON.stringify(before[index]!.values));
  assert.ok(changed.length > 10);
  assert.ok(changed.every(({ epochMilliseconds }) => epochMilliseconds! > from));
});

function isPowered({ supply }: TestMeter, time: number): boolean {
  return !supply.interruptions(time - quarter, time + quarter).some(({ from, to }) => time > from && time <= to);
}
