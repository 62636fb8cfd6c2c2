import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Data } from "@anymeter/dlms-cosem";
import { type OtherMeter, otherMeters } from "@anymeter/simulator";
import { eventDescription, udilEventOf } from "@anymeter/udil";
import { makeModbusMeter } from "../../../../simulator/src/meters/modbus/index.ts";
import { RowBlock } from "../../readings/profile-rows/row-block.ts";
import { openReadingScene, type ReadingScene } from "../testing/reading-scene.ts";
import { withComputedFields } from "./computed-fields.ts";
import { scalerUnitsByModel } from "./dlms/model-units.ts";
import { signalScalerUnit } from "./dlms/signal-strength.ts";
import { fieldsOf, planRows, rowTargetOf } from "./dlms/udil-profiles.ts";
import type { ContactedDevice } from "./driver.ts";
import { EventCrosswalk } from "./event-crosswalk.ts";
import { loadProfileRows } from "./iec62056-21/profile-rows.ts";
import { fieldValue, planFields, rowOf, rowOfValues, storeRows } from "./udil-rows.ts";

const named = { organizationNumber: 1, number: 2, globalDeviceId: "m1" } as ContactedDevice;
const unnamed = { organizationNumber: 1, number: 2, globalDeviceId: null } as ContactedDevice;
const at = Date.UTC(2026, 6, 1, 10);

test("reactive energy that is kept by quadrants alone is their sum, and nothing where one is missing", () => {
  const of = (...columns: readonly (readonly [string, string])[]) =>
    rowOfValues(
      named,
      { table: "BILL", at },
      columns.map(([name, value]) => ({ name, value, unit: "varh" })),
    ).fields;
  assert.deepEqual(of(["1-0:5.8.0", "1200"], ["1-0:6.8.0", "34"], ["1-0:7.8.2", "5000"], ["1-0:8.8.2", "1"]), {
    reactive_energy_pos_tl: "1.234",
    reactive_energy_neg_t2: "5.001",
  });
  assert.deepEqual(of(["1-0:5.8.0", "1200"]), {});
  assert.deepEqual(of(["1-0:5.8.0", "1200"], ["1-0:5.8.0", "1200"]), {}, "the same twice is not two");
  assert.deepEqual(of(["1-0:5.8.0", "1200"], ["1-0:6.8.0", "34"], ["1-0:3.8.0", "9000"]), {
    reactive_energy_pos_tl: "9.000",
  });
  const { fields: planned } = planFields([
    { name: "1-0:5.8.0", unit: "varh" },
    { name: "1-0:6.8.0", unit: "Wh" },
  ]);
  assert.deepEqual(planned, [undefined, undefined], "one is in another unit");
});

test("a row of the moment has the sum of its currents and the mean of its live voltages, unless the meter tells them", () => {
  const of = (table: "INST" | "LPRO", values: Readonly<Record<string, string>>) =>
    rowOf(named, { table, at, readAt: at }, values).fields;
  const phases = {
    ...{ current_phase_a: "1.25", current_phase_b: "0.5", voltage_phase_a: "230.1", voltage_phase_b: "229.4" },
    ...{ voltage_phase_c: "1.9" },
  };
  const whole = of("INST", phases);
  assert.deepEqual([whole.current_total, whole.voltage_average], ["1.75", "229.750"], "the third phase is dead");
  const told = of("INST", { ...phases, current_total: "2", voltage_average: "230" });
  assert.deepEqual([told.current_total, told.voltage_average], ["2", "230"]);
  const one = { current_phase_a: "-3", voltage_phase_a: "231" };
  assert.deepEqual(of("INST", one), one, "the others may not have been asked for");
  const single = withComputedFields(one, true);
  assert.deepEqual([single.current_total, single.voltage_average], ["-3", "231.000"]);
  const dead = of("INST", { voltage_phase_a: "0", aggregate_active_pwr_pos: "0" });
  assert.deepEqual([dead.current_total, dead.voltage_average], [undefined, undefined]);
  assert.deepEqual(of("LPRO", phases), phases);
});

