/** Records by hand: DIF, VIF and data as EN 13757-3 lays them out, and what makes other programs stumble. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytesFromHex, hexFromBytes, type ProtocolError } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import { recordLines } from "../testing/record-lines.ts";
import { decodeRecords } from "./decode.ts";
import type { Direction } from "./value-information.ts";

function lines(hex: string, direction?: Direction): string[] {
  return recordLines(decodeRecords(bytesFromHex(hex), direction).records);
}

function problemsOf(hex: string): readonly ProtocolError[] {
  return decodeRecords(bytesFromHex(hex)).problems;
}

const records: readonly { name: string; hex: string; line: string }[] = [
  // codings
  { name: "no data", hex: "00 13", line: "volume = no value" },
  { name: "readout selection", hex: "08 13", line: "volume = no value" },
  { name: "int8: FE is -2", hex: "01 5B FE", line: "flow temperature = -2 °C" },
  { name: "int16: FF36 is -202", hex: "02 2B 36 FF", line: "power = -202 W" },
  { name: "int24: FFFFFE is -2", hex: "03 13 FE FF FF", line: "volume = -0.002 m³" },
  { name: "int32", hex: "04 06 6E 6D 00 00", line: "energy = 28014000 Wh" },
  { name: "int48: 2^40", hex: "06 03 00 00 00 00 00 01", line: "energy = 1099511627776 Wh" },
  {
    name: "int64: 2^63 - 1, exact beyond a double",
    hex: "07 00 FF FF FF FF FF FF FF 7F",
    line: "energy = 9223372036854775.807 Wh",
  },
  { name: "float32: 3FA00000 is 1.25", hex: "05 2E 00 00 A0 3F", line: "power = 1250 W" },
  { name: "float32: 3DCCCCCD is 0.1, not 0.10000000149", hex: "05 13 CD CC CC 3D", line: "volume = 0.0001 m³" },
  { name: "bcd2", hex: "09 5B 42", line: "flow temperature = 42 °C" },
  { name: "bcd12", hex: "0E 03 12 90 78 56 34 12", line: "energy = 123456789012 Wh" },
  { name: "BCD keeps its resolution: 0.0 is not 0", hex: "0A 62 00 00", line: "temperature difference = 0.0 K" },
  {
    name: "negative BCD: F in front is the minus (-200 W, not 220000.2 kW)",
    hex: "0B 2D 02 00 F0",
    line: "power = -200 W",
  },
  { name: "LVAR text, last character first", hex: "0D FD 11 03 43 42 41", line: "customer = text ABC" },
  { name: "LVAR C2: 4 BCD digits", hex: "0D 13 C2 34 12", line: "volume = 1.234 m³" },
  { name: "LVAR D2: 4 BCD digits, negative", hex: "0D 13 D2 34 12", line: "volume = -1.234 m³" },
  {
    name: "LVAR C9: 18 BCD digits",
    hex: "0D 13 C9 89 67 45 23 01 89 67 45 23",
    line: "volume = 234567890123456.789 m³",
  },
  { name: "LVAR E3: 24 bits without sign", hex: "0D 13 E3 FF FF FF", line: "volume = 16777.215 m³" },
  { name: "LVAR E0: nothing", hex: "0D 13 E0", line: "volume = no value" },
  { name: "a container stays bytes", hex: "0D FD 3B E2 01 02", line: "wireless M-Bus data container = bytes 0102" },
  // DIFE
  {
    name: "DIFE: storage 1 + 2·(1 + 16·2), tariff 3 + 4·1, subunit 1 + 2·0: C4 F1 12 06",
    hex: "C4 F1 12 06 01 00 00 00",
    line: "energy, storage 67, tariff 7, subunit 1 = 1000 Wh",
  },
  {
    name: "ten DIFE: storage is 2^41 - 1",
    hex: `C1 ${"8F".repeat(9)} 0F 13 05`,
    line: "volume, storage 2199023255551 = 0.005 m³",
  },
  { name: "functions", hex: "12 2B 05 00", line: "power, maximum = 5 W" },
  { name: "functions", hex: "22 2B 05 00", line: "power, minimum = 5 W" },
  { name: "functions", hex: "32 2B 05 00", line: "power, error state = 5 W" },
  // tables
  { name: "duration in hours", hex: "02 22 10 00", line: "on time = 16 h" },
  { name: "FB: 10^-1 MWh", hex: "04 FB 00 0F 00 00 00", line: "energy = 1.5 MWh" },
  { name: "FB: humidity", hex: "02 FB 1A AE 01", line: "relative humidity = 43.0 %" },
  {
    name: "FB 6A as float32: 45C00000 is 6144 steps of 1/4096",
    hex: "05 FB 6A 00 00 C0 45",
    line: "thermal coupling rating factor overall Kc = 1.5",
  },
  { name: "FB 6A: steps of 1/4096", hex: "02 FB 6A 00 18", line: "thermal coupling rating factor overall Kc = 1.5" },
  { name: "FD: 10^-1 V", hex: "02 FD 48 60 03", line: "voltage = 86.4 V" },
  { name: "FD 0A: manufacturer in letters", hex: "02 FD 0A 2D 2C", line: "manufacturer = text KAM" },
  { name: "FD 17: flags have no sign", hex: "02 FD 17 00 80", line: "error flags = 32768" },
  { name: "FD FD 03: remaining battery life in years", hex: "01 FD FD 03 09", line: "remaining battery life = 9 year" },
  { name: "identification keeps zeros", hex: "0C 78 34 12 00 00", line: "fabrication number = text 00001234" },
  // VIFE
  {
    name: "BE 50 is a duration, not a volume flow",
    hex: "02 BE 50 10 00",
    line: "duration of the first exceedance of the lower limit of volume flow = 16 s",
  },
  {
    name: "a count of exceedances has no unit",
    hex: "02 AB 49 03 00",
    line: "number of exceedances of the upper limit of power = 3",
  },
  {
    name: "begin of an exceedance is a time",
    hex: "04 BE 4E 22 10 8D 11",
    line: "begin of the last exceedance of the upper limit of volume flow = 2012-01-13T16:34",
  },
  {
    name: "× 10^-3 after FB: 41400 of 10^-3 kvar are 41.4 of 10^-3",
    hex: "04 FB 94 73 B8 A1 00 00",
    line: "reactive power = 0.041400 kvar",
  },
  { name: "× 10^-3 after FD", hex: "02 FD C8 73 60 03", line: "voltage = 0.0864 V" },
  { name: "× 10^3", hex: "02 93 7D 05 00", line: "volume = 5 m³" },
  { name: "per hour", hex: "02 93 22 05 00", line: "volume = 0.005 m³/h" },
  { name: "plus 10^-1: 20.4 + 0.1", hex: "0A DA 7A 04 02", line: "flow temperature = 20.5 °C" },
  { name: "future value", hex: "02 EC 7E 7F 1C", line: "date, future value = 2011-12-31" },
  { name: "phase", hex: "0A FD C9 FC 01 35 02", line: "voltage, at phase L1 = 235 V" },
  { name: "FC 11: without sign", hex: "01 AB FC 11 FF", line: "power, as a number without sign = 255 W" },
  // manufacturer
  { name: "VIF 7F", hex: "02 7F 05 00", line: "manufacturer specific = 5" },
  {
    name: "VIF FF: all VIFE are the maker's",
    hex: "04 FF 81 84 3B D7 3B 07 00",
    line: "manufacturer specific, manufacturer VIFE 81 84 3B = 474071",
  },
  {
    name: "VIFE FF: those after it are the maker's",
    hex: "04 A9 FF 01 FA 0A 00 00",
    line: "power, manufacturer VIFE 01 = 28.10 W",
  },
  // plain text
  {
    name: "plain text unit without VIFE",
    hex: "02 7C 03 48 52 25 D4 11",
    line: "value with plain text unit = 4564 %RH",
  },
  {
    name: "plain text unit before the VIFE",
    hex: "02 FC 03 48 52 25 74 D4 11",
    line: "value with plain text unit = 45.64 %RH",
  },
  {
    name: "plain text unit behind the VIFE",
    hex: "02 FC 74 03 48 52 25 D4 11",
    line: "value with plain text unit = 45.64 %RH",
  },
];

for (const { name, hex, line } of records) {
  test(`${name}: ${hex} is "${line}"`, () => {
    assert.deepEqual(lines(hex), [line]);
    assert.deepEqual(problemsOf(hex), []);
  });
}

const reported: readonly { name: string; hex: string; line: string; reason: RegExp }[] = [
  {
    name: "digits A to E are a display code",
    hex: "0C 13 78 EB B4 DD",
    line: "volume = text DDB4EB78 m³, problem",
    reason: /display code/,
  },
  {
    name: "F behind the first digit is none",
    hex: "0B 2D 02 0F F0",
    line: "power = text F00F02 W, problem",
    reason: /display code/,
  },
  {
    name: "the smallest integer means no value",
    hex: "02 2B 00 80",
    line: "power = no value, problem",
    reason: /no value/,
  },
  { name: "NaN", hex: "05 2B 00 00 C0 7F", line: "power = no value, problem", reason: /not finite/ },
  {
    name: "a record error of the meter",
    hex: "02 AB 15 00 00",
    line: "power = no value, problem",
    reason: /no data available/,
  },
  { name: "a reserved VIF", hex: "02 6F 05 00", line: "reserved VIF 6F = 5, problem", reason: /6F is reserved/ },
  {
    name: "a reserved code of FD",
    hex: "02 FD 77 05 00",
    line: "reserved VIF FD 77 = 5, problem",
    reason: /FD 77 is reserved/,
  },
  {
    name: "a reserved VIFE",
    hex: "02 AB 4C 05 00",
    line: "power, reserved VIFE 4C = 5 W, problem",
    reason: /4C is reserved/,
  },
  {
    name: "eleven DIFE",
    hex: `84 ${"80".repeat(10)} 00 13 01 00 00 00`,
    line: "volume = no value, problem",
    reason: /10 DIFE/,
  },
  {
    name: "eleven VIFE",
    hex: `02 93 ${"A2".repeat(10)} 22 01 00`,
    line: "volume = no value, problem",
    reason: /10 VIFE/,
  },
  {
    name: "a date of 3 BCD bytes",
    hex: "0B 6C 01 02 03",
    line: "date = bytes 010203, problem",
    reason: /no date or time/,
  },
  {
    name: "type M, whose shortest form has two bytes",
    hex: "0D 6D E2 01 02",
    line: "date and time = bytes 0102, problem",
    reason: /is of type M, a time in UTC, .* so its bytes are given/,
  },
  {
    name: "type M, whose longest form has ten bytes",
    hex: "0D FD 30 EA 01 02 03 04 05 06 07 08 09 0A",
    line: "start of tariff = bytes 0102030405060708090A, problem",
    reason: /is of type M/,
  },
  {
    name: "a date of eleven bytes, more than type M has",
    hex: "0D 6D EB 01 02 03 04 05 06 07 08 09 0A 0B",
    line: "date and time = bytes 0102030405060708090A0B, problem",
    reason: /no date or time has this coding of 11 bytes/,
  },
];

describe("records without a usable value are reported and stepped over", () => {
  for (const { name, hex, line, reason } of reported) {
    test(name, () => {
      const decoded = decodeRecords(bytesFromHex(`${hex} 01 5B 15`));
      const [first, second] = recordLines(decoded.records);
      assert.equal(first, line);
      assert.equal(second, "flow temperature = 21 °C");
      const [problem, ...others] = decoded.problems;
      assert.deepEqual(others, []);
      assert.equal(problem!.code, "record_undecodable");
      assert.match(problem!.message, reason);
      assert.equal(decoded.records[0]!.problem, problem);
    });
  }
});

const ends: readonly { name: string; hex: string; code: string; offset: number }[] = [
  { name: "DIFE that never end", hex: "84 80 80", code: "bytes_truncated", offset: 3 },
  { name: "no VIF", hex: "04", code: "bytes_truncated", offset: 1 },
  { name: "VIFE that never end", hex: "04 93 A2", code: "bytes_truncated", offset: 3 },
  { name: "an extension table without its code", hex: "04 FD", code: "bytes_truncated", offset: 2 },
  { name: "data cut short", hex: "04 13 01 02", code: "bytes_truncated", offset: 2 },
  { name: "no LVAR", hex: "0D 13", code: "bytes_truncated", offset: 2 },
  { name: "a reserved LVAR", hex: "0D 13 F9 00", code: "variable_length_reserved", offset: 2 },
  { name: "no text where plain text belongs", hex: "02 7C 30 00 01 02", code: "plain_text_invalid", offset: 2 },
];

describe("where a length is not to be known, the walk ends and says where", () => {
  for (const { name, hex, code, offset } of ends) {
    test(name, () => {
      const decoded = decodeRecords(bytesFromHex(`01 5B 15 ${hex}`));
      assert.deepEqual(recordLines(decoded.records), ["flow temperature = 21 °C"]);
      assert.deepEqual(
        decoded.problems.map((problem) => [problem.code, problem.offset]),
        [[code, 3 + offset]],
      );
    });
  }
});

test("VIFE 00 to 1F are errors from a meter and actions to a meter", () => {
  assert.deepEqual(lines("02 AB 00 05 00"), ["power = 5 W"]);
  assert.deepEqual(lines("02 AB 01 05 00", "to meter"), ["power, add = 5 W"]);
  assert.deepEqual(lines("02 AB 00 05 00", "to meter"), ["power, write = 5 W"]);
});

test("each record carries its own bytes and where its parts are", () => {
  const [, record] = decodeRecords(bytesFromHex("2F 01 5B 15 84 10 94 3B 01 02 03 04")).records;
  assert.equal(record!.offset, 4);
  assert.equal(hexFromBytes(record!.raw), "8410943B01020304");
  assert.deepEqual([record!.dataInformationLength, record!.valueInformationLength], [2, 2]);
});

test("any bytes: no exception, records in order without overlap, each with all its bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, fromMeter) => {
      const { records, manufacturerData, end } = decodeRecords(bytes, fromMeter ? "from meter" : "to meter");
      let next = 0;
      for (const { offset, raw, dataInformationLength, valueInformationLength } of records) {
        assert.ok(offset >= next && dataInformationLength + valueInformationLength <= raw.length);
        assert.deepEqual(raw, bytes.subarray(offset, offset + raw.length));
        next = offset + raw.length;
      }
      assert.ok(next <= end && end <= bytes.length);
      assert.ok(manufacturerData === undefined || end === bytes.length);
    }),
    { numRuns: 2000 },
  );
});

test("a longer telegram of records with the same VIF costs no more than its bytes", () => {
  const many = decodeRecords(bytesFromHex("01 13 01".repeat(10_000)));
  assert.equal(many.records.length, 10_000);
});
