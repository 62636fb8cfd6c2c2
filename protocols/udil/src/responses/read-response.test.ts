import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../limits.ts";
import type { ServiceName } from "../services/services.ts";
import { utf8 } from "../testing/requests.ts";
import type { UdilVersion } from "../versions.ts";
import { fixedZone, pakistanTime as zone } from "../zone.ts";
import { type ReadResponseOptions, readResponse, readRow, readRows } from "./read-response.ts";

const read = (service: ServiceName, body: string, more: Partial<ReadResponseOptions> = {}) =>
  readResponse({ body: utf8(body), service, version: "v1", zone, ...more });

const noAnswers = [
  ["nothing", "", "answer_empty", /has no body/],
  ["blanks", "  \n ", "answer_empty", /has no body/],
  [
    "an HTML page",
    "<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title>",
    "answer_is_html",
    /HTML page \(502 Bad Gateway\)/,
  ],
  ["HTML without a title", "<html><body>Sorry</body></html>", "answer_is_html", /without a title/],
  ["half of its JSON", '{"status":"1","data":[{"global_dev', "answer_truncated", /in the middle of its JSON/],
  ["half a JSON list", '{"status":"1","data":[{"global_device_id":"m1"},', "answer_truncated", /in the middle/],
  ["half of its XML", "<root><data><element><msn>1</msn>", "answer_truncated", /in the middle of its XML/],
  ["half a tag", "<root><status>1</status><da", "answer_truncated", /in the middle of its XML/],
  ["a sentence", "Fatal error: out of memory", "answer_unreadable", /it begins with "Fatal error: out of memory"/],
  ["crossed tags", "<root><a></b></root>", "answer_unreadable", /<a> is closed by <\/b>/],
  ["a document type", '<!DOCTYPE r [<!ENTITY a "b">]><root>&a;</root>', "answer_unreadable", /document type/],
  ["an unknown entity", "<root><message>&boom;</message></root>", "answer_unreadable", /&boom; is no entity/],
  ["JSON with a hole", '{"status" "1"}', "answer_unreadable", /colon is missing after "status"/],
  ["JSON too deep", `{"data":${"[".repeat(100)}${"]".repeat(100)}}x`, "answer_unreadable", /nested deeper than 32/],
  ["XML too deep", `${"<a>".repeat(100)}${"</a>".repeat(100)}`, "answer_unreadable", /deeper than 32/],
] as const;
for (const [what, body, code, message] of noAnswers) {
  test(`${what} in place of an answer is told in a sentence`, () => {
    assert.throws(() => read("events", body), { name: "ProtocolError", code, fault: "damaged", message });
  });
}

const row = { global_device_id: "m1", meter_datetime: "2018-10-15 13:00:00" };
const asides = [
  ["no id", { meter_datetime: "2018-10-15 13:00:00" }, /no global_device_id/],
  ["no time", { global_device_id: "m1" }, /no meter_datetime/],
  ["an empty time", { ...row, meter_datetime: "" }, /no meter_datetime/],
  ["a zero time", { ...row, meter_datetime: "0000-00-00 00:00:00" }, /no meter_datetime/],
  ["a time that is none", { ...row, meter_datetime: "2018-02-30 00:00:00" }, /meter_datetime is "2018-02-30 00:00:00"/],
  ["a number that is none", { ...row, voltage_phase_a: "23O.5V" }, /voltage_phase_a is "23O\.5V", which is no number/],
  ["a serial number with letters", { ...row, msn: "ABC" }, /msn is "ABC"; it must be digits only/],
  ["an interval of parts", { ...row, interval: "1.5" }, /interval is "1\.5", which is no whole number/],
  ["a list for a value", { ...row, average_pf: ["1", "2"] }, /average_pf is a list/],
] as const;
for (const [what, bad, reason] of asides) {
  test(`a row with ${what} is set aside, the others are taken`, () => {
    const body = JSON.stringify({ status: "1", data: [row, bad, row] });
    const { rows, setAside, status } = read("load_profile_data", body);
    assert.deepEqual([status, rows?.length, setAside.length], [1, 2, 1]);
    assert.match(setAside[0]!.reason, reason);
    assert.deepEqual(JSON.parse(setAside[0]!.raw), bad);
  });
}

