import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../limits.ts";
import type { ServiceName } from "../services/services.ts";
import { type FormEntries, parsed, printedInstant, type TestRequest } from "../testing/requests.ts";
import { pakistanTime } from "../zone.ts";
import { readHeaders } from "./headers.ts";
import { parseRequest } from "./parse-request.ts";

const ids: FormEntries = [["global_device_id", '["m1"]']];
const key = { privatekey: "k1" };

const malformed: readonly (readonly [what: string, ServiceName, TestRequest, code: string, message: RegExp])[] = [
  [
    "no transaction",
    "time_synchronization",
    { form: ids, headers: key },
    "request_field_missing",
    /no transactionid\. Send it as a header/,
  ],
  ["no devices", "time_synchronization", { form: [] }, "request_field_missing", /no global_device_id.*JSON array/],
  [
    "an empty list of devices",
    "events",
    { form: [["global_device_id", "[]"]] },
    "request_field_missing",
    /no global_device_id/,
  ],
  ["no relay_operate", "aux_relay_operations", { form: ids }, "request_field_missing", /no relay_operate/],
  [
    "no slabs",
    "load_shedding_scheduling",
    { form: [...ids, ["start_datetime", "2018-10-15 13:00:00"], ["end_datetime", "2018-10-16 13:00:00"]] },
    "request_field_missing",
    /no load_shedding_slabs/,
  ],
  ["no identities", "device_creation", { form: ids }, "request_field_missing", /no device_identity/],
  [
    "an identity without a serial number",
    "device_creation",
    { form: [["device_identity", '[{"global_device_id":"m1"}]']] },
    "request_field_unreadable",
    /device 1 has no dsn/,
  ],
  [
    "damaged JSON in a field",
    "time_synchronization",
    { form: [["global_device_id", '["m1"']] },
    "request_field_unreadable",
    /global_device_id cannot be read: its JSON is damaged: a list is not closed/,
  ],
  [
    "an id too long",
    "time_synchronization",
    { form: [["global_device_id", "m".repeat(201)]] },
    "request_field_unreadable",
    /an id has 201 characters/,
  ],
  [
    "a damaged JSON body",
    "time_synchronization",
    { body: '{"global_device_id"', contentType: "application/json" },
    "request_unreadable",
    /as JSON/,
  ],
  [
    "a JSON body that is a list",
    "time_synchronization",
    { body: "[1]", contentType: "application/json" },
    "request_unreadable",
    /it is no object/,
  ],
  [
    "a damaged XML body",
    "time_synchronization",
    { body: "<root><a>", contentType: "text/xml" },
    "request_unreadable",
    /as XML: <a> is not closed/,
  ],
  [
    "multipart without a boundary",
    "time_synchronization",
    { body: "x", contentType: "multipart/form-data" },
    "request_unreadable",
    /no boundary/,
  ],
  [
    "multipart cut off",
    "time_synchronization",
    { body: "--x\r\n\r\n", contentType: "multipart/form-data; boundary=x" },
    "request_unreadable",
    /ends before its last boundary/,
  ],
  [
    "a read from no time",
    "events",
    { form: [...ids, ["start_datetime", "yesterday"]] },
    "request_unreadable",
    /start_datetime is "yesterday"/,
  ],
];
for (const [what, service, request, code, message] of malformed) {
  test(`a request with ${what} is malformed`, () => {
    assert.throws(() => parsed(service, request), { name: "ProtocolError", code, fault: "caller", message });
  });
}

