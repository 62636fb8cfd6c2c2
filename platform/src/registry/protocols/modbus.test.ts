import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { registerMap, registerMaps } from "@anymeter/modbus";
import { Compile } from "typebox/compile";
import { checkCall } from "../task-calls.ts";
import { type ModbusSettings, modbus, registerMapOf } from "./modbus.ts";

const schema = Compile(modbus.settings.schema);
const { check } = modbus.settings;
const volts = { series: "1-0:32.7.0", unit: "V", address: 6, type: "float32" } as const;

test("settings name a map of the library, or none", () => {
  for (const map of registerMaps.keys()) assert.ok(schema.Check({ map }), map);
  assert.ok(!schema.Check({ map: "sdm630" }));
  assert.ok(schema.Check({ unit: 255, framing: "rtu", pause_milliseconds: 300, registers: [volts] }));
  for (const wrong of [
    { unit: 256 },
    { framing: "ascii" },
    { max_registers: 126 },
    { registers: [{ ...volts, typ: "" }] },
  ]) {
    assert.ok(!schema.Check(wrong), JSON.stringify(wrong));
  }
});

test("registers of one's own go over those of the map", () => {
  assert.equal(registerMapOf({}), undefined);
  assert.equal(registerMapOf({ map: "abb-b23" }), registerMap("abb-b23"));
  const map = registerMapOf({ map: "abb-b23", registers: [volts, { series: "relay", address: 9 }] })!;
  assert.equal(map.entries.length, registerMap("abb-b23").entries.length + 1);
  assert.equal(map.entries.find(({ series }) => series === volts.series)?.address, 6);
  const scaled = registerMapOf({ registers: [{ series: "a", address: 1, scale_address: 2 }] })!;
  const [entry] = scaled.entries;
  assert.deepEqual(
    [entry?.series, entry?.table, entry?.type, entry?.scale],
    ["a", "holding", "uint16", { address: 2 }],
  );
  // A SunSpec map's own addresses count from its model.
  assert.deepEqual([entry?.address, entry?.absolute], [1, true]);
});

test("registers that cannot be are told with their series", () => {
  const cases: readonly (readonly [ModbusSettings, RegExp | undefined])[] = [
    [{ registers: [volts] }, undefined],
    [{ registers: [volts, volts] }, /^registers: .*1-0:32\.7\.0: it is there twice/],
    [{ registers: [{ ...volts, address: 65_535 }] }, /beyond 65535/],
    [{ registers: [{ series: "serial", address: 0, type: "string" }] }, /number of registers/],
    [{ map: "abb-b23", max_registers: 4 }, undefined],
    [{ map: "abb-b23", max_registers: 3 }, /takes 4 registers of 3 at most/],
  ];
  for (const [settings, expected] of cases) {
    const found = check(settings);
    if (expected) assert.match(found ?? "", expected);
    else assert.equal(found, undefined);
  }
  assert.equal(check(null), undefined);
});

test("calls are checked when a task is written", () => {
  const problem = (call: string, kwargs: Record<string, unknown>) => checkCall("generic_modbus", call, kwargs);
  assert.equal(problem("read_registers", {}), undefined);
  assert.equal(problem("read_registers", { series: ["1-0:1.8.0"] }), undefined);
  assert.equal(problem("read_raw", { function: 3, address: 0, count: 2, type: "float32", order: "CDAB" }), undefined);
  assert.equal(problem("write_registers", { address: 1, values: [1], expected: [0] }), undefined);
  assert.ok(problem("read_registers", { serie: ["1-0:1.8.0"] }));
  assert.ok(problem("read_raw", { function: 5, address: 0, count: 2 }));
  assert.ok(problem("write_registers", { address: 1, values: [1] }), "what is expected must be said");
  assert.ok(problem("read_coils", {}));
});

test("the documentation lists every map with its manual and what of it was read, every setting and every call", () => {
  const page = readFileSync(new URL("../../../../docs/protocols/modbus.md", import.meta.url), "utf8");
  for (const { id, source, notes = [] } of registerMaps.values()) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${id}\` |`)) ?? "";
    const compared = [...("pages" in source ? [source.pages] : []), ...("agreeing" in source ? source.agreeing : [])];
    for (const told of [source.title, source.url, ...compared]) assert.ok(row.includes(told), `${id}: ${told}`);
    for (const note of notes) assert.ok(page.includes(note), `${id}: ${note}`);
  }
  for (const name of [...Object.keys(modbus.settings.schema.properties), ...Object.keys(modbus.calls)]) {
    assert.ok(page.includes(`| \`${name}\` |`), name);
  }
});
