import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../testing/requests.ts";
import type { UdilVersion } from "../versions.ts";
import { pakistanTime as zone } from "../zone.ts";
import type { UdilAnswer } from "./answer.ts";
import type { WriteResponseOptions } from "./answer-writer.ts";
import { negotiate } from "./negotiate.ts";
import { readResponse } from "./read-response.ts";
import { writeResponse } from "./write-response.ts";

const written = (
  answer: UdilAnswer,
  version: UdilVersion,
  format: "json" | "xml",
  more: Partial<WriteResponseOptions> = {},
) => textOf(writeResponse(answer, { version, format, zone, ...more }));
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

test("a command's answer, as each version has it", () => {
  const answer: UdilAnswer = {
    kind: "command",
    status: 1,
    transactionId: "9Xcv",
    devices: [
      { global_device_id: "m1", msn: "4096541254", indv_status: 1, remarks: "Taken" },
      { global_device_id: "m2", indv_status: 0 },
    ],
    message: 'no relay <"m2"> & others',
  };
  assert.equal(
    written(answer, "v1", "json"),
    '{"status":"1","transactionid":"9Xcv","data":[{"global_device_id":"m1","msn":"4096541254","indv_status":"1"},{"global_device_id":"m2","msn":"","indv_status":"0"}],"message":"no relay <\\"m2\\"> & others"}',
  );
  assert.equal(
    written(answer, "v3.3", "xml"),
    `${declaration}<root><status>1</status><transactionid>9Xcv</transactionid><data><element><global_device_id>m1</global_device_id><msn>4096541254</msn><indv_status>1</indv_status><remarks>Taken</remarks></element><element><global_device_id>m2</global_device_id><msn></msn><indv_status>0</indv_status><remarks></remarks></element></data><message>no relay &lt;"m2"&gt; &amp; others</message></root>\n`,
  );
});

test("authorization and errors", () => {
  const key: UdilAnswer = { kind: "authorization", status: 1, privatekey: "7h6g", message: "valid" };
  assert.equal(written(key, "v1", "json"), '{"status":"1","privatekey":"7h6g","message":"valid"}');
  const refused: UdilAnswer = { kind: "authorization", status: 0, message: "no" };
  assert.equal(written(refused, "v3.3", "json"), '{"status":"0","privatekey":"","message":"no"}');
  const error: UdilAnswer = { kind: "error", message: "no" };
  assert.equal(written(error, "v1", "json"), '{"status":"0","data":[],"message":"no"}');
  assert.equal(
    written({ ...error, transactionId: "t" }, "v1", "xml"),
    `${declaration}<root><status>0</status><transactionid>t</transactionid><data></data><message>no</message></root>\n`,
  );
});

test("v3 prints rows of on-demand reads and transactions as repeated data, and an empty list as one", () => {
  const row = { global_device_id: "m1", mtst_meter_activation_status: 1 };
  const answer = (rows: readonly (typeof row)[], onDemand: boolean): UdilAnswer => ({
    kind: "rows",
    status: 1,
    table: "VISL",
    rows,
    columns: ["global_device_id", "mtst_meter_activation_status"],
    onDemand,
    message: "",
  });
  const members =
    "<global_device_id>m1</global_device_id><mtst_meter_activation_status>1</mtst_meter_activation_status>";
  assert.match(
    written(answer([row, row], true), "v3.3", "xml"),
    new RegExp(`<data>${members}</data><data>${members}</data>`),
  );
  assert.match(written(answer([row], false), "v3.3", "xml"), new RegExp(`<data><element>${members}</element></data>`));
  assert.match(written(answer([], true), "v3.3", "xml"), /<data><\/data>/);
  assert.match(
    written(answer([row], true), "v3.3", "json"),
    /"data":\[\{"global_device_id":"m1","mtst_meter_activation_status":"1"\}\]/,
  );
});

