/** The fixed structure: 73, identification, access number, status, medium and units, two counters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex } from "@anymeter/sans-io";
import { recordLines } from "../testing/record-lines.ts";
import { decodeTelegram } from "./decode.ts";
import { describeFixedUnit } from "./fixed-structure.ts";

function fixed(status: string, units: string, counters: string) {
  return decodeTelegram(bytesFromHex(`73 78563412 0A ${status} ${units} ${counters}`));
}

test("header and medium, whose bits are spread over both unit bytes", () => {
  const { header, problems } = fixed("00", "E9 7E", "01000000 35010000");
  assert.deepEqual(header, { identification: "12345678", accessNumber: 10, status: 0, medium: 7, configuration: 0 });
  assert.deepEqual(problems, []);
});

const cases = [
  {
    name: "BCD",
    status: "00",
    units: "05 06",
    counters: "01000000 02000000",
    lines: ["energy = 1000 Wh", "energy = 20000 Wh"],
  },
  {
    name: "binary counters, by status bit 0",
    status: "01",
    units: "05 05",
    counters: "0A000000 FFFFFFFF",
    lines: ["energy = 10000 Wh", "energy = 4294967295000 Wh"],
  },
  {
    name: "stored at the due date, by status bit 1",
    status: "02",
    units: "2C 34",
    counters: "01000000 05000000",
    lines: ["volume, storage 1 = 1 m³", "volume flow, storage 1 = 0.5 m³/h"],
  },
  {
    name: "unit 0D is 100 kJ and 0E is 1 MJ, in the order of the table",
    status: "00",
    units: "0D 0E",
    counters: "03000000 03000000",
    lines: ["energy = 300000 J", "energy = 3000000 J"],
  },
  {
    name: "ends of the runs: GJ × 100, °C, HCA",
    status: "00",
    units: "13 39",
    counters: "01000000 07000000",
    lines: ["energy = 100000000000 J", "heat cost allocation = 7 HCA units"],
  },
  {
    name: "no unit, and a reserved one",
    status: "00",
    units: "3F 3A",
    counters: "01000000 07000000",
    lines: ["counter without unit = 1", "reserved unit = text 00000007, problem"],
  },
  {
    name: "a display code instead of digits",
    status: "00",
    units: "05 00",
    counters: "EEEEEEEE 34120000",
    lines: ["energy = text EEEEEEEE Wh, problem", "hours, minutes, seconds = text 00001234"],
  },
];
for (const { name, status, units, counters, lines } of cases) {
  test(name, () => assert.deepEqual(recordLines(fixed(status, units, counters).records), lines));
}

test("unit codes in words", () => {
  assert.equal(describeFixedUnit(0x29), "volume m³ × 10^-3");
  assert.equal(describeFixedUnit(0x3e), "the unit of the other counter, value at the due date");
  assert.equal(describeFixedUnit(0x01), "day, month, year");
  assert.equal(describeFixedUnit(0x3b), "reserved unit");
});