test("values go to the column of their code, in its unit, whatever the code's spelling", () => {
  const values = [
    { name: "1.8.0", value: "1234.5678", unit: "kWh" },
    { name: "1-0:2.8.1*255", value: "1500", unit: "Wh" },
    { name: "1-0:1.8.0*3", value: "1", unit: "kWh" },
    { name: "1-0:32.7.0", value: "230.1", unit: null },
    { name: "1-0:1.7.0", value: "5", unit: "A" },
    { name: "0-0:96.14.0", value: "2", unit: null },
    { name: "temperature", value: "1", unit: "°C" },
  ];
  const row = rowOfValues(named, { table: "INST", at: at + 1 }, values);
  assert.deepEqual(row, {
    ...{ organizationNumber: 1, deviceNumber: 2, table: "INST", at, readAt: at + 1, source: 0 },
    fields: {
      active_energy_pos_tl: "1234.5678",
      active_energy_neg_t1: "1.500",
      voltage_phase_a: "230.1",
      current_tariff_register: 2,
    },
  });
});

test("of several codes of one column the better one is taken, and what a column cannot hold is left out", () => {
  const { fields: planned } = planFields(
    ["1-0:1.27.0", "1-0:1.7.0", "0-0:96.14.0"].map((name) => ({ name, unit: null })),
  );
  assert.deepEqual(
    planned.map((field) => field?.field),
    [undefined, "aggregate_active_pwr_pos", "current_tariff_register"],
  );
  assert.equal(fieldValue(planned[1]!, "1234567890123456"), undefined);
  assert.equal(fieldValue(planned[2]!, "1.5"), undefined);
});

test("a code whose unit is the column's is taken before a better one in another unit, and what stays empty says why", () => {
  const chosen = planFields([
    { name: "1-0:1.7.0", unit: "A" },
    { name: "1-0:1.27.0", unit: "W" },
    { name: "1-0:32.7.0", unit: "" },
    { name: "1-0:52.7.0", unit: undefined },
    { name: "1-0:72.7.0", unit: "A" },
    { name: "1-0:13.7.0", unit: "" },
    { name: "1-0:33.7.0", unit: undefined },
  ]);
  assert.deepEqual(
    chosen.fields.map((planned) => planned && [planned.field, planned.shift]),
    [undefined, ["aggregate_active_pwr_pos", -3], ...[undefined, undefined, undefined], ["average_pf", 0], undefined],
  );
  assert.deepEqual(
    chosen.leftOut.map(({ reason }) => reason),
    [
      "1-0:32.7.0 is left out of voltage_phase_a: the meter tells no unit.",
      "1-0:52.7.0 is left out of voltage_phase_b: the meter tells neither scaler nor unit.",
      "1-0:72.7.0 is left out of voltage_phase_c: the meter tells A, the column is in V.",
      "1-0:33.7.0 is left out of pf_phase_a: the meter tells neither scaler nor unit.",
    ],
  );
});

test("rows without a usable time or value are not stored", async () => {
  const stored: unknown[] = [];
  const store = { write: async (rows: readonly unknown[]) => void stored.push(...rows) };
  const row = rowOfValues(named, { table: "INST", at }, [{ name: "1-0:32.7.0", value: "230", unit: "V" }]);
  await storeRows(store, [row, { ...row, at: Number.NaN }, { ...row, fields: {} }]);
  assert.deepEqual(stored, [row]);
  const broken = { write: () => Promise.reject(new Error("the disk is full")) };
  await assert.rejects(storeRows(broken, [row]), { code: "not_stored", detail: "the disk is full" });
});

