import assert from "node:assert/strict";
import { test } from "node:test";
import { modelFields, type UdilTableId, udilTableIds, udilTables } from "./tables.ts";

/** Columns printed in each document (sections 3.1 and 3.5.2). */
const printed: Readonly<Record<UdilTableId, readonly [v1: number, v32: number, v33: number]>> = {
  INST: [18, 23, 28],
  BILL: [45, 67, 67],
  MBIL: [47, 74, 74],
  LPRO: [50, 95, 95],
  EVNT: [7, 10, 10],
  VISL: [33, 93, 96],
  DCH: [0, 16, 16],
  TRANSACTION_STATUS: [16, 16, 16],
};

for (const [table, [v1, v32, v33]] of Object.entries(printed)) {
  test(`${table} has as many columns as are printed, each once`, () => {
    const id = table as UdilTableId;
    assert.equal(udilTables.v1[id].fields.length, v1);
    assert.equal(udilTables["v3.2"][id].fields.length, v32);
    assert.equal(udilTables["v3.3"][id].fields.length, v33);
    for (const version of ["v1", "v3.2", "v3.3"] as const) {
      const { fields } = udilTables[version][id];
      assert.equal(new Set(fields.map(({ name }) => name)).size, fields.length, `names of ${version}`);
      assert.equal(new Set(fields.map(({ model }) => model)).size, fields.length, `models of ${version}`);
    }
  });
}

test("the model has every column of v3.3 in order, and those of v1 that it lacks", () => {
  for (const table of udilTableIds) {
    const later = udilTables["v3.3"][table].fields.map(({ name }) => name);
    const more = table === "VISL" ? ["meter_tariff_identification"] : [];
    assert.deepEqual(
      modelFields[table].map(({ model }) => model),
      [...later, ...more],
      table,
    );
  }
  assert.deepEqual(
    modelFields.TRANSACTION_STATUS.map(({ model }) => model).filter((name) => name.startsWith("type")),
    ["type", "type_parameters"],
  );
});

test("every v1 column has a place in the model", () => {
  for (const table of udilTableIds) {
    const models = new Set(modelFields[table].map(({ model }) => model));
    for (const { name, model, modelImport } of udilTables.v1[table].fields) {
      assert.ok(models.has(model), `${table}.${name}`);
      assert.ok(modelImport === undefined || models.has(modelImport), `${table}.${name}`);
    }
  }
});

test("keys are those of the documents, and the channel of a load profile", () => {
  assert.deepEqual(udilTables.v1.INST.key, ["global_device_id", "meter_datetime"]);
  assert.deepEqual(udilTables.v1.LPRO.key, ["global_device_id", "meter_datetime", "channel_id"]);
  assert.deepEqual(udilTables["v3.3"].EVNT.key, ["global_device_id", "event_datetime", "event_code"]);
  assert.deepEqual(udilTables.v1.VISL.key, ["global_device_id"]);
  assert.deepEqual(udilTables.v1.TRANSACTION_STATUS.key, ["transactionid", "global_device_id"]);
});

test("printed order, names and types of v1", () => {
  const names = udilTables.v1.LPRO.fields.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 10), [
    ...["msn", "global_device_id", "meter_datetime", "channel_id", "interval"],
    ...["active_energy_t1", "active_energy_t2", "active_energy_t3", "active_energy_t4", "active_energy_tl"],
  ]);
  assert.deepEqual(names.slice(31, 36), [
    ...["active_pwr_pos_phase_a", "active_pwr_pos_phase_b", "active_pwr_pos_phase_c"],
    ...["aggregate_active_pwr_pos", "active_pwr_neg_phase_a"],
  ]);
  assert.deepEqual(udilTables.v1.INST.fields.map(({ name }) => name).slice(0, 5), [
    ...["current_tariff_register", "signal_strength", "msn", "global_device_id", "meter_datetime"],
  ]);
  const types = Object.fromEntries(udilTables.v1.TRANSACTION_STATUS.fields.map(({ name, type }) => [name, type]));
  assert.equal(types.msn, "Text");
  assert.equal(types.type_parameters, "Varchar(Max)");
  assert.equal(udilTables["v3.2"].TRANSACTION_STATUS.fields.find(({ name }) => name === "msn")?.type, "Bigint");
});

test("energies are cut, demands and instantaneous values rounded", () => {
  const rounding = (table: UdilTableId, name: string) =>
    udilTables["v3.3"][table].fields.find((field) => field.name === name)?.rounding;
  assert.equal(rounding("LPRO", "active_energy_abs_tl"), "truncate");
  assert.equal(rounding("LPRO", "reactive_energy_pos_t2"), "truncate");
  assert.equal(rounding("LPRO", "active_mdi_pos_tl"), "half-up");
  assert.equal(rounding("INST", "voltage_phase_a"), "half-up");
  assert.equal(rounding("VISL", "active_energy_pos_tl"), "truncate");
});
