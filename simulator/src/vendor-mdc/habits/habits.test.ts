import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { pakistanTime, readResponse } from "@anymeter/udil";
import { foreignDevice } from "../collection/spoiled-rows.ts";
import { startVendor, type VendorAnswer, type VendorScene } from "../testing/vendor-client.ts";
import { HabitError, HabitSwitches } from "./habit-switches.ts";
import { habits } from "./habits.ts";

let scene: VendorScene;
before(async () => {
  scene = await startVendor();
});
beforeEach(() => scene.vendor.habits.clear());
after(() => scene.vendor.close());

const everything = { start_datetime: "", end_datetime: "" };

function readProfile(accept = "application/json"): Promise<VendorAnswer> {
  return scene.client.service("load_profile_data", scene.client.ids, everything, { accept });
}

function rowsOf({ text, contentType }: VendorAnswer) {
  const body = new TextEncoder().encode(text);
  return readResponse({ body, contentType, service: "load_profile_data", version: "v1", zone: pakistanTime });
}

test("every habit says why it is there and what it takes", () => {
  for (const [name, { because, check }] of Object.entries(habits)) {
    assert.ok(because.length > 20, name);
    assert.ok(check.expected.length > 5, name);
  }
});

test("what is no habit, or no value of one, is said, and nothing is set", () => {
  const switches = new HabitSwitches();
  assert.throws(() => switches.set({ zeroDates: true, lateRow: 3 }), /lateRow is no habit; there are latency, /);
  assert.throws(() => switches.set({ zeroDates: true, lateRows: 0 }), HabitError);
  assert.deepEqual(switches.current, {});
  switches.set({ lateRows: 3, zeroDates: true });
  switches.set({ lateRows: null });
  assert.deepEqual(switches.current, { zeroDates: true });
});

test("every so many means from when the switch is set", () => {
  const switches = new HabitSwitches({ lateRows: 3 });
  const turns = () => Array.from({ length: 4 }, () => switches.isTurn("lateRows"));
  assert.deepEqual(turns(), [false, false, true, false]);
  switches.set({ lateRows: 2 });
  assert.deepEqual(turns(), [false, true, false, true]);
});

test("pages of HTML, stack traces, halves, and every other answer is well", async () => {
  scene.vendor.habits.set({ htmlErrorPage: 2 });
  assert.equal((await readProfile()).httpStatus, 200);
  const page = await readProfile();
  assert.deepEqual([page.httpStatus, page.contentType], [502, "text/html"]);
  scene.vendor.habits.set({ htmlErrorPage: null, htmlInPlaceOfData: 1 });
  const signIn = await readProfile();
  assert.equal(signIn.httpStatus, 200);
  assert.throws(() => rowsOf(signIn), { code: "answer_is_html" });
  scene.vendor.habits.set({ htmlInPlaceOfData: null, serverError: 1 });
  assert.equal((await readProfile()).httpStatus, 500);
  scene.vendor.habits.set({ serverError: null, halfBody: 1 });
  const half = await readProfile();
  assert.equal(half.json, undefined);
  assert.throws(() => rowsOf(half), { code: "answer_truncated" });
  scene.vendor.habits.set({ halfBody: null, cutConnection: 1 });
  await assert.rejects(readProfile(), { code: "ECONNRESET" });
});

test("XML by hand is broken", async () => {
  assert.equal(rowsOf(await readProfile("application/xml")).rows!.length, 96);
  scene.vendor.habits.set({ brokenXml: 1 });
  const broken = await readProfile("application/xml");
  assert.throws(() => rowsOf(broken));
});

test("however the values are written, a tolerant reader finds the same rows", async () => {
  const expected = rowsOf(await readProfile()).rows;
  const writings = {
    "application/json": [
      { letterForDigit: true },
      { unquotedNumbers: true },
      { curlyQuotes: true },
      { equalsSign: true },
      { trailingCommas: true },
      { zeroDates: true },
      { capitalStatus: true },
      { aliases: true },
      { letterForDigit: true, curlyQuotes: true, equalsSign: true, trailingCommas: true, aliases: true },
    ],
    "application/xml": [{}, { repeatedData: true }, { aliases: true }, { zeroDates: true }],
  };
  for (const [accept, some] of Object.entries(writings)) {
    const plain = (await readProfile(accept)).text;
    for (const writing of some) {
      scene.vendor.habits.set(writing);
      const answer = await readProfile(accept);
      scene.vendor.habits.clear();
      const changes = Object.keys(writing).filter((name) => name !== "zeroDates").length > 0;
      if (changes) assert.notEqual(answer.text, plain, JSON.stringify(writing));
      assert.deepEqual(rowsOf(answer).rows, expected, JSON.stringify(writing));
    }
  }
});

test("ids keep quotes, and a blank behind them", async () => {
  const [id] = scene.client.ids;
  scene.vendor.habits.set({ quotedIds: true });
  assert.equal((await readProfile()).json.data[0].global_device_id, `"${id}" `);
  assert.ok((await readProfile("application/xml")).text.includes(`<global_device_id>"${id}" </global_device_id>`));
});

test("zero dates stand for dates that are not known", async () => {
  const visuals = async () => (await scene.client.service("meter_visuals", scene.client.ids)).json.data[0];
  assert.equal((await visuals()).last_contactor_off_datetime, "");
  scene.vendor.habits.set({ zeroDates: true });
  assert.equal((await visuals()).last_contactor_off_datetime, "0000-00-00 00:00:00");
});

