/** The examples of OMS volume 2, annex "The M-Bus compact profile", and of EN 13757-3:2018, annex F.2.7 and F.2.8. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { recordLines } from "../testing/record-lines.ts";
import { timeText } from "./calendar-time.ts";
import { decodeRecords } from "./decode.ts";
import type { ProfileEntry } from "./record.ts";

function entriesOf(hex: string): { spacing: unknown; entries: [number, string | undefined, string | undefined][] } {
  const { records, problems } = decodeRecords(bytesFromHex(hex));
  assert.deepEqual(problems, []);
  const record = records.find(({ kind }) => kind === "profile");
  assert.ok(record?.kind === "profile");
  const { spacing, entries } = record.value;
  const shown = ({ storage, time, value }: ProfileEntry) => [storage, time && timeText(time), value] as const;
  return { spacing, entries: entries.map(shown) as [number, string | undefined, string | undefined][] };
}

test("increments in BCD, hourly: 12300.0 + 0.3, 0.2, 1.1 m³", () => {
  assert.deepEqual(entriesOf("84046D00204111 8B0415003012 8D04951F05 69 01 03 02 11"), {
    spacing: { count: 1, unit: "h" },
    entries: [
      [9, "2010-01-01T01:00", "12300.3"],
      [10, "2010-01-01T02:00", "12300.5"],
      [11, "2010-01-01T03:00", "12301.6"],
    ],
  });
});

test("the same backward: inverse profile from 03:00", () => {
  assert.deepEqual(entriesOf("84046D00234111 8B0415163012 8D04951305 69 01 11 02 03").entries, [
    [9, "2010-01-01T02:00", "12300.5"],
    [10, "2010-01-01T01:00", "12300.3"],
    [11, "2010-01-01T00:00", "12300.0"],
  ]);
});

test("absolute values with register numbers, monthly: 150 kWh, then 100 and 130 kWh", () => {
  const hex = "8680016D0000A0411135 84900103F0490200 8D9001831E0A 04FE A0860100 D0FB0100";
  assert.deepEqual(entriesOf(hex), {
    spacing: { count: 1, unit: "month" },
    entries: [
      [33, "2010-02-01T00:00:00", "100000"],
      [34, "2010-03-01T00:00:00", "130000"],
    ],
  });
});

test("months back from the last day of May end on last days (OMS volume 2, table G.7)", () => {
  assert.deepEqual(entriesOf("0C1313100000 026C1F15 0D93130A 7AFE 5802 3203 1402 4401").entries, [
    [1, "2008-04-30", "0.755"],
    [2, "2008-03-31", "0.423"],
    [3, "2008-02-29", "0.209"],
    [4, "2008-01-31", "0.065"],
  ]);
});

const spacings = [
  { control: "01", value: "1E", spacing: { count: 30, unit: "s" } },
  { control: "11", value: "0F", spacing: { count: 15, unit: "min" } },
  { control: "31", value: "07", spacing: { count: 7, unit: "d" } },
  { control: "31", value: "FD", spacing: { count: 1, unit: "half month" } },
  { control: "21", value: "FE", spacing: { count: 3, unit: "month" } },
  { control: "11", value: "FE", spacing: { count: 6, unit: "month" } },
  { control: "01", value: "FE", spacing: { count: 1, unit: "month" } },
  { control: "01", value: "00", spacing: undefined },
  { control: "01", value: "FF", spacing: undefined },
];
for (const { control, value, spacing } of spacings) {
  test(`spacing control ${control}, value ${value}`, () => {
    const { entries, ...rest } = entriesOf(`0D931F03 ${control}${value} 05`);
    assert.deepEqual(rest, { spacing });
    assert.deepEqual(entries, [[1, undefined, "0.005"]]);
  });
}

test("decrements and signed differences", () => {
  // 0.100 m³, then three times 1 less.
  assert.deepEqual(
    entriesOf("0113 64 0D931F05 91 01 01 01 01").entries.map(([, , value]) => value),
    ["0.099", "0.098", "0.097"],
  );
  assert.deepEqual(
    entriesOf("0113 64 0D931F04 D1 01 FF 02").entries.map(([, , value]) => value),
    ["0.099", "0.101"],
  );
});

test("after an increment that is missing nothing is known; a missing absolute value is alone", () => {
  assert.deepEqual(
    entriesOf("0113 64 0D931F05 51 01 01 FF 01").entries.map(([, , value]) => value),
    ["0.101", undefined, undefined],
  );
  assert.deepEqual(
    entriesOf("0D931F05 11 01 01 80 03").entries.map(([, , value]) => value),
    ["0.001", undefined, "0.003"],
  );
});

test("without a base value increments have no value", () => {
  assert.deepEqual(entriesOf("0D931F03 51 01 05").entries, [[1, undefined, undefined]]);
});

test("an empty profile has no entries", () => {
  assert.deepEqual(entriesOf("0D931F02 51 01").entries, []);
});

const wrong = [
  { name: "data of fixed length", hex: "02931F 51 01", reason: /variable length/ },
  { name: "no spacing", hex: "0D931F01 51", reason: /two bytes/ },
  { name: "elements of float", hex: "0D931F06 05 01 00000000", reason: /no usable coding/ },
  { name: "half an element", hex: "0D931F03 52 01 05", reason: /whole elements of 2 bytes/ },
];
for (const { name, hex, reason } of wrong) {
  test(`${name}: reported, and the next record is read`, () => {
    const { records, problems } = decodeRecords(bytesFromHex(`${hex} 01 5B 15`));
    assert.match(problems[0]!.message, reason);
    assert.equal(recordLines(records)[1], "flow temperature = 21 °C");
  });
}