test("profiles go to their table by the model's list, or as the call says", () => {
  const of = (obis: string, model?: string, asked?: "BILL" | "LPRO") => rowTargetOf(obis, named, model, asked);
  assert.deepEqual(of("1.0.99.1.0.255"), { table: "LPRO", channel: 0 });
  assert.deepEqual(of("1.0.99.2.0.255"), { table: "BILL", channel: 0 });
  assert.deepEqual(of("1.0.98.1.0.255"), { table: "MBIL", channel: 0 });
  assert.deepEqual(of("1.0.99.2.0.255", "mti"), { table: "INST", channel: 0 });
  assert.deepEqual(of("1.0.99.128.0.255", "mti"), { table: "LPRO", channel: 1 });
  assert.equal(of("1.0.99.128.0.255"), undefined);
  assert.deepEqual(of("1.0.99.128.0.255", undefined, "BILL"), { table: "BILL", channel: 0 });
  assert.equal(rowTargetOf("1.0.99.1.0.255", unnamed, undefined, undefined), undefined);
  assert.deepEqual(rowTargetOf("1.0.99.1.0.255", unnamed, undefined, "LPRO"), { table: "LPRO", channel: 0 });
});

test("columns of a profile are scaled exactly; times and parts of objects are no values", () => {
  const column = (classId: number, logicalName: string, attribute = 2, dataIndex = 0) => ({
    ...{ classId, logicalName, attribute, dataIndex },
  });
  const columns = [
    column(8, "0.0.1.0.0.255"),
    column(3, "1.0.1.8.0.255"),
    column(4, "1.0.1.6.0.255"),
    column(4, "1.0.1.6.0.255", 5),
    column(3, "1.0.2.8.0.255"),
    column(1, "1.0.0.1.0.255"),
    column(1, "1.0.0.1.2.255"),
  ];
  const scalerUnits = [null, { scaler: -1, unit: 30 }, { scaler: 0, unit: 27 }, null, null, null, null];
  const plan = planRows({ table: "MBIL", channel: 0 }, { columns, scalerUnits, capturePeriodSeconds: 0 })!;
  const clock = new Uint8Array([7, 0xea, 7, 1, 3, 0, 0, 0, 0, 0x80, 0, 0]);
  const values: Data[] = [
    { type: "octet-string", value: clock },
    { type: "double-long-unsigned", value: 123_456_789 },
    { type: "double-long-unsigned", value: 1234 },
    { type: "octet-string", value: clock },
    { type: "double-long-unsigned", value: 5 },
    { type: "long-unsigned", value: 17 },
    { type: "octet-string", value: clock },
  ];
  assert.deepEqual(fieldsOf(values, plan, { zoneOffset: () => 300 }), {
    active_energy_pos_tl: "12345.6789",
    active_mdi_pos_tl: "1.234",
    reset_count: 17,
    mdi_reset_datetime: Date.UTC(2026, 5, 30, 19),
  });
});

test("a meter that tells numbers and times no column can hold does not keep its other values from being stored", async () => {
  const columns = [
    { classId: 1, logicalName: "1.0.0.1.0.255", attribute: 2, dataIndex: 0 },
    { classId: 1, logicalName: "1.0.0.1.2.255", attribute: 2, dataIndex: 0 },
    { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 },
  ];
  const scalerUnits = [null, null, { scaler: 0, unit: 30 }];
  const plan = planRows({ table: "MBIL", channel: 0 }, { columns, scalerUnits, capturePeriodSeconds: 0 })!;
  const year9999 = new Uint8Array([0x27, 0x0f, 12, 31, 5, 23, 59, 59, 0, 0x80, 0, 0]);
  const values: Data[] = [
    { type: "double-long-unsigned", value: 0xffff_ffff },
    { type: "octet-string", value: year9999 },
    { type: "double-long-unsigned", value: 1500 },
  ];
  const fields = fieldsOf(values, plan, { zoneOffset: () => 300 });
  assert.deepEqual(fields, { active_energy_pos_tl: "1.500" });
  new RowBlock("MBIL", 1).add([{ ...rowOfValues(named, { table: "MBIL", at }, []), fields }]);
  const { fields: planned } = planFields([{ name: "1-0:0.1.0", unit: null }]);
  const [count] = planned;
  assert.deepEqual(
    ["2147483647", "2147483648", "-2147483649", "9".repeat(20)].map((value) => fieldValue(count!, value)),
    [2_147_483_647, undefined, undefined, undefined],
  );
});

