import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromHex, hexFromBytes } from "@anymeter/sans-io";
import fc from "@anymeter/sans-io/testing/properties";
import type { Value, ValueType } from "../values/value-types.ts";
import { databases } from "./databases.ts";
import { layoutOf, recordLayouts } from "./layouts.ts";
import { encodeRecord, recordReader } from "./records.ts";

const hex = (text: string) => bytesFromHex(text.replaceAll("|", ""));

test("an hourly record of 52 bytes, derived column by column", () => {
  const record = hex(
    [
      "3C", // 60 minutes
      "08", // the clock was set
      "0060C854", // 2021-03-04T06:00:00: 21 << 26 | 3 << 22 | 4 << 17 | 6 << 12 = 0x54C86000
      "7B00", // 123 pulses
      "C8010000", // 456 pulses
      "0000",
      "00000000",
      "E803 4C04 1A04", // 10.00, 11.00, 10.50 °C
      "E903 EB03 EA03", // 1.001, 1.003, 1.002 bar
      "0A00 1E00 0B40 FFFF", // 1.0, 3.0, 11 pulses/h, no value
      "00000000",
      "1400 1500", // 2.0, 2.1
      "0050C854", // an hour before
      "0000",
    ]
      .join("")
      .replaceAll(" ", ""),
  );
  assert.equal(record.length, 52);
  assert.deepEqual(recordReader(layoutOf("hourly", 52), { pulseWeight: "0.1" })(record), {
    record_duration: 60,
    status: 8,
    end_date: "2021-03-04T06:00:00",
    consumption_unconverted_hourly: "12.3",
    consumption_converted_hourly: "45.6",
    consumption_unconverted_hourly_under_alarm: "0.0",
    consumption_converted_hourly_under_alarm: "0.0",
    temperature_hourly_minimum: "10.00",
    temperature_hourly_maximum: "11.00",
    temperature_hourly_average: "10.50",
    pressure_hourly_minimum: "1.001",
    pressure_hourly_maximum: "1.003",
    pressure_hourly_average: "1.002",
    flowrate_unconverted_hourly_minimum: "0.10",
    flowrate_unconverted_hourly_maximum: "0.30",
    flowrate_converted_hourly_minimum: "1.1",
    flowrate_unconverted_hourly_average: "0.20",
    flowrate_converted_hourly_average: "0.21",
    start_date: "2021-03-04T05:00:00",
  });
});

test("a MID record has converted volumes in thousandths of a pulse, indexes and a second pressure", () => {
  const layout = layoutOf("hourly", 90);
  const record = encodeRecord(layout, {
    end_date: "2021-03-04T06:00:00",
    consumption_unconverted_hourly: 12,
    consumption_converted_hourly: "34.567",
    superior_calorific_value: "11.25",
    index_unconverted: "123456.7",
    index_converted: "654321.12345678",
    pressure_2_hourly_average: "4.500",
  });
  // The converted volume stands at byte 8 as 34567.
  assert.equal(hexFromBytes(record.subarray(8, 12)), "07870000");
  assert.deepEqual(recordReader(layout, { pulseWeight: "10" })(record), {
    end_date: "2021-03-04T06:00:00",
    consumption_unconverted_hourly: "120",
    consumption_converted_hourly: "345.670",
    superior_calorific_value: "11.25",
    index_unconverted: "123456.7",
    index_converted: "654321.12345678",
    pressure_2_hourly_average: "4.500",
  });
});

test("whether converted volumes count thousandths is a switch", () => {
  const layout = layoutOf("daily", 57);
  const record = encodeRecord(layout, { consumption_unconverted_daily: 5, consumption_converted_daily: 34_567 });
  const read = (convertedInThousandths: boolean | undefined) =>
    recordReader(layout, { pulseWeight: "0.1", convertedInThousandths })(record);
  assert.deepEqual(read(undefined), { consumption_unconverted_daily: "0.5", consumption_converted_daily: "3456.7" });
  assert.deepEqual(read(true), { consumption_unconverted_daily: "0.5", consumption_converted_daily: "3.4567" });
  const mid = layoutOf("daily", 95);
  const midRecord = encodeRecord(mid, { consumption_converted_daily: "34.567" });
  assert.deepEqual(recordReader(mid, { convertedInThousandths: false })(midRecord), {
    consumption_converted_daily: "34567",
  });
});

test("the extract of WicomSRV, of 24 bytes", () => {
  const record = hex("0060C854|7B00|07870000|0100|E8030000|08|00|1A04|EA03|7A00");
  assert.deepEqual(recordReader(layoutOf("interval", 24), { pulseWeight: "1" })(record), {
    end_date: "2021-03-04T06:00:00",
    consumption_unconverted_interval: "123",
    consumption_converted_interval: "34.567",
    consumption_unconverted_interval_under_alarm: "1",
    consumption_converted_interval_under_alarm: "1.000",
    status: 8,
    temperature_interval_average: "10.50",
    pressure_interval_average: "1.002",
    consumption_unconverted_interval_input_2: "122",
  });
});