const problems: readonly (readonly [service: ServiceName, fields: Record<string, string>, problem: RegExp])[] = [
  [
    "aux_relay_operations",
    { relay_operate: "2" },
    /^relay_operate is "2"; it must be 0 \(disconnect\) or 1 \(connect\)\.$/,
  ],
  [
    "update_mdi_reset_date",
    { mdi_reset_date: "29", mdi_reset_time: "00:00" },
    /mdi_reset_date is "29"; it must be a whole number from 1 to 28/,
  ],
  ["update_mdi_reset_date", { mdi_reset_date: "28", mdi_reset_time: "24:00" }, /mdi_reset_time is "24:00"/],
  [
    "update_wake_up_sim_number",
    { wakeup_number_1: "abc", wakeup_number_2: "", wakeup_number_3: "" },
    /up to 20 digits/,
  ],
  [
    "load_shedding_scheduling",
    {
      start_datetime: "2018-10-16 13:00:00",
      end_datetime: "2018-10-15 13:00:00",
      load_shedding_slabs: '[{"action_time":"03:00","relay_operate":"0"}]',
    },
    /end_datetime must be after/,
  ],
  [
    "load_shedding_scheduling",
    {
      start_datetime: "2018-10-15 13:00:00",
      end_datetime: "2018-10-16 13:00:00",
      load_shedding_slabs: '[{"action_time":"25:00","relay_operate":"0"}]',
    },
    /action_time is "25:00"/,
  ],
  [
    "load_shedding_scheduling",
    { start_datetime: "2018-10-15 13:00:00", end_datetime: "2018-10-16 13:00:00", load_shedding_slabs: "[]" },
    /is empty/,
  ],
  ["on_demand_request", { type: "XXXX" }, /type is "XXXX"; it must be INST, BILL, MBIL, LPRO, EVNT or VISL/],
  [
    "on_demand_request",
    { type: "BILL", start_datetime: "2018-10-16 13:00:00", end_datetime: "2018-10-15 13:00:00" },
    /must not be before/,
  ],
  [
    "apms_tripping_events",
    {
      type: "OVFC",
      critical_event_threshold_limit: "270",
      critical_event_log_time: "180",
      tripping_event_threshold_limit: "300",
      tripping_event_log_time: "240",
      enable_tripping: "1",
    },
    /not offered/,
  ],
  ["on_demand_parameter_read", { type: "MTST" }, /not offered/],
  ["parameterization_cancellation", { type: "OPPO" }, /type is "OPPO"; it must be SANC, LSCH, TIOU, OVFC/],
];
for (const [service, fields, problem] of problems) {
  test(`${service} ${JSON.stringify(fields).slice(0, 90)} is a problem of each device`, () => {
    const { command } = parsed(service, { form: [...ids, ...Object.entries(fields)] });
    assert.ok(command !== undefined && "problem" in command, JSON.stringify(command));
    assert.match(command.problem, problem);
  });
}

test("parameters are cancelled by their code", () => {
  const { command, ids: devices } = parsed("parameterization_cancellation", {
    form: [...ids, ["type", '" lsch"']],
    version: "v3.3",
  });
  assert.deepEqual(command, { name: "parameterization_cancellation", parameters: { type: "LSCH" } });
  assert.deepEqual(devices, ["m1"]);
});

test("one request of v3 takes one device", () => {
  const form: FormEntries = [
    ["global_device_id", '["m1","m2"]'],
    ["type", "EVNT"],
  ];
  const { command } = parsed("on_demand_data_read", { form, version: "v3.3" });
  assert.deepEqual(command, { problem: "on_demand_data_read takes one device; 2 were named." });
});

test("v3's calendar: the nth slab of a day starts tariff n", () => {
  const week = JSON.stringify([{ name: "w1", weekly_day_profile: ["d1", "d1", "d1", "d1", "d1", "d2", "d2"] }]);
  const days = JSON.stringify([
    { name: "d1", tariff_slabs: ["08:00", "17:00:00", "20:00"] },
    { name: "d2", tariff_slabs: ["00:00"] },
  ]);
  const form = (changed: Record<string, string>): FormEntries =>
    Object.entries({
      global_device_id: "m1",
      day_profile: days,
      week_profile: week,
      season_profile: '[{"name":"s1","week_profile_name":"w1","start_date":"01-01"}]',
      holiday_profile: '[{"name":"h1","date":"23-03","day_profile_name":"d2"}]',
      activation_datetime: "2018-11-01 00:00:00",
      ...changed,
    });
  const calendar = parsed("update_time_of_use", { form: form({}), version: "v3.3" }).command;
  assert.ok(
    calendar !== undefined && "name" in calendar && calendar.name === "update_time_of_use",
    JSON.stringify(calendar),
  );
  assert.deepEqual(calendar.parameters.day_profile[0], {
    name: "d1",
    tariff_slabs: [
      { start: "08:00:00", tariff: 1 },
      { start: "17:00:00", tariff: 2 },
      { start: "20:00:00", tariff: 3 },
    ],
  });
  assert.deepEqual(calendar.parameters.holiday_profile, [{ name: "h1", date: "23-03", day_profile_name: "d2" }]);
  for (const [changed, problem] of [
    [
      { day_profile: '[{"name":"d1","tariff_slabs":["17:00","08:00"]},{"name":"d2","tariff_slabs":["00:00"]}]' },
      /must ascend: 08:00:00 follows 17:00:00/,
    ],
    [{ day_profile: '[{"name":"d1","tariff_slabs":["00:00"]}]' }, /names the day profile d2, which is not there/],
    [{ week_profile: '[{"name":"w1","weekly_day_profile":["d1"]}]' }, /has 1 days; it must have 7/],
    [{ season_profile: '[{"name":"s1","week_profile_name":"w2","start_date":"01-01"}]' }, /names the week profile w2/],
    [{ season_profile: '[{"name":"s1","week_profile_name":"w1","start_date":"1 Jan"}]' }, /start_date is "1 Jan"/],
    [{ holiday_profile: '[{"name":"h1","date":"32-03","day_profile_name":"d2"}]' }, /date is "32-03"/],
  ] as const) {
    const { command } = parsed("update_time_of_use", { form: form(changed), version: "v3.3" });
    assert.ok(command !== undefined && "problem" in command, JSON.stringify(changed));
    assert.match(command.problem, problem);
  }
});