test("the tariff in force and the signal are read from octets too, as some meters tell them", () => {
  const columns = ["0.0.96.14.0.255", "0.0.96.12.5.255"].map((logicalName) => ({
    ...{ classId: 1, logicalName, attribute: 2, dataIndex: 0 },
  }));
  const plan = planRows(
    { table: "INST", channel: 0 },
    { columns, scalerUnits: [null, null], capturePeriodSeconds: 0 },
  )!;
  const of = (tariff: readonly number[], signal: readonly number[]) =>
    fieldsOf(
      [tariff, signal].map((octets) => ({ type: "octet-string", value: Uint8Array.from(octets) })),
      plan,
      {},
    );
  assert.deepEqual(of([2], [0, 0xa7]), { current_tariff_register: 2, signal_strength: "-89" });
  assert.deepEqual(of([0x30, 0x31], [0x11]), { current_tariff_register: 1 });
  assert.deepEqual(of([], [0, 0, 0]), {});
  assert.deepEqual(of(Array(100).fill(0x31), []), {});
  const number = (value: number): Data => ({ type: "integer", value });
  const strengths = [-89, 17].map((value) => fieldsOf([undefined, number(value)], plan, {}).signal_strength);
  assert.deepEqual(strengths, ["-89", undefined], "bars are no dBm");
});

test("a column that only counts, or tells no unit, is no energy, unless the model is known to keep it in one", () => {
  const column = (classId: number, logicalName: string) => ({ classId, logicalName, attribute: 2, dataIndex: 0 });
  const columns = [
    column(3, "1.0.1.8.0.255"),
    column(3, "1.0.2.8.0.255"),
    column(1, "1.0.3.8.0.255"),
    column(3, "1.0.13.7.0.255"),
    column(1, "1.0.0.1.0.255"),
  ];
  const told = [{ scaler: 0, unit: 255 }, null, null, null, null];
  const numbers: Data[] = [1500, 2500, 3500, 950, 17].map((value) => ({ type: "double-long-unsigned", value }));
  const rowBy = (model: string | undefined) => {
    const scalerUnits = scalerUnitsByModel(columns, told, model);
    const plan = planRows({ table: "MBIL", channel: 0 }, { columns, scalerUnits, capturePeriodSeconds: 0 })!;
    return { fields: fieldsOf(numbers, plan, {}), notes: plan.notes };
  };
  const plain = rowBy(undefined);
  assert.deepEqual(plain.fields, { reset_count: 17 });
  assert.deepEqual(plain.notes, [
    "1-0:1.8.0 is left out of active_energy_pos_tl: the meter tells no unit.",
    "1-0:2.8.0 is left out of active_energy_neg_tl: the meter tells neither scaler nor unit.",
    "1-0:3.8.0 is left out of reactive_energy_pos_tl: the meter tells no unit.",
  ]);
  const known = rowBy("tpi-34g");
  assert.deepEqual(known.fields, {
    ...{ active_energy_pos_tl: "1.500", active_energy_neg_tl: "2.500", average_pf: "0.950", reset_count: 17 },
  });
  assert.equal(known.notes.length, 1, "class Data is in no unit of the model's");
});

test("the signal is read from the cell info of a GSM diagnostic, whole or as an element, and only where it is known", () => {
  const column = (dataIndex: number) => ({ classId: 47, logicalName: "0.0.25.6.0.255", attribute: 6, dataIndex });
  const of = (quality: number, dataIndex: number) => {
    const columns = [column(dataIndex)];
    const scalerUnits = [signalScalerUnit];
    const plan = planRows({ table: "INST", channel: 0 }, { columns, scalerUnits, capturePeriodSeconds: 0 })!;
    const signal: Data = { type: "unsigned", value: quality };
    const cell: Data[] = [{ type: "long-unsigned", value: 7 }, { type: "long-unsigned", value: 9 }, signal];
    return fieldsOf([dataIndex === 0 ? { type: "structure", value: cell } : signal], plan, {}).signal_strength;
  };
  assert.deepEqual([of(0, 0), of(12, 0), of(31, 3)], ["-113", "-89", "-51"]);
  assert.deepEqual([of(99, 0), of(99, 3)], [undefined, undefined]);
  const elements = planRows(
    { table: "INST", channel: 0 },
    { columns: [column(1)], scalerUnits: [signalScalerUnit], capturePeriodSeconds: 0 },
  );
  assert.equal(elements, undefined, "the cell's number is no signal");
});

