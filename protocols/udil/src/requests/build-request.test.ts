import assert from "node:assert/strict";
import { test } from "node:test";
import type { UdilCommand } from "../services/commands.ts";
import { printedInstant, textOf } from "../testing/requests.ts";
import { pakistanTime as zone } from "../zone.ts";
import { buildRequest } from "./build-request.ts";
import { parseRequest } from "./parse-request.ts";

const off: UdilCommand = { name: "aux_relay_operations", parameters: { relay_operate: 0 } };

test("an authorization has its credentials in headers and nothing in its body", () => {
  const credentials = { username: "mdm_user", password: "p", code: "223" };
  const { method, path, headers, body } = buildRequest({
    version: "v1",
    zone,
    service: "authorization_service",
    credentials,
  });
  assert.deepEqual([method, path, body.length], ["POST", "/authorization_service", 0]);
  assert.deepEqual(headers, { "content-type": "application/x-www-form-urlencoded", ...credentials });
});

test("a read has its devices and its time", () => {
  const { path, body } = buildRequest({
    version: "v1",
    zone,
    service: "load_profile_data",
    privatekey: "k",
    ids: ["m1", "m2"],
    start: printedInstant,
    end: printedInstant + 3_600_000,
  });
  assert.equal(path, "/load_profile_data");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(textOf(body))), {
    global_device_id: '["m1","m2"]',
    start_datetime: "2018-10-15 13:00:00",
    end_datetime: "2018-10-15 14:00:00",
  });
});

test("each version has its own names", () => {
  const status: UdilCommand = { name: "update_meter_status", parameters: { meter_activation_status: 1 } };
  const read: UdilCommand = { name: "on_demand_read", parameters: { type: "LPRO" } };
  const path = (command: UdilCommand, version: "v1" | "v3.2" | "v3.3") =>
    buildRequest({ version, zone, command, ids: ["m1"], transactionIds: ["t"] }).path;
  assert.deepEqual([path(status, "v1"), path(status, "v3.3")], ["/meter_status_update", "/update_meter_status"]);
  assert.deepEqual([path(read, "v1"), path(read, "v3.2")], ["/on_demand_request", "/on_demand_data_read"]);
});

test("v3's on-demand read names one device, without a list", () => {
  const command: UdilCommand = { name: "on_demand_read", parameters: { type: "INST" } };
  const { body } = buildRequest({ version: "v3.3", zone, command, ids: ["m1"], transactionIds: ["t"] });
  assert.equal(new URLSearchParams(textOf(body)).get("global_device_id"), "m1");
});

test("what a version has no words for is said so", () => {
  const reset: UdilCommand = {
    name: "update_mdi_reset_date",
    parameters: { mdi_reset_date: 1, mdi_reset_time: "00:00:00" },
  };
  assert.throws(() => buildRequest({ version: "v1", zone, command: reset, ids: ["m1"] }), {
    code: "service_not_in_version",
    message: "UDIL v1 has no service for update_mdi_reset_date. Ask a peer of a later version, or do it at the meter.",
  });
  assert.throws(() => buildRequest({ version: "v3.2", zone, service: "update_major_alarms", ids: ["m1"] }), {
    code: "service_not_in_version",
  });
});

test("v3 cannot say that a tariff comes twice a day", () => {
  const command: UdilCommand = {
    name: "update_time_of_use",
    parameters: {
      day_profile: [
        {
          name: "d",
          tariff_slabs: [
            { start: "00:00:00", tariff: 1 },
            { start: "17:00:00", tariff: 2 },
            { start: "21:00:00", tariff: 1 },
          ],
        },
      ],
      week_profile: [{ name: "w", weekly_day_profile: ["d", "d", "d", "d", "d", "d", "d"] }],
      season_profile: [{ name: "s", week_profile_name: "w", start_date: "01-01" }],
      activation_datetime: "2018-10-31T19:00:00Z",
    },
  };
  assert.throws(() => buildRequest({ version: "v3.3", zone, command, ids: ["m1"] }), {
    code: "command_not_expressible",
    message: /update_time_of_use cannot be said in UDIL v3\.3: the nth slab of a day must start tariff n/,
  });
});

test("multipart bodies are read as they were meant, whatever stands in them", () => {
  const ids = ["m1", "----anymeter-udil", 'with "quotes"'];
  const { headers, body } = buildRequest({
    version: "v1",
    zone,
    command: off,
    ids,
    transactionIds: ["t"],
    switches: { multipart: true },
  });
  assert.equal(headers["content-type"], "multipart/form-data; boundary=----anymeter-udil-x");
  const contentType = headers["content-type"];
  const request = parseRequest({ service: "aux_relay_operations", headers, body, contentType, zone });
  assert.deepEqual([request.ids, request.command], [ids, off]);
});