test("a read has its devices and its time", () => {
  const form: FormEntries = [
    ...ids,
    ["start_datetime", '"2018-10-15 13:00:00"'],
    ["end_datetime", ""],
    ["privatekey", "k2"],
  ];
  const request = parsed("load_profile_data", { form, headers: {} });
  assert.deepEqual(
    [request.ids, request.start, request.end, request.privatekey, request.command, request.transactionIds],
    [["m1"], printedInstant, undefined, "k2", undefined, []],
  );
});

test("what was tolerated is noted", () => {
  const { notes } = parsed("aux_relay_operations", {
    form: [
      ["gd_id", "m1,m2,m1"],
      ["relay_operate", '"I"'],
    ],
  });
  assert.deepEqual(notes, [
    "gd_id was a list with commas",
    "an id of gd_id came twice",
    "relay_operate was in quotes",
    "relay_operate had a letter for a digit",
    "request_datetime was missing",
  ]);
});

test("headers alone tell who asks, before the body is looked at", () => {
  assert.deepEqual(readHeaders({ PrivateKey: ' "k" ', TransactionId: ["t", "u"], cookie: undefined }), {
    transactionId: "t",
    privatekey: "k",
    credentials: undefined,
  });
  assert.deepEqual(readHeaders({ username: "u", password: "p w" }).credentials, {
    username: "u",
    password: "p w",
    code: "",
  });
});

test("100,000 devices in one request are taken, one more is not", () => {
  const many = (count: number) => JSON.stringify(Array.from({ length: count }, (_, index) => `m98${index}`));
  const request = parsed("time_synchronization", { form: [["global_device_id", many(limits.ids)]] });
  assert.equal(request.ids.length, 100_000);
  assert.throws(() => parsed("time_synchronization", { form: [["global_device_id", many(limits.ids + 1)]] }), {
    code: "ids_too_many",
    message: /names 100001 devices; 100000 are taken/,
  });
});

test("bodies without end, and forms without end, are refused", () => {
  assert.throws(() => parsed("events", { body: "x".repeat(limits.requestBytes + 1) }), { code: "request_too_long" });
  const form = Array.from({ length: limits.formFields + 1 }, (_, index) => [`f${index}`, "1"] as const);
  assert.throws(() => parsed("events", { form }), {
    code: "request_unreadable",
    message: /more than 200 fields/,
  });
});

test("a form of more fields than devices are taken is not taken apart", () => {
  assert.throws(() => parsed("events", { body: "a&".repeat(200_300) }), {
    code: "request_unreadable",
    message: /more than 200200 fields/,
  });
});

test("identities may be written as fields with indexes", () => {
  const form: FormEntries = [
    ["device_identity[0][dsn]", "4098562412"],
    ["device_identity[0][global_device_id]", "m98562412"],
    ["device_identity[1][dsn]", "4097524158"],
    ["device_identity[1][gd_id]", "m97524158"],
    ...Object.entries({ device_type: "1", communication_mode: "1", phase: "3", meter_type: "2" }),
    ...Object.entries({ mdi_reset_date: "1", mdi_reset_time: "00:00:00" }),
  ];
  const request = parsed("device_creation", { form });
  assert.deepEqual(request.ids, ["m98562412", "m97524158"]);
  assert.deepEqual(request.identities?.[1], { dsn: "4097524158", global_device_id: "m97524158" });
});

test("the transaction to cancel is that of the form, or of the header", () => {
  const form: FormEntries = [...ids, ["request_datetime", "2018-10-15 13:00:00"]];
  const transactions = (more: FormEntries) => parsed("transaction_cancel", { form: [...form, ...more] }).transactionIds;
  assert.deepEqual(transactions([]), ["t1"]);
  assert.deepEqual(transactions([["transactionid", "to-cancel"]]), ["to-cancel"]);
});

test("bodies that lead an expression on, instead of saying something, are refused in no time", () => {
  const contentType = "multipart/form-data; boundary=x";
  for (const part of ["content-disposition:".repeat(50_000), "\n\n".repeat(500_000), " \r\n".repeat(300_000)]) {
    const body = new TextEncoder().encode(`--x\r\n${part}\r\n\r\n1--x--`);
    const begun = performance.now();
    assert.throws(
      () => parseRequest({ service: "load_profile_data", headers: key, body, contentType, zone: pakistanTime }),
      /has no name or no value/,
    );
    assert.ok(performance.now() - begun < 2_000);
  }
});
