/** What records are called, and when they were: from bytes of telegrams, without a meter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTelegram, type Readout } from "@anymeter/mbus";
import { bytesFromHex } from "@anymeter/sans-io";
import { type CompleteMbusSettings, mbus } from "../../../registry/protocols/mbus.ts";
import { zoneOffsetsOf } from "../zone-offsets.ts";
import { meterClock, valuesOf } from "./readout-values.ts";

const readAt = Date.UTC(2026, 0, 15, 12);
const zone = zoneOffsetsOf("Europe/Berlin");

/** Telegrams with the header 12345678 LUG 04, of a medium. */
function readoutOf(medium: string, ...records: readonly string[]): Readout {
  const telegrams = records.map((hex) =>
    decodeTelegram(bytesFromHex(`72 78563412 A732 04 ${medium} 01 00 0000 ${hex}`)),
  );
  return { primaryAddress: 1, telegrams, end: "complete", alarmWaiting: false };
}

function namesOf(medium: string, records: string, settings: Partial<CompleteMbusSettings> = {}): string[] {
  return valuesOf(readoutOf(medium, records), contextOf(settings)).map(({ names }) => names.join(" | "));
}

function contextOf(settings: Partial<CompleteMbusSettings> = {}) {
  return { settings: { ...mbus.settings.defaults, ...settings }, zone, readAt };
}

test("present values of heat meters have codes, the greatest in D 5, the least in D 4, tariffs in E", () => {
  const energy = "0C06 45230100";
  assert.deepEqual(namesOf("04", energy), ["6-0:1.0.0 | energy"]);
  assert.deepEqual(namesOf("0A", energy), ["5-0:1.0.0 | energy"], "cooling");
  // DIF 1B: maximum, 6 digits; 2B: minimum; VIF 2B: W.
  assert.deepEqual(namesOf("04", "1B2B 000100 2B2B 000000"), [
    "6-0:8.5.0 | power/maximum",
    "6-0:8.4.0 | power/minimum",
  ]);
  // DIFE 20: tariff 2.
  assert.deepEqual(namesOf("0C", "8C2006 45230100"), ["6-0:1.0.2 | energy/tariff 2"]);
  assert.deepEqual(namesOf("04", "0A5A 4706 0A5E 2903 0A62 1803"), [
    "6-0:10.0.0 | flow temperature",
    "6-0:11.0.0 | return temperature",
    "6-0:12.0.0 | temperature difference",
  ]);
});

test("cold and hot water, gas and electricity have groups of their own", () => {
  const volume = "0C13 00150200";
  assert.deepEqual(namesOf("07", volume), ["8-0:1.0.0 | volume"]);
  assert.deepEqual(namesOf("16", volume), ["8-0:1.0.0 | volume"]);
  assert.deepEqual(namesOf("06", volume), ["9-0:1.0.0 | volume"]);
  assert.deepEqual(namesOf("15", volume), ["9-0:1.0.0 | volume"]);
  assert.deepEqual(namesOf("03", `${volume} 0C933E 00150200`), [
    "7-0:3.0.0 | volume",
    "7-0:3.2.0 | volume/at base conditions",
  ]);
  // 84 3C: negative contributions of energy; FD C8 FC 01: voltage at phase L1; FC 02: L2.
  assert.deepEqual(namesOf("02", "0403 10270000 04833C 10270000 02FDC8FC02 FC08 142B 10270000"), [
    "1-0:1.8.0 | energy",
    "1-0:2.8.0 | energy/negative contributions only",
    "1-0:52.7.0 | voltage/at phase L2",
    "1-0:1.6.0 | power/maximum",
  ]);
});

test("what the standard has no code for goes by its own name, as do stored values and subunits", () => {
  assert.deepEqual(namesOf("04", "4C06 45230100 8C4013 00150200 0B26 000720"), [
    "energy/storage 1",
    "volume/subunit 1",
    "operating time",
  ]);
  assert.deepEqual(namesOf("08", "0B6E 001000"), ["heat cost allocation"]);
});

test("the settings' names come first", () => {
  const series_names = { volume: "cold water", "volume/storage 1": "cold water at the set date" };
  assert.deepEqual(namesOf("07", "0C13 00150200 4C13 00100200", { series_names }), [
    "cold water | 8-0:1.0.0 | volume",
    "cold water at the set date | volume/storage 1",
  ]);
});

test("stored values carry the date of their storage number, also from another telegram", () => {
  // 42 6C: date of storage 1, 1 January 2026 (year 26 = 0011010: low bits 010 and day 1 = 41, high bits 0011 and month 1 = 31).
  const readout = readoutOf("07", "0C13 00150200 4C13 00100200", "426C 4131 8C0113 00000200");
  const times = (settings?: Partial<CompleteMbusSettings>) =>
    valuesOf(readout, contextOf(settings)).map(({ timestamp }) => timestamp);
  const midnight = Date.UTC(2025, 11, 31, 23);
  assert.deepEqual(times(), [readAt, midnight, midnight, undefined]);
  assert.deepEqual(times({ stored_values_at: "end-of-day" }), [
    readAt,
    midnight + 86_400_000,
    midnight + 86_400_000,
    undefined,
  ]);
});

test("the meter's clock is that of the date and time of the present, in the meter's zone", () => {
  // 04 6D, type F: minute 30, hour 12, 15 January 2026 (day 15 and low bits 010 = 4F, month 1 and high bits 0011 = 31).
  const clock = "046D 1E0C4F31";
  const readout = readoutOf("07", `0C13 00150200 ${clock}`);
  const shown = Date.UTC(2026, 0, 15, 11, 30);
  assert.equal(meterClock(readout, zone), shown + 30_000, "whole minutes are shown from their begin to their end");
  const [volume] = valuesOf(readout, contextOf({ reading_time: "meter" }));
  assert.equal(volume!.timestamp, shown);
  assert.equal(valuesOf(readout, contextOf())[0]!.timestamp, readAt);
  // Bit 7 of the minute: the meter itself says that the time is not valid.
  const invalid = readoutOf("07", "0C13 00150200 046D 9E0C4F31");
  assert.equal(meterClock(invalid, zone), undefined);
  assert.equal(valuesOf(invalid, contextOf({ reading_time: "meter" }))[0]!.timestamp, readAt);
});

test("the bit of summer time decides in the hour that comes twice", () => {
  // 25 October 2026, 02:30: day 25 and low bits 010 = 59, month 10 and high bits 0011 = 3A; hour 2 with bit 7 in summer.
  const at = (hour: string) => meterClock(readoutOf("07", `046D 1E${hour}593A`), zone);
  const summer = Date.UTC(2026, 9, 25, 0, 30, 30);
  assert.equal(at("82"), summer);
  assert.equal(at("02"), summer, "a meter that never sets the bit tells nothing by it");
});

test("values that are no numbers are shown, and damaged records are left out", () => {
  const values = valuesOf(readoutOf("07", "0D78 03333231 0C13 78EBB4DD 426C 4131"), contextOf());
  assert.deepEqual(
    values.map(({ names, value, isNumber }) => [names[0], value, isNumber]),
    [
      ["fabrication number", "123", false],
      ["date/storage 1", "2026-01-01", false],
    ],
  );
});