test("rows of meters of different kinds keep what each has", () => {
  const single = { ...row, voltage_phase_a: "230" };
  const three = { ...single, voltage_phase_b: "231", voltage_phase_c: "232" };
  const body = JSON.stringify({ data: [single, three, { ...row, voltage_phase_c: "9" }, single] });
  const voltages = read("load_profile_data", body).rows!.map((found) =>
    Object.entries(found).filter(([name]) => name.startsWith("voltage")),
  );
  const a = ["voltage_phase_a", "230"];
  assert.deepEqual(voltages, [
    [a],
    [a, ["voltage_phase_b", "231"], ["voltage_phase_c", "232"]],
    [["voltage_phase_c", "9"]],
    [a],
  ]);
});

test("an id in quotes is the id, and a description keeps its own", () => {
  const event = { event_datetime: row.meter_datetime, event_code: "203", event_description: '"off" by hand' };
  for (const id of ["m1", '"m1"', '"m1" ', "\u201cm1\u201d", "'m1'"]) {
    const { rows } = read("events", JSON.stringify({ status: "1", data: [{ global_device_id: id, ...event }] }));
    assert.equal(rows?.[0]?.global_device_id, "m1", id);
    assert.equal(rows?.[0]?.event_description, '"off" by hand');
  }
});

test("what is no row at all is set aside", () => {
  const { rows, setAside } = read("events", '{"data":["text",1,null,[1]]}');
  assert.deepEqual([rows, setAside.map(({ raw }) => raw)], [[], ['"text"', "1", "null", "[1]"]]);
});

test("a row that was set aside is read again from its text", () => {
  const { setAside } = read("load_profile_data", JSON.stringify({ data: [{ ...row, average_pf: "x" }] }));
  const options = { table: "LPRO", version: "v1", zone } as const;
  assert.ok("setAside" in readRow(setAside[0]!.raw, options));
  const mended = setAside[0]!.raw.replace('"x"', '"0.9"');
  const again = readRow(mended, options);
  assert.ok("row" in again);
  assert.deepEqual(again.row, {
    global_device_id: "m1",
    meter_datetime: Date.UTC(2018, 9, 15, 8),
    average_pf: "0.9",
    channel_id: 0,
  });
});

test("rows of databases and files are read like those of answers", () => {
  const records = [{ ...row, average_pf: "0.9", msn: null }, { ...row, average_pf: "x" }, { global_device_id: "m1" }];
  const { rows, setAside, notes } = readRows(records, { table: "LPRO", version: "v1", zone });
  assert.deepEqual([rows.length, setAside.length, notes], [1, 2, []]);
  assert.equal(rows[0]?.average_pf, "0.9");
});

test("a row that was set aside keeps the digits of its numbers", () => {
  const raw = '{"global_device_id":"m1","meter_datetime":"2018-10-15 13:00:00","msn":12345678901234567890}';
  const again = readRow(raw, { table: "LPRO", version: "v1", zone });
  assert.ok("row" in again);
  assert.equal(again.row.msn, "12345678901234567890");
});

test("one row, rows in a numbered object, and a bare list are lists", () => {
  const one = JSON.stringify(row);
  for (const body of [`{"data":${one}}`, `{"data":{"0":${one}}}`, `[${one}]`]) {
    assert.equal(read("load_profile_data", body).rows?.length, 1, body);
  }
});

test("v1's undirected energy is the sum of both directions, or import where the peer means it", () => {
  const body = JSON.stringify({ data: [{ ...row, active_energy_tl: "5", cumulative_mdi_t1: "2" }] });
  const [sum] = read("load_profile_data", body).rows!;
  assert.deepEqual([sum?.active_energy_abs_tl, sum?.cumulative_mdi_abs_t1], ["5", "2"]);
  const [imported] = read("load_profile_data", body, { loadProfileEnergy: "pos" }).rows!;
  assert.deepEqual([imported?.active_energy_pos_tl, imported?.active_energy_abs_tl], ["5", undefined]);
});

