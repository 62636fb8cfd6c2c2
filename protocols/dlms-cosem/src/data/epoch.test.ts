import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import { Random } from "@anymeter/sans-io/testing";
import {
  bitsFromClockStatus,
  type CosemDateTime,
  decodeDate,
  decodeDateTime,
  decodeTime,
  encodeDate,
  encodeDateTime,
  encodeTime,
} from "./date-time.ts";
import { addMilliseconds, fromEpochMilliseconds, toEpochMilliseconds } from "./epoch.ts";

const noon: CosemDateTime = { year: 2026, month: 7, day: 1, hour: 12, minute: 0 };

test("UTC is local time plus deviation", () => {
  // UtilitechAS/amsreader-firmware issue 809: local 20:23:45 with deviation −120 is 18:23:45 UTC.
  const dateTime = decodeDateTime(bytesFromHex("07E80701 01 14172D 00 FF88 80"));
  assert.equal(toEpochMilliseconds(dateTime), Date.UTC(2024, 6, 1, 18, 23, 45));
});

test("makers who store the deviation the other way round are read by setting", () => {
  const dateTime = { ...noon, deviation: 120 };
  assert.equal(toEpochMilliseconds(dateTime, { deviationSign: "local-minus-utc" }), Date.UTC(2026, 6, 1, 10));
  assert.equal(toEpochMilliseconds(dateTime), Date.UTC(2026, 6, 1, 14));
});

test("without deviation the zone decides, told of the status bit only when there is a status", () => {
  const asked: unknown[] = [];
  const zoneOffset = (local: { hour: number }, daylightSaving: boolean | undefined) => {
    asked.push([local.hour, daylightSaving]);
    return daylightSaving ? 120 : 60;
  };
  const status = decodeDateTime(bytesFromHex("FFFFFFFFFFFFFFFFFF800080")).status;
  assert.equal(toEpochMilliseconds({ ...noon, ...(status && { status }) }, { zoneOffset }), Date.UTC(2026, 6, 1, 10));
  assert.equal(toEpochMilliseconds(noon, { zoneOffset }), Date.UTC(2026, 6, 1, 11));
  assert.deepEqual(asked, [
    [12, true],
    [12, undefined],
  ]);
  assert.equal(toEpochMilliseconds(noon), undefined);
});

test("what names no instant is undefined", () => {
  const none: readonly CosemDateTime[] = [
    {},
    { ...noon, deviation: 0, month: "daylight-saving-begin" },
    { ...noon, deviation: 0, month: 0 },
    { ...noon, deviation: 0, month: 13 },
    { ...noon, deviation: 0, day: 0 },
    { ...noon, deviation: 0, month: 2, day: 29 },
    { ...noon, deviation: 0, hour: 25 },
    { ...noon, deviation: 0, hour: 24, minute: 15 },
    { ...noon, deviation: 0, minute: 60 },
    { ...noon, deviation: 0, second: 60 },
    { ...noon, deviation: 0, hundredths: 100 },
    { ...noon, deviation: 0, year: 0 },
  ];
  for (const dateTime of none) assert.equal(toEpochMilliseconds(dateTime), undefined, JSON.stringify(dateTime));
});

test("midnight as 24:00, the last day of February and unspecified seconds are read", () => {
  const base = { year: 2028, month: 2, hour: 24, minute: 0, deviation: 0 };
  assert.equal(toEpochMilliseconds({ ...base, day: "last" }), Date.UTC(2028, 2, 1));
  assert.equal(toEpochMilliseconds({ ...base, day: "second-last" }), Date.UTC(2028, 1, 29));
});

test("the weekday may contradict the date", () => {
  assert.equal(toEpochMilliseconds({ ...noon, weekday: 7, deviation: 0 }), Date.UTC(2026, 6, 1, 12));
});

test("instants come back, with the weekday", () => {
  const random = new Random(1970);
  for (let count = 0; count < 1000; count++) {
    const instant = random.integer(0, 4102444800) * 1000 + random.integer(0, 99) * 10;
    const dateTime = fromEpochMilliseconds(instant, { deviation: random.integer(-720, 840) });
    assert.equal(toEpochMilliseconds(decodeDateTime(encodeDateTime(dateTime))), instant);
  }
  // 2026-11-20 was a Friday, 2026-11-22 a Sunday.
  assert.equal(fromEpochMilliseconds(Date.UTC(2026, 10, 20)).weekday, 5);
  assert.equal(fromEpochMilliseconds(Date.UTC(2026, 10, 22)).weekday, 7);
});

test("local time is UTC minus deviation, and the deviation can be left out", () => {
  const dateTime = fromEpochMilliseconds(Date.UTC(2026, 10, 20, 7, 15), { deviation: -60 });
  assert.equal(hexFromBytes(encodeDateTime(dateTime)), "07EA0B1405080F0000FFC4FF");
  assert.equal(hexFromBytes(encodeDateTime({ ...dateTime, deviation: undefined })), "07EA0B1405080F00008000FF");
});

test("a sum stays on the clock and leaves unspecified fields so", () => {
  const sparse = { year: 2026, month: 12, day: "last", hour: 23, minute: 45 } as const;
  assert.deepEqual(addMilliseconds(sparse, 900_000), { year: 2027, month: 1, day: 1, hour: 0, minute: 0 });
  const full = fromEpochMilliseconds(Date.UTC(2026, 10, 20, 7, 15), { deviation: -60 });
  assert.deepEqual(addMilliseconds(full, -3_600_010), {
    ...full,
    hour: 7,
    minute: 14,
    second: 59,
    hundredths: 99,
  });
  assert.equal(addMilliseconds({ ...sparse, hour: 25 }, 1), undefined);
});

test("any bytes encode back to themselves", () => {
  const random = new Random(12);
  for (let count = 0; count < 2000; count++) {
    const bytes = random.bytes(12);
    assert.deepEqual(encodeDateTime(decodeDateTime(bytes)), bytes);
    assert.deepEqual(encodeDate(decodeDate(bytes.subarray(0, 5))), bytes.slice(0, 5));
    assert.deepEqual(encodeTime(decodeTime(bytes.subarray(0, 4))), bytes.slice(0, 4));
  }
});

test("too few and too many bytes are refused", () => {
  assert.throws(() => decodeDateTime(new Uint8Array(11)), { code: "apdu_truncated" });
  assert.throws(() => decodeDateTime(new Uint8Array(13)), { code: "apdu_trailing_bytes" });
});

test("a status keeps every bit", () => {
  for (let bits = 0; bits < 255; bits++) {
    const { status } = decodeDateTime(Uint8Array.of(...new Array(11).fill(0xff), bits));
    assert.equal(status && bitsFromClockStatus(status), bits);
  }
  assert.equal(decodeDateTime(new Uint8Array(12).fill(0xff)).status, undefined);
});
