import assert from "node:assert/strict";
import { test } from "node:test";
import { modelFields } from "../tables/tables.ts";
import { fieldOfObis, fieldsOfColumns, obisOfField } from "./field-of-obis.ts";
import { obisFields } from "./obis-fields.ts";
import { inUnit } from "./units.ts";

const columns = [
  ["0.0.96.1.0.255", "msn"],
  ["1-0:1.8.0", "active_energy_pos_tl"],
  ["1.0.1.8.3.255", "active_energy_pos_t3"],
  ["1-0:2.8.4*255", "active_energy_neg_t4"],
  ["1.0.15.8.0.255", "active_energy_abs_tl"],
  ["1.0.128.8.2.255", "reactive_energy_abs_t2"],
  ["1.0.94.92.0.255", "reactive_energy_abs_tl"],
  ["1.0.1.6.1.255", "active_mdi_pos_t1"],
  ["1.0.15.2.0.255", "cumulative_mdi_abs_tl"],
  ["1.0.51.7.0.255", "current_phase_b"],
  ["1.0.72.7.0.255", "voltage_phase_c"],
  ["1.0.12.7.0.255", "voltage_phase_a"],
  ["1.0.41.7.0.255", "active_pwr_pos_phase_b"],
  ["1.0.64.7.0.255", "reactive_pwr_neg_phase_c"],
  ["1.0.53.7.0.255", "pf_phase_b"],
  ["1.0.1.27.0.255", "aggregate_active_pwr_pos"],
  ["1.0.3.128.0.255", "aggregate_reactive_pwr_abs"],
  ["1.0.13.27.0.255", "average_pf"],
  ["1.0.0.1.0.255", "reset_count"],
  ["1.0.99.1.0.255", undefined],
  ["1.0.1.8.5.255", undefined],
] as const;
for (const [obis, field] of columns) {
  test(`${obis} is ${field ?? "no column"}`, () => assert.equal(fieldOfObis(obis)?.field, field));
}

test("of several codes in one row the best gives the column, wherever it stands", () => {
  const fields = fieldsOfColumns([
    "1.0.1.27.0.255",
    "1.0.1.7.0.255",
    "1.0.12.7.0.255",
    "1.0.32.7.0.255",
    "1.0.1.7.0.255",
  ]);
  assert.deepEqual(
    fields.map((column) => column?.field),
    [undefined, "aggregate_active_pwr_pos", undefined, "voltage_phase_a", undefined],
  );
  const [standIn] = fieldsOfColumns(["1.0.1.27.0.255"]);
  assert.equal(standIn?.field, "aggregate_active_pwr_pos");
});

test("a column's codes come best first", () => {
  assert.deepEqual(
    obisOfField("aggregate_active_pwr_abs").map(({ obis }) => obis),
    ["1.0.15.7.0.255", "1.0.15.27.0.255"],
  );
  assert.deepEqual(
    obisOfField("reactive_energy_abs_t1").map(({ obis, vendor }) => [obis, vendor]),
    [
      ["1.0.128.8.1.255", "A"],
      ["1.0.94.92.1.255", "B"],
    ],
  );
  assert.deepEqual(obisOfField("interval"), []);
});

test("every code leads to a column of a table, and no code to two", () => {
  const known = new Set(Object.values(modelFields).flatMap((fields) => fields.map(({ model }) => model)));
  for (const { field, obis } of obisFields) assert.ok(known.has(field.replace("{T}", "tl")), `${obis} ${field}`);
  assert.equal(new Set(obisFields.map(({ obis }) => obis)).size, obisFields.length);
});

test("units are those of the columns", () => {
  const units = new Map(Object.values(modelFields).flatMap((fields) => fields.map(({ model, unit }) => [model, unit])));
  for (const { field, unit } of obisFields) assert.equal(units.get(field.replace("{T}", "tl")), unit, field);
});

const conversions = [
  ["1234", "Wh", "kWh", "1.234"],
  ["1234567.8", "Wh", "kWh", "1234.5678"],
  ["12.5", "kWh", "kWh", "12.5"],
  ["1.5", "MWh", "kWh", "1500"],
  ["7", "varh", "kVARh", "0.007"],
  ["49.7", "Hz", "Hz", "49.7"],
  ["999999999999999.999", "Wh", "kWh", "999999999999.999999"],
  ["230", "V", "kW", undefined],
  ["1", "m3", "kWh", undefined],
] as const;
for (const [value, from, to, expected] of conversions) {
  test(`${value} ${from} in ${to} is ${expected ?? "nothing"}`, () => assert.equal(inUnit(value, from, to), expected));
}