test("rows of an IEC 62056-21 load profile are rows of LOAD_PROFILE_DATA, a channel for each profile", () => {
  const header = {
    ...{ address: "P.02", status: 0, interval: 30 },
    columns: [{ address: "1.8.0", unit: "kWh" }, { address: "32.7.0" }, { address: "1.5.0", unit: "kW" }],
  };
  const values = [{ value: "001234.5" }, { value: "230.1", unit: "V" }, { value: "1.2" }];
  const [row] = loadProfileRows([{ row: { header, values }, instant: at }] as never, named, at + 5);
  assert.deepEqual(row, {
    ...{
      organizationNumber: 1,
      deviceNumber: 2,
      table: "LPRO",
      at,
      readAt: at + 5,
      source: 0,
      channel: 1,
      interval: 30,
    },
    fields: { active_energy_pos_tl: "1234.5", voltage_phase_a: "230.1" },
  });
});

test("codes of logs become UDIL's, and what is normal again ends what began", () => {
  const event = { organizationNumber: 1, deviceNumber: 2, timestamp: at, title: "t", content: "c" };
  const codeOf = (crosswalk: EventCrosswalk, code: number) => crosswalk.rowOf(event, code, at)?.fields.event_code;
  const idis = new EventCrosswalk();
  assert.deepEqual(
    [1, 62, 9, 77, 86, 83, 86].map((code) => codeOf(idis, code)),
    [111, 203, undefined, 147, 148, 133, 134],
  );
  assert.equal(codeOf(new EventCrosswalk("udil"), 303), 303);
  assert.equal(codeOf(new EventCrosswalk("udil"), 0xffff_ffff), undefined, "more than the column holds");
  assert.equal(codeOf(new EventCrosswalk("is15959"), 301), 203);
  const india = new EventCrosswalk("is15959");
  assert.deepEqual(
    [7, 8, 9, 10, 1, 2].map((code) => codeOf(india, code)),
    [114, undefined, 115, undefined, 131, 132],
    "what began on no phase ends on none",
  );
  const shifted = new EventCrosswalk("idis", [
    { code: 31, udil: 203 },
    { code: 62, udil: null },
  ]);
  assert.deepEqual(
    [31, 62, 1].map((code) => codeOf(shifted, code)),
    [203, undefined, 111],
  );
  assert.equal(idis.rowOf(event, 62, at)?.fields.event_description, "Contactor OFF");
});

const others: readonly OtherMeter[] = [
  otherMeters.find(({ model }) => model === "D3Z")!,
  { make: makeModbusMeter, electricity: "house", model: "T3-630" },
];