test("a row of another version is read by its names", () => {
  const body = JSON.stringify({ data: [{ ...row, active_energy_neg_tl: "5", frequency: "49.9", is_sync: "0" }] });
  const [found] = read("load_profile_data", body).rows!;
  assert.deepEqual([found?.active_energy_neg_tl, found?.frequency, found?.is_synced], ["5", "49.9", 0]);
});

test("times are of the peer's zone", () => {
  const body = JSON.stringify({ data: [row] });
  const at = (minutes: number) =>
    read("load_profile_data", body, { zone: fixedZone(minutes) }).rows![0]?.meter_datetime;
  assert.deepEqual(
    [at(0), at(300), at(-60)],
    [Date.UTC(2018, 9, 15, 13), Date.UTC(2018, 9, 15, 8), Date.UTC(2018, 9, 15, 14)],
  );
});

test("numbers in place of texts keep their digits", () => {
  const body =
    '{"data":[{"global_device_id":123456789012345678,"meter_datetime":"2018-10-15 13:00:00","active_energy_tl":12345678901234567.891,"voltage_phase_a":0.0000001,"interval":15,"average_pf":1.0}]}';
  const [found] = read("load_profile_data", body).rows!;
  assert.deepEqual(
    [found?.global_device_id, found?.active_energy_abs_tl, found?.voltage_phase_a, found?.interval, found?.average_pf],
    ["123456789012345678", "12345678901234567.891", "0.0000001", 15, "1.0"],
  );
});

test("on-demand answers are rows of the kind asked for, or say that the request was taken", () => {
  const asked = { type: "EVNT", version: "v3.3" as UdilVersion } as const;
  const events =
    '{"status":1,"data":[{"global_device_id":"m1","event_datetime":"2018-10-16 15:14:00","event_code":"111","is_sync ":"0"}]}';
  const answered = read("on_demand_data_read", events, asked);
  assert.deepEqual([answered.rows?.length, answered.rows?.[0]?.is_synced, answered.devices], [1, 0, undefined]);
  const accepted = '{"status":1,"data":[{"global_device_id":"m1","msn":"1","indv_status":"1","remarks":"later"}]}';
  const later = read("on_demand_data_read", accepted, asked);
  assert.deepEqual(later.devices, [{ global_device_id: "m1", msn: "1", indv_status: 1, remarks: "later" }]);
  assert.equal(later.rows, undefined);
});

test("the two forms of XML that v3 prints are the same", () => {
  const members =
    "<global_device_id>m1 </global_device_id><event_datetime> 2018-10-16 15:14:00\n</event_datetime><event_code>111</event_code>";
  const repeated = `<root><status>1</status><data>${members}</data><data>${members}</data></root>`;
  const elements = `<root><data><element>${members}</element><element>${members}</element></data><status>1</status></root>`;
  const single = `<root><status>1</status><data>${members}</data></root>`;
  const asked = { type: "EVNT", version: "v3.2" } as const;
  const rows = (body: string) => read("on_demand_data_read", body, asked).rows;
  assert.deepEqual(rows(repeated), rows(elements));
  assert.deepEqual(rows(single), rows(elements)?.slice(1));
  assert.equal(rows(single)?.[0]?.global_device_id, "m1");
});

test("parameters that no table has a column for are kept", () => {
  const body =
    '{"status":1,"data":[{"global_device_id":"m1","msn":"4098","mtst_datetime":"2018-10-16 11:00:00","mtst_meter_activation_status":"1","ovfc_enable_tripping":"1","ovfc_datetime":"2018-10-16 11:00:00"}]}';
  const [found] = read("on_demand_parameter_read", body, { version: "v3.3" }).rows!;
  const at = Date.UTC(2018, 9, 16, 6);
  assert.deepEqual(found, {
    global_device_id: "m1",
    msn: "4098",
    mtst_datetime: at,
    mtst_meter_activation_status: 1,
    ovfc_enable_tripping: "1",
    ovfc_datetime: at,
  });
});

