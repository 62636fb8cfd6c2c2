/** Every printed example of UDIL (section 4 of version v1), with its scanning errors repaired, over HTTPS. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type MdcScene, openMdcScene } from "./testing/mdc-scene.ts";
import type { UdilClient } from "./testing/udil-client.ts";

interface Example {
  readonly path: string;
  readonly transactionid: string;
  readonly form: Readonly<Record<string, unknown>>;
  /** indv_status of the devices in their order; all 1 when not said. */
  readonly taken?: readonly string[];
  /** Model of the meters, where only some have an object for the command. */
  readonly profile?: string;
  /** What the command is kept as. */
  readonly command: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const two = ["m98562412", "m97524158"];
const request_datetime = '"2018-10-15 13:00:00"';
/** Pakistan is five hours ahead of UTC. */
const november = "2018-10-31T19:00:00Z";

const slabs = [
  ["03:00:00", 0],
  ["06:00:00", 1],
  ["09:00:00", 0],
  ["12:00:00", 1],
  ["16:00:00", 0],
] as const;

const examples: readonly Example[] = [
  {
    path: "aux_relay_operations",
    transactionid: "9Xcvfg675d5hg85fhjffved47f65d3s3g",
    form: { global_device_id: ["m96541254", "m97524158", "m98562412"], request_datetime, relay_operate: '"0"' },
    taken: ["1", "0", "1"],
    command: "aux_relay_operations",
    parameters: { relay_operate: 0 },
  },
  {
    path: "time_synchronization",
    transactionid: "7Ucvfg675d5hg85fhjffved47f65d3s3g",
    form: { global_device_id: two, request_datetime },
    command: "time_synchronization",
    parameters: {},
  },
  {
    path: "sanctioned_load_control",
    transactionid: "8Ncvfg675d5hg85fhjfv47f65d3s3g",
    form: {
      ...{ global_device_id: two, request_datetime, load_limit: '"20"', maximum_retries: '"10"' },
      ...{ retry_interval: '"60"', threshold_duration: '"30"', retry_clear_interval: '"3600"' },
    },
    taken: ["1", "0"],
    command: "sanctioned_load_control",
    parameters: {
      ...{ load_limit: 20, maximum_retries: 10, retry_interval: 60, threshold_duration: 30 },
      retry_clear_interval: 3600,
    },
  },
  {
    path: "load_shedding_scheduling",
    transactionid: "R5cvfg675d5hg85fhjffved47f65d3s3g",
    form: {
      ...{ global_device_id: two, request_datetime, start_datetime: '"2018-11-01 00:00:00"' },
      end_datetime: '"2018-12-01 00:00:00"',
      load_shedding_slabs: slabs.map(([action_time, operate]) => ({ action_time, relay_operate: String(operate) })),
    },
    taken: ["1", "0"],
    command: "load_shedding_scheduling",
    parameters: {
      ...{ start_datetime: november, end_datetime: "2018-11-30T19:00:00Z" },
      load_shedding_slabs: slabs.map(([action_time, relay_operate]) => ({ action_time, relay_operate })),
    },
  },
  {
    path: "time_of_use_change",
    transactionid: "3Wcvfg675d5hg85fhjfv47f65d3s3g",
    form: {
      ...{ global_device_id: two, request_datetime, activation_datetime: '"2018-11-01 00:00:00"' },
      ...{ season: '"1"', days: '"1"', time_slab: ["08:00", "17:00"], tariff_identification: '"1"' },
    },
    command: "update_time_of_use",
    parameters: {
      day_profile: [
        {
          name: "d1",
          tariff_slabs: [
            { start: "08:00:00", tariff: 1 },
            { start: "17:00:00", tariff: 2 },
          ],
        },
      ],
      week_profile: [{ name: "w1", weekly_day_profile: ["d1", "d1", "d1", "d1", "d1", "d1", "d1"] }],
      season_profile: [{ name: "s1", week_profile_name: "w1", start_date: "01-01" }],
      activation_datetime: november,
    },
  },
  {
    path: "update_ip_port",
    transactionid: "0Ycvfg675d5hg85fhjffved47f65d3s3g",
    form: {
      ...{ global_device_id: two, request_datetime, primary_ip_address: '"192.168.100.120"' },
      ...{ secondary_ip_address: '"192.168.100.121"', primary_port: '"8080"', secondary_port: '"8080"' },
    },
    command: "update_ip_port",
    parameters: {
      ...{ primary_ip_address: "192.168.100.120", secondary_ip_address: "192.168.100.121" },
      ...{ primary_port: 8080, secondary_port: 8080 },
    },
  },
  {
    path: "meter_data_sampling",
    transactionid: "ARbvfg675d5hg85fhjfv47f5d3aR1",
    form: {
      ...{ global_device_id: two, request_datetime, activation_datetime: '"2018-11-01 00:00:00"' },
      ...{ data_type: '"BILL"', sampling_interval: '"30"', sampling_initial_time: '"00"' },
    },
    command: "meter_data_sampling",
    parameters: {
      activation_datetime: november,
      ...{ data_type: "BILL", sampling_interval: 30, sampling_initial_time: 0 },
    },
  },
  {
    path: "activate_meter_optical_port",
    transactionid: "ARbvfg675d5hg85fhjfv47f5d3aR2",
    form: {
      ...{ global_device_id: two, request_datetime },
      ...{ optical_port_on_datetime: request_datetime, optical_port_off_datetime: request_datetime },
    },
    profile: "tpi-34g",
    command: "activate_meter_optical_port",
    parameters: {
      optical_port_on_datetime: "2018-10-15T08:00:00Z",
      optical_port_off_datetime: "2018-10-15T08:00:00Z",
    },
  },
  {
    path: "wake_up_sim_number_update",
    transactionid: "ARbvfg675d5hg85fhjfvded47f5d3aR3",
    form: {
      ...{ global_device_id: two, request_datetime, wakeup_number_1: '"01234567890"' },
      ...{ wakeup_number_2: '"01234567891"', wakeup_number_3: '"01234567892"' },
    },
    command: "update_wake_up_sim_number",
    parameters: {
      wakeup_number_1: "01234567890",
      wakeup_number_2: "01234567891",
      wakeup_number_3: "01234567892",
    },
  },
  {
    path: "meter_status_update",
    transactionid: "ARbvfg675d5hg85fhjffved47f5d3aR4",
    form: { global_device_id: two, request_datetime, meter_activation_status: '"1"' },
    command: "update_meter_status",
    parameters: { meter_activation_status: 1 },
  },
  {
    path: "on_demand_request",
    transactionid: "ARbvfg675d5hg85fhjfv47f5d3aR5",
    form: {
      ...{ global_device_id: two, start_datetime: '"2018-10-15 13:00:00"', end_datetime: '"2018-10-22 13:00:00"' },
      ...{ data_type: "“BILL”", type: "“EVNT”" },
    },
    command: "on_demand_read",
    parameters: {
      ...{ type: "EVNT", start_datetime: "2018-10-15T08:00:00Z", end_datetime: "2018-10-22T08:00:00Z" },
    },
  },
  {
    path: "device_creation",
    transactionid: "ATTvfg675d5hg85fhjffved47f5d3aRi",
    form: {
      device_identity: two.map((id) => ({ dsn: `40${id.slice(1)}`, global_device_id: id })),
      ...{ request_datetime: `"${request_datetime}"`, communication_interval: '"15"', device_type: '"1"' },
      ...{ mdi_reset_date: '"1"', mdi_reset_time: '"00:00:00"', sim_number: '"03218090100"' },
      ...{ sim_id: '"11199oijjh78"', phase: '"3"', meter_type: '"2"', communication_mode: '"1"' },
    },
    command: "device_creation",
    parameters: {
      device_identity: two.map((id) => ({ dsn: `40${id.slice(1)}`, global_device_id: id })),
      ...{ device_type: 1, communication_mode: 1, communication_type: 1, communication_interval: 15 },
      ...{ sim_number: "03218090100", sim_id: "11199oijjh78", mdi_reset_date: 1, mdi_reset_time: "00:00:00" },
      ...{ phase: 3, meter_type: 2 },
    },
  },
];