describe("a simulated meter that UDIL's clients know", () => {
  let scene: ReadingScene;
  let device: string;
  let number: number;
  let stranger: string;

  before(async () => {
    scene = await openReadingScene({ meters: 2, others });
    [device, stranger] = [await scene.register(scene.meters[0]!), await scene.register(scene.meters[1]!)];
    for (const [id, global_device_id] of [
      [device, "m1"],
      [stranger, null],
    ] as const) {
      await scene.db.updateTable("meter_devices").set({ global_device_id }).where("id", "=", id).execute();
    }
    number = (await scene.numberOf(device)) as number;
    await scene.openHeadEnd().start();
  });

  const rowsOf = (table: string, of = number) =>
    scene.query<Record<string, unknown>>(`SELECT * FROM ${table} FINAL WHERE device_number = ${of} ORDER BY id`);

  test("has a row of LOAD_PROFILE_DATA for each row of its load profile", async () => {
    const run = await scene.succeeded(device, "read_profile", { obis: "1-0:99.1.0" });
    const rows = await rowsOf("udil_load_profile_rows");
    assert.equal(rows.length, run.rows_read);
    assert.ok(rows.every(({ active_energy_pos_tl, interval }) => active_energy_pos_tl !== null && interval === 15));
    const readings = await scene.readingsOf(device, "1-0:1.8.0");
    assert.equal(readings.length, rows.length);
  });

  test("has a row of INSTANTANEOUS_DATA for registers read at once, and its newest values in METER_VISUALS", async () => {
    await scene.succeeded(device, "read_registers", { obis: ["1-0:1.8.0", "1-0:32.7.0"] });
    const [row] = await rowsOf("udil_instantaneous_rows");
    assert.ok(Number(row!.voltage_phase_a) > 100);
    const visuals = await scene.query<{ field: string }>(
      `SELECT field FROM meter_visuals FINAL WHERE device_number = ${number}`,
    );
    const fields = visuals.map(({ field }) => field);
    for (const field of ["active_energy_pos_tl", "voltage_phase_a", "last_communication_datetime"]) {
      assert.ok(fields.includes(field), field);
    }
  });

  test("has a row of EVENTS for what UDIL has a code for", async () => {
    await scene.succeeded(device, "set_time", { allowed_drift_seconds: 0 });
    await scene.succeeded(device, "read_events", {});
    const events = await scene.query<{ content: string }>(
      `SELECT content FROM meter_system_events FINAL WHERE device_number = ${number} ORDER BY timestamp`,
    );
    const codes = events.flatMap(({ content }) => Number(/code (\d+)/.exec(content)?.[1]));
    const expected = codes.flatMap((code) => udilEventOf("idis", code) ?? []);
    const rows = await rowsOf("udil_event_rows");
    assert.deepEqual(rows.map(({ event_code }) => event_code).sort(), expected.sort());
    assert.ok(expected.includes(201), `the clock was set: ${codes}`);
    assert.ok(
      rows.every(({ event_code, event_description }) =>
        String(event_description).startsWith(eventDescription(Number(event_code))),
      ),
    );
  });

  test("is told apart from one they do not know, which has readings alone", async () => {
    const run = await scene.succeeded(stranger, "read_profile", { obis: "1-0:99.1.0" });
    assert.ok(run.readings_stored > 0);
    const other = await scene.numberOf(stranger);
    assert.deepEqual(await scene.query(`SELECT 1 FROM udil_load_profile_rows WHERE device_number = ${other}`), []);
    await scene.succeeded(stranger, "read_profile", { obis: "1-0:99.1.0", udil_table: "BILL" });
    const asked = await scene.query(`SELECT 1 FROM udil_billing_rows WHERE device_number = ${other} LIMIT 1`);
    assert.equal(asked.length, 1);
  });

  for (const [index, call] of [
    [0, "read_readout"],
    [1, "read_registers"],
  ] as const) {
    test(`${others[index]!.model}: ${call} is a row of INSTANTANEOUS_DATA`, async () => {
      const device = await scene.register(scene.others[index]!);
      const global_device_id = `other-${index}`;
      await scene.db.updateTable("meter_devices").set({ global_device_id }).where("id", "=", device).execute();
      const number = await scene.numberOf(device);
      await scene.succeeded(device, call);
      const [row, ...more] = await rowsOf("udil_instantaneous_rows", number);
      assert.deepEqual(more, []);
      assert.ok(Number(row!.voltage_phase_a) > 200 && Number(row!.voltage_phase_a) < 260);
      const [energy] = await scene.query<{ value: string }>(
        `SELECT value FROM meter_visuals FINAL WHERE device_number = ${number} AND field = 'active_energy_pos_tl'`,
      );
      const [reading] = await scene.readingsOf(device, "1-0:1.8.0");
      const kilowattHours = Number(reading!.value) / (reading!.unit === "Wh" ? 1000 : 1);
      assert.ok(Math.abs(Number(energy!.value) - kilowattHours) <= 0.001);
    });
  }
});
