import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formatSecondaryAddress, parseSecondaryAddress } from "@anymeter/mbus";
import { Compile } from "typebox/compile";
import { checkCall } from "../task-calls.ts";
import { mbus } from "./mbus.ts";

const schema = Compile(mbus.settings.schema);
const { check } = mbus.settings;

test("secondary addresses are those the library reads", () => {
  const right = ["12345678", "1234FFFF", "12345678-LUG", "12345678-LUG-04-07", "*-LUG-*-07", "12345678A7320407"];
  for (const secondary_address of [...right, "12345678-*-*-*+4711", "000001-2", "12345678-A732-04-07"]) {
    const takes = schema.Check({ secondary_address });
    assert.equal(takes, isRead(secondary_address), secondary_address);
  }
  for (const secondary_address of right) assert.ok(schema.Check({ secondary_address }), secondary_address);
  for (const secondary_address of [
    "",
    "1234567",
    "1234567G",
    "12345678-LU-04",
    "12345678-LUG-4-7",
    "12345678A732040",
    "12345678+471F",
  ]) {
    assert.ok(!schema.Check({ secondary_address }), secondary_address);
    assert.ok(!isRead(secondary_address), secondary_address);
  }
});

test("primary addresses are those of meters, and that of the only one", () => {
  for (const primary_address of [0, 1, 250, 254]) {
    assert.ok(schema.Check({ primary_address }));
    assert.equal(check({ primary_address }), undefined);
  }
  for (const primary_address of [251, 253]) assert.match(check({ primary_address })!, /^primary_address: 25[13] is no/);
  for (const primary_address of [-1, 255, 1.5]) assert.ok(!schema.Check({ primary_address }));
});

test("other settings have their ranges, and misspelled ones are refused", () => {
  assert.ok(
    schema.Check({
      ...{ baud: 300, gateway_latency_seconds: 0.2, retries: 0, telegram_limit: 255, application_reset: true },
      ...{
        reset_subcode: 0x50,
        minimum_interval_seconds: 4_140,
        reading_time: "meter",
        stored_values_at: "end-of-day",
      },
      series_names: { "volume/storage 1": "hot water at the set date" },
    }),
  );
  for (const wrong of [
    { baud: 1_000 },
    { gateway_latency_seconds: 61 },
    { retries: 11 },
    { reset_subcode: 256 },
    { reading_time: "gateway" },
    { series_names: { volume: "" } },
    { latency: 1 },
  ]) {
    assert.ok(!schema.Check(wrong), JSON.stringify(wrong));
  }
});

test("calls take their arguments and no others", () => {
  const problem = (call: string, kwargs: Record<string, unknown>) => checkCall("generic_mbus", call, kwargs);
  assert.equal(problem("read_meter", {}), undefined);
  assert.equal(problem("read_records", { records: ["6-0:1.0.0"] }), undefined);
  assert.equal(problem("search", { mask: "61FFFFFF" }), undefined);
  assert.equal(problem("search", { by: "primary-address", first_address: 1, last_address: 10 }), undefined);
  assert.equal(problem("set_primary_address", { address: 250 }), undefined);
  assert.equal(problem("reset", { subcode: null }), undefined);
  assert.ok(problem("read_records", { records: [] }));
  assert.ok(problem("read_records", {}));
  assert.ok(problem("search", { mask: "all" }));
  assert.ok(problem("set_primary_address", { address: 0 }));
  assert.ok(problem("reset", { subcode: 256 }));
  assert.ok(problem("read_meter", { records: [] }));
});

test("the page for operators names every setting and call", () => {
  const page = readFileSync(new URL("../../../../docs/protocols/mbus.md", import.meta.url), "utf8");
  for (const name of [...Object.keys(mbus.settings.schema.properties), ...Object.keys(mbus.calls)]) {
    assert.ok(page.includes(`| \`${name}\` |`), name);
  }
});

function isRead(text: string): boolean {
  try {
    return formatSecondaryAddress(parseSecondaryAddress(text)) !== "";
  } catch {
    return false;
  }
}
