import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { assertSurvivesCuttingAndMutation } from "@anymeter/sans-io/testing";
import { dataFromBytes } from "../data/codec.ts";
import { array, nullData, octetString, structure, unsigned } from "../data/constructors.ts";
import type { Data } from "../data/data.ts";
import { encodeDateTime } from "../data/date-time.ts";
import { fromEpochMilliseconds } from "../data/epoch.ts";
import { type CaptureObject, clockCaptureObject } from "./capture-objects.ts";
import { decodeProfileRows } from "./profile-generic.ts";

const energy: CaptureObject = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };
const status: CaptureObject = { classId: 1, logicalName: "0.0.96.10.1.255", attribute: 2, dataIndex: 0 };
const columns = [clockCaptureObject, status, energy];
const scalerUnits = [undefined, undefined, { scaler: -1, unit: 30 }];

/** Three rows; the clock of the second and third and the status of the second are null. 00:00 CET is 23:00 UTC. */
const compressed = bytesFromHex(`
  01 03
  02 03  09 0C 07EA0B1405000000 00FFC400  11 08  06 00003039
  02 03  00                               00     06 0000303A
  02 03  00                               11 00  06 00003044`);

test("null clocks are one period on, null values the same as above, decimals exact", () => {
  const rows = decodeProfileRows(dataFromBytes(compressed), columns, { capturePeriodSeconds: 900, scalerUnits });
  const start = Date.UTC(2026, 10, 19, 23);
  assert.deepEqual(
    rows.map((row) => [row.epochMilliseconds, row.values[1]?.data?.value, row.values[2]?.decimal]),
    [
      [start, 8, "1234.5"],
      [start + 900_000, 8, "1234.6"],
      [start + 1_800_000, 0, "1235.6"],
    ],
  );
  assert.deepEqual(rows[2]?.dateTime, { ...rows[0]?.dateTime, minute: 30 });
  assert.deepEqual(rows[2]?.values[0]?.data, { type: "date-time", value: rows[2]?.dateTime });
});

test("a row whose clock is null and has no time does not show the clock of the row above", () => {
  for (const options of [{ capturePeriodSeconds: 0 }, { capturePeriodSeconds: 900, clockNull: "no-value" }] as const) {
    const [, second] = decodeProfileRows(dataFromBytes(compressed), columns, options);
    assert.deepEqual(second?.values[0], { data: undefined });
    assert.equal(second?.values[1]?.data?.value, 8);
  }
});

test("an empty octet-string is a null clock, as compact-arrays have it", () => {
  const first = { ...fromEpochMilliseconds(Date.UTC(2026, 10, 20)) };
  const buffer = array(
    structure(octetString(encodeDateTime(first)), unsigned(1)),
    structure(octetString(new Uint8Array(0)), unsigned(2)),
  );
  const rows = decodeProfileRows(buffer, [clockCaptureObject, status], { capturePeriodSeconds: 900 });
  assert.deepEqual(rows[1]?.values[0]?.data, { type: "date-time", value: { ...first, minute: 15 } });
});

test("null is no value where the model says so", () => {
  const options = { clockNull: "no-value", otherNull: "no-value" } as const;
  const [, second] = decodeProfileRows(dataFromBytes(compressed), columns, options);
  assert.deepEqual(second, {
    values: [{ data: undefined }, { data: undefined }, { data: { type: "double-long-unsigned", value: 12346 } }],
  });
});

test("a null clock has no time without a period, nor in the first row", () => {
  const rows = decodeProfileRows(dataFromBytes(compressed), columns, { capturePeriodSeconds: 0 });
  assert.equal(rows[1]?.epochMilliseconds, undefined);
  const headless = array(structure(nullData, unsigned(1)), structure(nullData, unsigned(2)));
  const [first] = decodeProfileRows(headless, [clockCaptureObject, status], { capturePeriodSeconds: 900 });
  assert.deepEqual(first, { values: [{ data: undefined }, { data: unsigned(1) }] });
});

test("filled-in rows stay exact when the zone changes its clock between them", () => {
  // 2026-03-29 01:45 local standard time without deviation; 15 minutes later clocks in CET jump to 03:00.
  const clock = { ...fromEpochMilliseconds(Date.UTC(2026, 2, 29, 1, 45)), deviation: undefined };
  const buffer = array(structure(octetString(encodeDateTime(clock)), unsigned(1)), structure(nullData, unsigned(2)));
  const epoch = { zoneOffset: (local: { hour: number }) => (local.hour >= 2 ? 120 : 60) };
  const rows = decodeProfileRows(buffer, [clockCaptureObject, status], { capturePeriodSeconds: 900, epoch });
  assert.deepEqual(
    rows.map((row) => row.epochMilliseconds),
    [Date.UTC(2026, 2, 29, 0, 45), Date.UTC(2026, 2, 29, 1, 0)],
  );
});