test("every layout has the length of its columns, and column names once", () => {
  for (const { database, length, columns, source } of recordLayouts) {
    const name = `${database} ${length}`;
    assert.equal(columns.at(-1)!.offset + columns.at(-1)!.length, length, name);
    const names = columns.map((column) => column.name).filter((column) => column !== "");
    assert.equal(new Set(names).size, names.length, name);
    assert.match(source, /^\[(iflag|WicomSRV)\]/);
  }
  assert.deepEqual(
    databases.map(({ name }) => recordLayouts.filter(({ database }) => database === name).map(({ length }) => length)),
    [[52, 90, 92, 24], [52, 90, 92], [57, 95, 97], [103, 109, 111, 38], [5], [21], [21]],
  );
});

test("the columns of the contract are those of the layouts, in its order", () => {
  const contract = (period: string) =>
    [
      ["record_duration", "status", "end_date"],
      ["consumption_unconverted_<p>", "consumption_converted_<p>"],
      ["consumption_unconverted_<p>_under_alarm", "consumption_converted_<p>_under_alarm"],
      ["temperature_<p>_minimum", "temperature_<p>_maximum", "temperature_<p>_average"],
      ["pressure_<p>_minimum", "pressure_<p>_maximum", "pressure_<p>_average"],
      ["flowrate_unconverted_<p>_minimum", "flowrate_unconverted_<p>_maximum"],
      ["flowrate_converted_<p>_minimum", "flowrate_converted_<p>_maximum"],
      ["flowrate_unconverted_<p>_average", "flowrate_converted_<p>_average", "start_date"],
    ]
      .flat()
      .map((name) => name.replace("<p>", period));
  for (const [period, length] of [
    ["interval", 52],
    ["hourly", 52],
    ["daily", 57],
  ] as const) {
    const names = layoutOf(period, length).columns.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name !== ""),
      contract(period),
    );
  }
  const monthly = layoutOf("monthly", 103).columns.map(({ name }) => name);
  for (const name of [
    ...contract("monthly"),
    "index_converted",
    "counter_unconverted_under_alarm",
    "consumption_converted_monthly_maximum_date",
  ]) {
    assert.ok(monthly.includes(name), name);
  }
});

test("records of every layout read back", () => {
  for (const layout of recordLayouts) {
    const named = layout.columns.filter(({ name }) => name !== "");
    const record = fc.record(
      Object.fromEntries(named.map(({ name, type, exponent }) => [name, someValue(type, exponent)])),
      {
        requiredKeys: [],
        noNullPrototype: true,
      },
    );
    const read = recordReader(layout);
    fc.assert(
      fc.property(record, (values) => {
        const expected = Object.fromEntries(
          Object.entries(values).map(([name, value]) => {
            const pulses = named.find((column) => column.name === name)!.pulses;
            return [name, pulses ? String(value) : value];
          }),
        );
        assert.deepEqual(read(encodeRecord(layout, values as Record<string, Value>)), expected);
      }),
      { numRuns: 20 },
    );
  }
});

test("a record of another length is not read by a layout", () => {
  const read = recordReader(layoutOf("event", 5));
  assert.throws(() => read(new Uint8Array(6)), { code: "record_length_wrong", fault: "caller" });
  assert.throws(() => recordReader(layoutOf("event", 5), { pulseWeight: "heavy" }), { code: "value_not_encodable" });
});

test("any bytes of the right length are some record", () => {
  for (const layout of recordLayouts) {
    const read = recordReader(layout, { pulseWeight: "0.1" });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: layout.length, maxLength: layout.length }), (bytes) => {
        assert.equal(typeof read(bytes), "object");
      }),
      { numRuns: 50 },
    );
  }
});

function someValue(type: ValueType, exponent: number): fc.Arbitrary<Value> {
  const decimals = (digits: number, places: number) =>
    fc.nat(digits).map((value) => (places === 0 ? String(value) : (value / 10 ** places).toFixed(places)));
  switch (type) {
    case "byte":
      return fc.nat(254);
    case "word":
      return fc.nat(0xfffe);
    case "eword":
      return fc.nat(0xfffffe);
    case "ulong":
    case "eulong":
      return exponent === 0 ? fc.nat(2 ** 31) : decimals(2 ** 31 - 1, -exponent);
    case "float1":
      return decimals(32_767, 2);
    case "float2":
      return decimals(32_767, 3);
    case "float3":
      return decimals(16_383, 1);
    case "index":
      return decimals(2 ** 31 - 1, 1).map((text) => text.replace(/\.0$/, ""));
    case "float":
      return fc.nat(1_000_000).map(String);
    case "date":
      return fc
        .nat(1_900_000_000)
        .map((second) => new Date(Date.UTC(2000, 0, 1) + second * 1000).toISOString().slice(0, 19));
    case "raw":
      return fc.uint8Array({ minLength: 8, maxLength: 8 }).filter((bytes) => bytes.some((byte) => byte !== 0xff));
    default:
      throw new Error(`no column has the type ${type}`);
  }
}