describe("the printed examples", () => {
  let scene: MdcScene;
  let client: UdilClient;
  before(async () => {
    scene = await openMdcScene();
    for (const id of ["m96541254", "m97524158", "m98562412"])
      await scene.meter({ globalDeviceId: id, msn: `40${id.slice(1)}`, has_disconnector: id !== "m97524158" });
    client = await scene.client();
  });

  const idsOf = ({ form }: Example) =>
    (form.global_device_id as string[] | undefined) ??
    (form.device_identity as { global_device_id: string }[]).map(({ global_device_id }) => global_device_id);

  for (const example of examples) {
    const { path, transactionid, form, command, parameters } = example;
    const ids = idsOf(example);
    const taken = example.taken ?? ids.map(() => "1");

    it(`${path}: is answered as printed, in JSON`, async () => {
      const { profile } = example;
      const dlms_settings = profile === undefined ? null : JSON.stringify({ profile });
      await scene.db.updateTable("meter_devices").set({ dlms_settings }).execute();
      const { status, json } = await client.post(path, { headers: { transactionid }, form });
      assert.equal(status, 200, JSON.stringify(json));
      assert.deepEqual(Object.keys(json), ["status", "transactionid", "data", "message"]);
      assert.equal(json.status, "1");
      assert.equal(json.transactionid, transactionid);
      const data = ids.map((id, index) => ({
        global_device_id: id,
        msn: `40${id.slice(1)}`,
        indv_status: taken[index],
      }));
      assert.deepEqual(json.data, data);
      if (taken.includes("0")) assert.match(json.message, /m97524158.*has no disconnector/);
    });

    it(`${path}: and in XML below /udil, which is the same transaction`, async () => {
      const headers = { transactionid, accept: "text/xml" };
      const { status, text } = await client.post(`udil/${path}`, { headers, form });
      assert.equal(status, 200, text);
      const elements = ids.map(
        (id, index) =>
          `<element><global_device_id>${id}</global_device_id><msn>40${id.slice(1)}</msn><indv_status>${taken[index]}</indv_status></element>`,
      );
      const expected = `<?xml version="1.0" encoding="UTF-8"?>\n<root><status>1</status><transactionid>${transactionid}</transactionid><data>${elements.join("")}</data><message>`;
      assert.equal(text.slice(0, expected.length), expected);
    });

    it(`${path}: means ${command}`, async () => {
      const kept = await scene.db
        .selectFrom("commands")
        .selectAll()
        .where("idempotency_key", "=", transactionid)
        .execute();
      assert.equal(kept.length, 1);
      assert.equal(kept[0]!.command, command);
      assert.equal(kept[0]!.origin, "udil");
      assert.deepEqual(kept[0]!.parameters, parameters);
    });
  }

  it("time_of_use_change: with more than one meaning is refused for each device, and the reason is told", async () => {
    const form = {
      ...{ global_device_id: two, request_datetime, activation_datetime: '"2018-11-01 00:00:00"' },
      ...{ season: '"3-10"', days: '"5"', time_slab: ["08:00", "17:00"], tariff_identification: '"1"' },
    };
    const headers = { transactionid: "3Wcvfg675d5hg85fhjfv47f65d3s3h" };
    const { status, json } = await client.post("time_of_use_change", { headers, form });
    assert.equal(status, 200);
    assert.deepEqual(
      json.data.map((device: { indv_status: string }) => device.indv_status),
      ["0", "0"],
    );
    assert.match(json.message, /m98562412, m97524158 cannot be entertained: season "3-10" can be read in several ways/);
  });

  it("transaction_status: tells of the on-demand request as printed, and that nothing was read yet", async () => {
    const transactionid = "ARbvfg675d5hg85fhjfv47f5d3aR6";
    const form = { global_device_id: two, type: "EVNT" };
    await client.post("on_demand_request", { headers: { transactionid }, form });
    const { json } = await client.post("transaction_status", { headers: { transactionid } });
    assert.deepEqual(Object.keys(json), ["status", "transactionid", "data", "message"]);
    assert.equal(json.data.length, 2);
    const printed = [
      ...["transactionid", "msn", "global_device_id", "type", "type_parameters", "command_receiving_datetime"],
      ...["status_level", "status_1_datetime", "status_2_datetime", "status_3_datetime", "status_4_datetime"],
      ...["status_5_datetime", "indv_status", "request_cancelled", "request_cancel_reason"],
      "request_cancel_datetime",
    ];
    for (const row of json.data) {
      assert.deepEqual(Object.keys(row).slice(0, printed.length), printed);
      assert.equal(row.transactionid, transactionid);
      assert.equal(row.type, "EVNT");
      assert.match(row.command_receiving_datetime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      for (const value of Object.values(row)) assert.ok(typeof value === "string" || Array.isArray(value));
    }
  });
});
