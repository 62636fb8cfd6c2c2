import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clockCaptureObject,
  dateTime,
  fromEpochMilliseconds,
  octetString,
  selectByEntry,
  selectByRange,
} from "@anymeter/dlms-cosem";
import {
  captureObjectsOf,
  columnValue,
  dataOf,
  decodeRows,
  meterOf,
  rangeOf,
  readAttribute,
  readRows,
} from "../../../testing/meters.ts";

const name = "1.0.99.1.0.255";
const quarter = 900_000;
const now = Date.UTC(2026, 9, 26, 12, 7);
const newest = Date.UTC(2026, 9, 26, 12, 0);

test("both bounds of a range are part of it", () => {
  const rows = readRows(meterOf("ALM", { now }), name, rangeOf(newest - 4 * quarter, newest - quarter));
  assert.deepEqual(
    rows.map(({ epochMilliseconds }) => epochMilliseconds),
    [4, 3, 2, 1].map((back) => newest - back * quarter),
  );
});

test("a range outside of the buffer is an empty array, not an error", () => {
  const meter = meterOf("ALM", { now });
  assert.deepEqual(readRows(meter, name, rangeOf(now + quarter, now + 5 * quarter)), []);
  assert.deepEqual(readRows(meter, name, rangeOf(0, 1_000_000)), []);
});

test("bounds without a deviation are in the meter's zone, as octet-string or as date-time", () => {
  const meter = meterOf("CST", { now });
  const { deviation: _, ...local } = fromEpochMilliseconds(newest + 3_600_000);
  const rows = readRows(meter, name, selectByRange({ from: local, to: local }));
  assert.deepEqual(
    rows.map(({ epochMilliseconds }) => epochMilliseconds),
    [newest],
  );
  assert.deepEqual(readRows(meter, name, selectByRange({ from: dateTime(local), to: dateTime(local) })), rows);
});

test("chosen columns come alone and in the order asked for", () => {
  const meter = meterOf("BOR", { now });
  const columns = captureObjectsOf(meter, name);
  const wanted = [columns[3]!, columns[0]!, columns[6]!];
  const buffer = dataOf(readAttribute(meter, 7, name, 2, rangeOf(newest - quarter, newest, wanted)));
  const rows = decodeRows(meter, buffer, wanted, 900);
  const whole = readRows(meter, name, rangeOf(newest - quarter, newest));
  assert.deepEqual(
    rows.map(({ values }) => values),
    whole.map(({ values }) => [values[3], values[0], values[6]]),
  );
});

test("entries count from the oldest, and from the newest in a buffer that is sorted that way", () => {
  const fifo = meterOf("ALM", { now });
  const all = readRows(fifo, name);
  assert.deepEqual(readRows(fifo, name, selectByEntry({ fromEntry: 2, toEntry: 4 })), all.slice(1, 4));
  assert.deepEqual(readRows(fifo, name, selectByEntry({ fromEntry: all.length - 1 })), all.slice(-2));
  const lifo = meterOf("FJL", { now });
  const [row] = readRows(lifo, name, selectByEntry({ fromEntry: 1, toEntry: 1 }));
  assert.equal(row!.epochMilliseconds, newest);
});

test("an entry selection may cut columns", () => {
  const meter = meterOf("ALM", { now });
  const columns = captureObjectsOf(meter, name).slice(1, 3);
  const selection = selectByEntry({ fromEntry: 1, toEntry: 1, fromColumn: 2, toColumn: 3 });
  const rows = decodeRows(meter, dataOf(readAttribute(meter, 7, name, 2, selection)), columns, 900);
  const whole = readRows(meter, name);
  assert.equal(
    columnValue(rows[0]!, columns, "1.0.1.8.0.255"),
    columnValue(whole[0]!, captureObjectsOf(meter, name), "1.0.1.8.0.255"),
  );
});

test("the newest buffer comes first where the maker sorts it so", () => {
  const lifo = meterOf("FJL", { now });
  const buffer = dataOf(readAttribute(lifo, 7, name, 2, rangeOf(newest - 2 * quarter, newest)));
  const clocks = (buffer.value as { value: { value: Uint8Array }[] }[]).map((row) => row.value[0]!.value[6]);
  assert.deepEqual(clocks, [0, 45, 30], "minutes of the clocks as sent");
});

test("entries in use are what the buffer gives", () => {
  for (const flag of ["ALM", "FJL"]) {
    const meter = meterOf(flag, { now });
    assert.equal(dataOf(readAttribute(meter, 7, name, 7)).value, readRows(meter, name).length);
    assert.equal(dataOf(readAttribute(meter, 7, name, 8)).value, 480);
  }
});

test("what is not captured and what is not a range are refused", () => {
  const meter = meterOf("ALM", { now });
  const at = fromEpochMilliseconds(now);
  const other = { ...clockCaptureObject, logicalName: "0.0.1.0.1.255" };
  const refused = (selection: Parameters<typeof readAttribute>[4]) => {
    const answer = readAttribute(meter, 7, name, 2, selection);
    return "error" in answer ? answer.error : undefined;
  };
  assert.equal(refused(selectByRange({ restrictingObject: other, from: at, to: at })), 13);
  assert.equal(refused(selectByRange({ from: at, to: at, columns: [other] })), 13);
  assert.equal(refused(selectByRange({ from: octetString(new Uint8Array(5)), to: at })), 12);
  assert.equal(refused({ selector: 1, parameter: octetString(new Uint8Array(1)) }), 12);
  assert.equal(refused({ selector: 2, parameter: octetString(new Uint8Array(1)) }), 12);
  assert.equal(refused({ selector: 9, parameter: octetString(new Uint8Array(1)) }), 13);
});
