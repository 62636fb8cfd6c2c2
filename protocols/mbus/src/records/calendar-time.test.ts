/** Dates by hand; bits from the right. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { type CalendarTime, decodeTime, encodeTime, timeText } from "./calendar-time.ts";

function decoded(hex: string): CalendarTime {
  const bytes = bytesFromHex(hex);
  const time = decodeTime(bytes, 0, bytes.length);
  assert.ok(time);
  return time;
}

const times: readonly { name: string; hex: string; text: string | undefined }[] = [
  { name: "type G: 11111 day, 1100 month, year 0001.011", hex: "7F 1C", text: "2011-12-31" },
  { name: "type G: year 0 is 2000", hex: "01 01", text: "2000-01-01" },
  { name: "type G: year 80 is 2080", hex: "01 A1", text: "2080-01-01" },
  { name: "type G: year 81 is 1981", hex: "21 A1", text: "1981-01-01" },
  { name: "type G: FFFF is no date", hex: "FF FF", text: undefined },
  { name: "type G: 0000 is no date", hex: "00 00", text: undefined },
  { name: "type G: year 127 recurs every year", hex: "FF FC", text: undefined },
  { name: "type G: month 15 recurs every month", hex: "21 1F", text: undefined },
  { name: "type G: 30 February is no date", hex: "9E 22", text: undefined },
  { name: "type F", hex: "22 10 8D 11", text: "2012-01-13T16:34" },
  { name: "type F: minute bit 7 marks it invalid", hex: "A2 10 8D 11", text: undefined },
  { name: "type F: century 0 and year 99 are 1999", hex: "00 00 61 C1", text: "1999-01-01T00:00" },
  { name: "type F: century 1 and year 99 are 2099", hex: "00 20 61 C1", text: "2099-01-01T00:00" },
  { name: "type F: hour 31, every hour, leaves the date", hex: "3F 1F 8D 11", text: "2012-01-13" },
  { name: "type J", hex: "3B 30 0B", text: "11:48:59" },
  { name: "type I: 40 s, 7 min, 8 h, Tuesday", hex: "00 47 08 AC 2A 40", text: "2021-10-12T08:07:00" },
  { name: "type I: minute bit 7 marks it invalid", hex: "00 C7 08 AC 2A 40", text: undefined },
];
for (const { name, hex, text } of times) {
  test(`${name}: ${hex} is ${text ?? "no date"}`, () => assert.equal(timeText(decoded(hex)), text));
}

test("what a meter leaves out is absent, not an exception", () => {
  assert.deepEqual(decoded("FF FF"), {});
  assert.deepEqual(decoded("FF FC"), { year: undefined, month: 12, day: 31 });
  assert.equal(decoded("22 90 8D 11").summerTime, true);
  assert.equal(decoded("A2 10 8D 11").invalid, true);
  assert.deepEqual([decoded("40 07 48 AC 2A 29").weekday, decoded("40 07 48 AC 2A 29").week], [2, 41]);
  assert.equal(decoded("40 07 48 AC 2A 29").summerTime, true);
  assert.equal(decodeTime(new Uint8Array(5), 0, 5), undefined);
});

test("any bytes are a time or none: text is given only for dates of the calendar", () => {
  fc.assert(
    fc.property(fc.constantFrom(2, 3, 4, 6), fc.uint8Array({ minLength: 6, maxLength: 6 }), (length, bytes) => {
      const text = timeText(decodeTime(bytes, 0, length)!);
      if (text === undefined || /^\d\d:/.test(text)) return;
      assert.equal(new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().slice(0, 10), text.slice(0, 10));
    }),
  );
});

test("times read back as they were written", () => {
  const field = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: undefined });
  const time = fc.record(
    {
      year: field(1981, 2080),
      month: field(1, 12),
      day: field(1, 31),
      hour: field(0, 23),
      minute: field(0, 59),
      summerTime: fc.boolean(),
      invalid: fc.boolean(),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(time, (written) => {
      fc.pre(written.day !== 31 || written.month !== undefined || written.year !== undefined);
      assert.deepEqual(decodeTime(encodeTime(written, 4)!, 0, 4), written);
      const { year, month, day } = written;
      assert.deepEqual(decodeTime(encodeTime({ year, month, day }, 2)!, 0, 2), { year, month, day });
      const seconds = { ...written, second: 30, weekday: 3, week: 12 };
      assert.deepEqual(decodeTime(encodeTime(seconds, 6)!, 0, 6), seconds);
    }),
  );
  assert.equal(hexFromBytes(encodeTime({ hour: 11, minute: 48, second: 59 }, 3)!), "3B300B");
  assert.equal(encodeTime({ year: 1980, month: 1, day: 1 }, 2), undefined);
  assert.equal(encodeTime({ day: 31 }, 2), undefined, "FFFF says no date");
  assert.equal(encodeTime({ year: 2026, month: 1, day: 1 }, 5), undefined);
});