test("rows without keys, of somebody else, twice, or not all of them", async () => {
  const rows = async () => (await readProfile()).json.data as Record<string, string>[];
  scene.vendor.habits.set({ rowsWithoutKeys: 10 });
  assert.equal((await rows()).filter((row) => row.global_device_id === "" && row.meter_datetime === "").length, 9);
  scene.vendor.habits.set({ rowsWithoutKeys: null, foreignRows: 20 });
  assert.equal((await rows()).filter((row) => row.global_device_id === foreignDevice.id).length, 4);
  scene.vendor.habits.set({ foreignRows: null, duplicateRows: 32 });
  const twice = await rows();
  assert.equal(twice.length, 99);
  assert.deepEqual(twice[31], twice[32]);
  scene.vendor.habits.set({ duplicateRows: null, mostRows: 7 });
  assert.equal((await rows()).length, 7);
});

test("keys die early: after a time, or after so many uses", async () => {
  scene.vendor.habits.set({ keyLifetime: 60 });
  await scene.client.authorize();
  scene.clock.pass(61_000);
  assert.equal((await readProfile()).httpStatus, 401);
  scene.vendor.habits.set({ keyLifetime: null, keyUses: 2 });
  await scene.client.authorize();
  const statuses = [await readProfile(), await readProfile(), await readProfile()].map(({ httpStatus }) => httpStatus);
  assert.deepEqual(statuses, [200, 200, 401]);
  scene.vendor.habits.clear();
  await scene.client.authorize();
});

test("strict servers take the document's form of a request and no other", async () => {
  scene.vendor.habits.set({ strictRequests: true });
  const order = (relay_operate: string) =>
    scene.client.order("aux_relay_operations", scene.client.ids, { relay_operate });
  assert.equal((await order("1")).answer.httpStatus, 200);
  const quoted = (await order('"1"')).answer;
  assert.equal(quoted.httpStatus, 400);
  assert.match(quoted.json.message, /quote/);
});

test("unknown transactions are 404, repeated ones 400, and services are missing", async () => {
  const unknown = () => scene.client.post("transaction_status", {}, { transactionid: "nobody" });
  assert.deepEqual([(await unknown()).httpStatus, (await unknown()).json.status], [200, "0"]);
  scene.vendor.habits.set({ unknownTransactionIs404: true, refusesRepeatedTransactions: true });
  assert.equal((await unknown()).httpStatus, 404);
  const again = () => scene.client.service("time_synchronization", scene.client.ids, {}, { transactionid: "again" });
  assert.equal((await again()).httpStatus, 200);
  assert.equal((await again()).httpStatus, 400);
  scene.vendor.habits.set({ missingService: "reads" });
  assert.equal((await readProfile()).httpStatus, 404);
});

test("a cancel is missing too, reads go by the meter's time, and v1 is sampled every hour", async () => {
  const { client, vendor } = scene;
  vendor.habits.set({ missingService: "transaction_cancel" });
  const cancel = client.service("transaction_cancel", client.ids, {}, { transactionid: "any" });
  assert.equal((await cancel).httpStatus, 404);
  assert.equal((await readProfile()).httpStatus, 200);

  const within = { start_datetime: "2026-03-02 02:00:01", end_datetime: "2026-03-02 02:30:00" };
  const times = async () => {
    const rows = (await client.service("load_profile_data", [client.ids[0]!], within)).json.data;
    return rows.map((row: { meter_datetime: string }) => row.meter_datetime.slice(11));
  };
  assert.deepEqual(await times(), ["02:00:00"], "it came into the table a second later");
  vendor.habits.set({ missingService: null, filtersByMeterTime: true });
  assert.deepEqual(await times(), ["02:30:00"]);

  const hourly = { activation_datetime: "2026-03-03 00:00:00", data_type: "LPRO", sampling_interval: "60" };
  const order = () => client.order("meter_data_sampling", client.ids, { ...hourly, sampling_initial_time: "0" });
  const accepted = async () => (await order()).answer.json.data.map((row: Record<string, string>) => row.indv_status);
  assert.deepEqual(await accepted(), ["0", "0"]);
  vendor.habits.set({ longSampling: true });
  assert.deepEqual(await accepted(), ["1", "1"]);
});

test("an answer shows all its rows at level 4 already", async () => {
  const slow = await startVendor({ pace: 1, habits: { earlyResponseData: true, onDemandDelay: 60_000 } });
  const { transactionid } = await slow.client.order("on_demand_request", slow.client.ids, { type: "INST" });
  slow.clock.pass(30_000);
  const [row] = await slow.client.status(transactionid);
  assert.deepEqual([row.status_level, row.response_data.length], ["4", 1]);
  await slow.vendor.close();
});

test("answers are late by the clock", async () => {
  scene.vendor.habits.set({ latency: 5_000 });
  let arrived = false;
  const pending = readProfile().then((answer) => {
    arrived = true;
    return answer;
  });
  while (!scene.clock.hasTimerWithin(5_000, 4_000)) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(arrived, false);
  scene.clock.pass(5_000);
  assert.equal((await pending).httpStatus, 200);
});