test("what a meter gave may be a sentence, rows, or rows as JSON text", () => {
  const transaction = (data: unknown, type = "x") =>
    read(
      "transaction_status",
      JSON.stringify({ data: [{ transactionid: "t", global_device_id: "m1", type, response_data: data }] }),
    ).transactions![0]!;
  assert.equal(transaction("Contactor OFF executed").response_data, "Contactor OFF executed");
  assert.equal(transaction("").response_data, undefined);
  const event = { global_device_id: "m1", event_datetime: "2018-10-15 13:00:00", event_code: "1234" };
  for (const data of [[event], event, JSON.stringify([event])]) {
    const { response_data: found } = transaction(data);
    assert.ok(typeof found === "object" && found.table === "EVNT" && found.rows.length === 1, JSON.stringify(data));
  }
  const billing = transaction(
    [{ global_device_id: "m1", meter_datetime: "2018-10-15 13:00:00", active_mdi_pos_t1: "1" }],
    "BILL",
  );
  assert.ok(typeof billing.response_data === "object" && billing.response_data.table === "BILL");
  // A meter that had nothing to give: a list without rows, of what was asked for as far as the answer tells it.
  assert.deepEqual(transaction([], "BILL").response_data, { table: "BILL", rows: [] });
  assert.deepEqual(transaction("[]", "On-Demand Request EVNT").response_data, { table: "EVNT", rows: [] });
  assert.equal(transaction([], "ON_DEMAND_DATA_READ").response_data, undefined);
  const partly = transaction([event, { event_code: "1" }]);
  assert.deepEqual([partly.setAside?.length, typeof partly.response_data], [1, "object"]);
});

test("a transaction without its ids is set aside whole", () => {
  const { transactions, setAside } = read("transaction_status", '{"data":[{"transactionid":"t","response_data":"x"}]}');
  assert.deepEqual(transactions, []);
  assert.match(setAside[0]!.reason, /no global_device_id/);
  assert.match(setAside[0]!.raw, /"response_data":"x"/);
});

test("what was tolerated is told once, with how often", () => {
  const data = Array.from({ length: 3 }, () => ({ ...row, indv_status: "1", read_datetime: "2018-10-15 13:00:00" }));
  const { notes } = read("load_profile_data", JSON.stringify({ data }));
  assert.deepEqual(notes, [
    "LPRO has no indv_status (3 times)",
    "read_datetime was taken for mdc_read_datetime (3 times)",
  ]);
});

test("no name makes a row other than it is", () => {
  const body =
    '{"data":[{"__proto__":{"channel_id":"7"},"constructor":"x","global_device_id":"m1","meter_datetime":"2018-10-15 13:00:00"}]}';
  const [found] = read("load_profile_data", body).rows!;
  assert.deepEqual(found, { global_device_id: "m1", meter_datetime: Date.UTC(2018, 9, 15, 8), channel_id: 0 });
});

test("100,000 devices are read, and more notes than are kept do not grow without end", () => {
  const data = Array.from({ length: 100_000 }, (_, index) => ({
    global_device_id: `m${index}`,
    msn: String(index),
    indv_status: "1",
  }));
  assert.equal(read("aux_relay_operations", JSON.stringify({ status: "1", data })).devices?.length, 100_000);
  const odd = Array.from({ length: 1000 }, (_, index) => ({ ...row, [`x${index}`]: "" }));
  assert.equal(read("load_profile_data", JSON.stringify({ data: odd })).notes.length, limits.notes);
});

test("a register of tariff 1 without a total is no total, and is read once more at most", () => {
  const body = JSON.stringify({ data: [{ ...row, active_energy_t1: "5" }] });
  const [found] = read("load_profile_data", body).rows!;
  assert.deepEqual([found?.active_energy_abs_t1, found?.active_energy_abs_tl], ["5", undefined]);
});

test("an answer of more lists than memory is given to is refused before it is read", () => {
  const body = `{"data":[${"[],".repeat(limits.elements)}[]]}`;
  assert.throws(() => read("events", body), {
    code: "answer_unreadable",
    message: /more than 4000000 objects and lists/,
  });
});