test("a LIFO buffer counts back, and comes oldest first when asked", () => {
  const newest = fromEpochMilliseconds(Date.UTC(2026, 10, 20, 12), { deviation: -60 });
  const buffer = array(
    structure(octetString(encodeDateTime(newest)), unsigned(3)),
    structure(nullData, unsigned(2)),
    structure(nullData, unsigned(1)),
  );
  const options = { capturePeriodSeconds: 3600, sortMethod: "lifo", order: "oldest-first" } as const;
  const rows = decodeProfileRows(buffer, [clockCaptureObject, status], options);
  assert.deepEqual(
    rows.map((row) => [row.epochMilliseconds, row.values[1]?.data?.value]),
    [10, 11, 12].map((hour, index) => [Date.UTC(2026, 10, 20, hour), index + 1]),
  );
});

test("a LIFO buffer without times is turned round", () => {
  const buffer = array(structure(unsigned(2)), structure(unsigned(1)));
  const rows = decodeProfileRows(buffer, [status], { sortMethod: "lifo", order: "oldest-first" });
  assert.deepEqual(
    rows.map((row) => row.values[0]?.data?.value),
    [1, 2],
  );
});

test("compact-array buffers read like arrays, an empty octet-string as a null clock", () => {
  // Structure of octet-string and long-unsigned; rows 0C + clock + 2 bytes (15) and 00 + 2 bytes (3): 18 = 12 hex.
  const bytes = bytesFromHex("13 02 02 09 12  12  0C 07EA0B1405000000 00FFC400 0001  00 0002");
  const options = { capturePeriodSeconds: 900, scalerUnits: [undefined, { scaler: 2, unit: 30 }] };
  const rows = decodeProfileRows(dataFromBytes(bytes), [clockCaptureObject, energy], options);
  assert.deepEqual(
    rows.map((row) => [row.epochMilliseconds, row.values[1]?.decimal]),
    [
      [Date.UTC(2026, 10, 19, 23), "100"],
      [Date.UTC(2026, 10, 19, 23, 15), "200"],
    ],
  );
});

test("delta values add up, in numbers and in bigints", () => {
  const delta: Data = { type: "delta-integer", value: -3 };
  const column = (first: Data) => array(structure(first), structure(delta), structure(delta));
  const last = (buffer: Data) => decodeProfileRows(buffer, [energy]).at(-1)?.values[0]?.data;
  assert.deepEqual(last(column({ type: "double-long-unsigned", value: 100 })), {
    type: "double-long-unsigned",
    value: 94,
  });
  assert.deepEqual(last(column({ type: "long64-unsigned", value: 2n ** 60n })), {
    type: "long64-unsigned",
    value: 2n ** 60n - 6n,
  });
  assert.equal(last(column(delta)), undefined);
});

test("a UNIX clock is a clock", () => {
  const unixClock = { classId: 1, logicalName: "0.0.1.1.0.255", attribute: 2, dataIndex: 0 };
  const buffer = array(structure({ type: "double-long-unsigned", value: 1_800_000_000 }));
  assert.equal(decodeProfileRows(buffer, [unixClock])[0]?.epochMilliseconds, 1_800_000_000_000);
});

test("one column may come without structures", () => {
  assert.deepEqual(decodeProfileRows(array(unsigned(7)), [status]), [{ values: [{ data: unsigned(7) }] }]);
});

test("rows that do not fit the capture objects are refused by number", () => {
  const buffer = array(structure(unsigned(1)), structure(unsigned(1), unsigned(2)));
  assert.throws(() => decodeProfileRows(buffer, [status]), {
    code: "profile_row_invalid",
    details: { row: 2, reason: "it has 2 columns where 1 capture objects are known; read capture_objects again" },
  });
  assert.throws(() => decodeProfileRows(unsigned(1), [status]), {
    code: "profile_row_invalid",
    message: /not an array/,
  });
});

test("survives cut and changed buffers", () => {
  const decode = (bytes: Uint8Array) =>
    decodeProfileRows(dataFromBytes(bytes), columns, { capturePeriodSeconds: 900, scalerUnits, order: "oldest-first" });
  assertSurvivesCuttingAndMutation(decode, compressed, { mutants: 2000 });
});