test("energies are cut and other values rounded at the third digit", () => {
  const row = {
    global_device_id: "m1",
    meter_datetime: 0,
    active_energy_abs_tl: "0.9999",
    active_mdi_abs_tl: "0.9995",
    average_pf: "-0.0005",
    voltage_phase_a: "230.1",
    current_phase_a: "-0.0004",
  };
  const text = written({ kind: "rows", status: 1, table: "LPRO", rows: [row], message: "" }, "v3.3", "json");
  const [found] = JSON.parse(text).data;
  assert.equal(found.meter_datetime, "1970-01-01 05:00:00");
  assert.deepEqual(
    [
      found.active_energy_abs_tl,
      found.active_mdi_abs_tl,
      found.average_pf,
      found.voltage_phase_a,
      found.current_phase_a,
    ],
    ["0.999", "1.000", "-0.001", "230.1", "0.000"],
  );
});

test("v1's undirected columns take the sum of both directions, or import, whichever there is", () => {
  const row = (values: object) => ({ global_device_id: "m1", meter_datetime: 0, ...values });
  const energies = (values: object, prefer?: "abs" | "pos") => {
    const switches = prefer === undefined ? {} : { loadProfileEnergy: prefer };
    const text = written(
      { kind: "rows", status: 1, table: "LPRO", rows: [row(values)], message: "" },
      "v1",
      "json",
      switches,
    );
    const [found] = JSON.parse(text).data;
    return [found.active_energy_t1, found.active_energy_tl, found.reactive_energy_tl];
  };
  const both = { active_energy_abs_tl: "9", active_energy_pos_tl: "7", active_energy_pos_t1: "5" };
  assert.deepEqual(energies(both), ["", "9", ""], "a row is of one direction throughout");
  assert.deepEqual(energies(both, "pos"), ["5", "7", ""]);
  assert.deepEqual(energies({ active_energy_pos_tl: "7", reactive_energy_abs_tl: "3" }), ["", "7", "3"]);
  assert.deepEqual(energies({ active_energy_abs_tl: "9" }, "pos"), ["", "9", ""]);
});

test("text that no notation takes as it is", () => {
  const message = 'a "quote"\\ tab\t nul\u0000 é 漢 😀 \ud800 ]]> \r';
  const json = JSON.parse(written({ kind: "error", message }, "v1", "json"));
  assert.equal(json.message, message);
  const xml = written({ kind: "error", message }, "v1", "xml");
  assert.ok(xml.includes('<message>a "quote"\\ tab\t nul é 漢 😀 \ufffd ]]&gt; &#13;</message>'), xml);
});

const negotiations = [
  [undefined, "json", "json"],
  [undefined, "xml", "xml"],
  ["", "xml", "xml"],
  ["*/*", "xml", "xml"],
  ["application/json", "xml", "json"],
  ["text/xml", "json", "xml"],
  ["application/xml;q=0.9, application/json;q=0.8", "json", "xml"],
  ["application/json;q=0, application/xml;q=0.1", "json", "xml"],
  ["application/xml, application/json", "json", "json"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json", "xml"],
  ["application/problem+json", "xml", "json"],
  ["image/png", "json", "json"],
] as const;
for (const [accept, peerDefault, expected] of negotiations) {
  test(`Accept ${accept ?? "not there"} of a peer of ${peerDefault} is ${expected}`, () => {
    assert.equal(negotiate(accept, peerDefault), expected);
  });
}

test("an event has its own code in every version, or to a peer of v1 that wants it the one of v1's list", () => {
  const codes = [133, 112, 144, 303, 202, 9999];
  const row = { global_device_id: "m1", event_datetime: Date.UTC(2026, 0, 1) };
  const rows = codes.map((event_code) => ({ ...row, event_code, event_description: `of the meter: ${event_code}` }));
  for (const [version, coarseEventCodes, told] of [
    ["v1", false, codes.map(String)],
    ["v1", true, ["113", "112", "114", "102", "202", "9999"]],
    ["v3.2", true, codes.map(String)],
    ["v3.3", true, codes.map(String)],
  ] as const) {
    for (const format of ["json", "xml"] as const) {
      const body = writeResponse(
        { kind: "rows", status: 1, table: "EVNT", rows, message: "" },
        { version, format, zone, coarseEventCodes },
      );
      const read = readResponse({ body, service: "events", version, zone }).rows ?? [];
      assert.deepEqual(
        read.map(({ event_code }) => String(event_code)),
        told,
        `${version} ${format}`,
      );
      assert.equal(read[0]!.event_description, "of the meter: 133");
    }
  }
});
