import assert from "node:assert/strict";
import { after, test } from "node:test";
import { connect } from "node:tls";
import { pakistanTime, readResponse, type ServiceName, type UdilVersion, udilTables } from "@anymeter/udil";
import type { VendorMdcOptions } from "../options.ts";
import { hour } from "../testing/meters.ts";
import { startVendor, type VendorScene } from "../testing/vendor-client.ts";

const open: VendorScene[] = [];
after(() => Promise.all(open.map(({ vendor }) => vendor.close())));

async function start(options: VendorMdcOptions = {}): Promise<VendorScene> {
  const scene = await startVendor(options);
  open.push(scene);
  return scene;
}

test("keys: several at once, each good for thirty minutes; nothing without one", async () => {
  const { client, clock } = await start();
  const first = client.privatekey;
  clock.pass(20 * 60_000);
  await client.authorize();
  const second = client.privatekey;
  assert.notEqual(first, second);
  const read = (privatekey: string) => client.service("instantaneous_data", client.ids, {}, { privatekey });
  assert.equal((await read(first)).httpStatus, 200);
  clock.pass(10 * 60_000);
  const expired = await read(first);
  assert.deepEqual([expired.httpStatus, expired.json.status], [401, "0"]);
  assert.equal((await read(second)).httpStatus, 200);
  assert.equal((await read("made up")).httpStatus, 401);
  const wrong = await client.post("authorization_service", {}, { username: "mdm_user", password: "x", code: "1" });
  assert.deepEqual([wrong.httpStatus, wrong.json.status], [401, "0"]);
});

test("what is no request is 400, 404 or 405, each in the envelope", async () => {
  const { client } = await start();
  const nobody = await client.post("load_profile_data", {});
  assert.deepEqual([nobody.httpStatus, nobody.json.status], [400, "0"]);
  assert.match(nobody.json.message, /global_device_id/);
  assert.equal((await client.service("update_time_of_use", client.ids)).httpStatus, 404, "v1 has no such service");
  assert.equal((await client.service("udil/events", client.ids)).httpStatus, 404);
});

test("an address that is none is 404 as well, and whatever a client names comes back in an answer that can be read", async () => {
  const { client } = await start({ format: "xml" });
  const { url, certificate } = client.description;
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), ca: certificate });
  socket.write("POST // HTTP/1.1\r\nhost: mdc\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += chunk;
  assert.match(answer, /^HTTP\/1\.1 404 /);
  const { text, contentType } = await client.service("events", ["m\u0001<&\u001f\r"]);
  assert.match(text, /m\ufffd&lt;&amp;\ufffd/);
  const body = new TextEncoder().encode(text);
  const { status } = readResponse({ body, contentType, service: "events", version: "v1", zone: pakistanTime });
  assert.equal(String(status), "1");
});

test("orders that only v3 has are refused when a value is out of range, and reads of what a meter has not", async () => {
  const { client, vendor } = await start({ version: "v3.3" });
  const [id] = client.ids;
  const metadata = {
    ...{ communication_mode: "1", bidirectional_device: "1", communication_type: "1", communication_interval: "60" },
    ...{ initial_communication_time: "00:20:00", phase: "1", meter_type: "1" },
  };
  const before = vendor.meters.get(id!)!.parameters;
  for (const [wrong, remark] of [
    [{ communication_interval: "-5" }, /communication_interval is "-5"/],
    [{ communication_interval: "0" }, /communication_type 1 needs one/],
    [{ communication_mode: "77" }, /from 1 to 5/],
    [{ initial_communication_time: "25:99" }, /a time such as/],
  ] as const) {
    const { answer } = await client.order("update_device_metadata", [id!], { ...metadata, ...wrong });
    assert.equal(answer.json.data[0].indv_status, "0");
    assert.match(answer.json.data[0].remarks, remark);
  }
  assert.deepEqual(vendor.meters.get(id!)!.parameters, before);
  const read = await client.order("on_demand_parameter_read", [id!], { type: "OVFC" });
  assert.deepEqual([read.answer.json.status, read.answer.json.message], ["0", "the meter has no OVFC"]);
  await client.order("update_device_metadata", [id!], metadata);
  assert.deepEqual(
    [vendor.meters.get(id!)!.parameters.contactInterval, vendor.meters.get(id!)!.parameters.firstContact],
    [60, 20 * 60_000],
  );
});

const reads: readonly [ServiceName, keyof typeof udilTables.v1][] = [
  ["instantaneous_data", "INST"],
  ["billing_data", "BILL"],
  ["monthly_billing_data", "MBIL"],
  ["load_profile_data", "LPRO"],
  ["events", "EVNT"],
  ["meter_visuals", "VISL"],
];

for (const version of ["v1", "v3.2", "v3.3"] satisfies UdilVersion[]) {
  for (const format of ["json", "xml"] as const) {
    test(`every table of ${version} in ${format} has its columns in order, and a client takes every row`, async () => {
      const { client } = await start({ version, format, historyDays: 3 });
      for (const [service, table] of reads) {
        const { text, contentType } = await client.service(service, client.ids, {
          start_datetime: "",
          end_datetime: "",
        });
        const { fields } = udilTables[version][table];
        const first = format === "json" ? Object.keys(JSON.parse(text).data[0]) : elementNames(text);
        assert.deepEqual(
          first,
          fields.map(({ name }) => name),
        );
        const body = new TextEncoder().encode(text);
        const { status, rows, setAside } = readResponse({ body, contentType, service, version, zone: pakistanTime });
        assert.equal(String(status), "1");
        assert.ok(rows!.length > 0, `no rows of ${service}`);
        assert.deepEqual(setAside ?? [], []);
      }
    });
  }
}

test("a read gives the rows that came into the table within its time, and names whom it does not know", async () => {
  const { client } = await start();
  const [first] = client.ids;
  const span = { start_datetime: "2026-03-02 02:00:00", end_datetime: "2026-03-02 03:00:00" };
  const { json } = await client.service("load_profile_data", [first!, "m404"], span);
  // Kept at 02:00 and 02:30, and in the table a second later.
  assert.deepEqual(
    json.data.map(({ meter_datetime, global_device_id }: Record<string, string>) => [meter_datetime, global_device_id]),
    [
      ["2026-03-02 02:00:00", first],
      ["2026-03-02 02:30:00", first],
    ],
  );
  assert.match(json.message, /m404 is not known/);
});

test("switching the relay off is level 5, and the next row shows no energy and no current", async () => {
  const { client, clock } = await start();
  const [id] = client.ids;
  clock.pass(0.6 * hour);
  await client.authorize();
  const { transactionid, answer } = await client.order("aux_relay_operations", [id!], { relay_operate: '"0"' });
  assert.deepEqual(answer.json, {
    status: "1",
    transactionid,
    data: [{ global_device_id: id, msn: client.description.meters[0]!.msn, indv_status: "1" }],
    message: "aux_relay_operations accepted for devices with indv_status 1",
  });
  const [row] = await client.status(transactionid);
  assert.equal(row.status_level, "5");
  assert.equal(row.indv_status, "1");
  assert.equal(row.status_5_datetime, "2026-03-02 05:36:00");
  clock.pass(1.5 * hour);
  await client.authorize();
  const { json } = await client.service("load_profile_data", [id!], {
    start_datetime: "2026-03-02 05:20:00",
    end_datetime: "",
  });
  const [before, ...dark] = json.data;
  assert.ok(Number(before.current_phase_a) > 0);
  assert.equal(dark.length, 3);
  assert.equal(dark[0].current_phase_a, "0.000");
  assert.equal(dark[2].active_energy_tl, dark[0].active_energy_tl);
  const { json: events } = await client.service("events", [id!], {
    start_datetime: "2026-03-02 05:30:00",
    end_datetime: "",
  });
  assert.ok(events.data.some(({ event_code }: Record<string, string>) => event_code === "203"));
});

test("devices that cannot be ordered are refused one by one, with the reason where the version has a place for it", async () => {
  const refusals = async (version: UdilVersion) => {
    const { client } = await start({ version, meters: 5 });
    await client.order(version === "v1" ? "meter_status_update" : "update_meter_status", [client.ids[1]!], {
      meter_activation_status: "0",
    });
    const ids = [client.ids[0]!, client.ids[1]!, client.ids[4]!, "m404"];
    return (await client.order("aux_relay_operations", ids, { relay_operate: "1" })).answer.json;
  };
  const first = await refusals("v1");
  assert.deepEqual(
    first.data.map(({ indv_status }: Record<string, string>) => indv_status),
    ["1", "0", "0", "0"],
  );
  assert.match(first.message, /is inactive; m\d+ has no relay; m404 is not known/);
  const later = await refusals("v3.3");
  assert.match(later.data[1].remarks, /is inactive/);
  assert.match(later.data[2].remarks, /no relay/);
  assert.equal(later.data[0].remarks, "");
});

test("a value out of range is refused for every device; the request itself is well", async () => {
  const { client } = await start();
  const { answer } = await client.order("aux_relay_operations", client.ids, { relay_operate: "7" });
  assert.equal(answer.httpStatus, 200);
  assert.deepEqual(
    answer.json.data.map(({ indv_status }: Record<string, string>) => indv_status),
    ["0", "0"],
  );
  const sampling = {
    activation_datetime: "2026-03-02 05:00:00",
    data_type: "LPRO",
    sampling_interval: "60",
    sampling_initial_time: "0",
  };
  const hourly = await client.order("meter_data_sampling", client.ids, sampling);
  assert.match(hourly.answer.json.message, /from 1 to 59/);
});

test("the same transaction again is the same answer; with another body it is refused", async () => {
  const { client, vendor } = await start();
  const send = (relay_operate: string) =>
    client.service("aux_relay_operations", client.ids, { relay_operate }, { transactionid: "same" });
  const first = await send("0");
  const closedAt = vendor.meters.get(client.ids[0]!)!.relay.state.openedAt;
  assert.deepEqual((await send("0")).json, first.json);
  assert.equal(vendor.meters.get(client.ids[0]!)!.relay.state.openedAt, closedAt);
  assert.equal((await send("1")).httpStatus, 400);
});

test("an inactive meter keeps its rows to itself until it is active again", async () => {
  const { client, clock } = await start();
  const [id, other] = client.ids;
  await client.order("meter_status_update", [id!], { meter_activation_status: "0" });
  clock.pass(2.1 * hour);
  const read = (start_datetime: string) =>
    client.service("load_profile_data", [id!, other!], { start_datetime, end_datetime: "" });
  await client.authorize();
  const inactive = await read("2026-03-02 05:10:00");
  assert.deepEqual(new Set(inactive.json.data.map(deviceOf)), new Set([other]));
  assert.match(inactive.json.message, /is inactive/);
  await client.order("meter_status_update", [id!], { meter_activation_status: "1" });
  clock.pass(hour);
  await client.authorize();
  const rows = (await read("2026-03-02 05:10:00")).json.data.filter(
    (row: Record<string, string>) => deviceOf(row) === id,
  );
  assert.deepEqual(
    rows.map(({ meter_datetime }: Record<string, string>) => meter_datetime),
    ["2026-03-02 07:30:00", "2026-03-02 08:00:00"],
  );
});

test("a meter from the stock is created with an id, and has rows from then on", async () => {
  const { client, clock, vendor } = await start();
  const [spare] = client.description.stock;
  const creation = {
    ...{
      device_type: "1",
      mdi_reset_date: "5",
      mdi_reset_time: "00:00:00",
      phase: String(spare!.phase),
      meter_type: "1",
    },
    ...{
      communication_mode: "1",
      communication_type: "1",
      communication_interval: "60",
      sim_number: "03218090100",
      sim_id: "7",
    },
  };
  const create = (dsn: string, global_device_id: string) =>
    client.post(
      "device_creation",
      { ...creation, device_identity: JSON.stringify([{ dsn, global_device_id }]) },
      { transactionid: `create ${dsn} ${global_device_id}` },
    );
  assert.match((await create("1234567890", "m1")).json.message, /there is no meter 1234567890/);
  assert.match((await create(spare!.msn, client.ids[0]!)).json.message, /is the id of meter/);
  assert.equal((await create(spare!.msn, "mNEW")).json.data[0].indv_status, "1");
  assert.equal(vendor.meters.get("mNEW")!.msn, spare!.msn);
  clock.pass(0.9 * hour);
  const read = async () =>
    (await client.service("load_profile_data", ["mNEW"], { start_datetime: "", end_datetime: "" })).json.data;
  await client.authorize();
  assert.deepEqual(await read(), [], "it calls every hour");
  clock.pass(0.2 * hour);
  assert.equal((await read()).length, 2);
});

test("a meter has one id: it is given no two, and what the MDC does alone waits for no order that is under way", async () => {
  const { client, clock, vendor } = await start({ pace: 1, stock: 2 });
  const creation = {
    ...{ device_type: "1", mdi_reset_date: "5", mdi_reset_time: "00:00:00", phase: "2", meter_type: "1" },
    ...{ communication_mode: "1", communication_type: "0", communication_interval: "0" },
    ...{ sim_number: "03218090100", sim_id: "7" },
  };
  const create = async (transactionid: string, ...identities: [string, string][]) => {
    const device_identity = JSON.stringify(identities.map(([dsn, global_device_id]) => ({ dsn, global_device_id })));
    return (await client.post("device_creation", { ...creation, device_identity }, { transactionid })).json;
  };
  const [one, other] = client.description.stock.map(({ msn }) => msn);
  const twice = await create("twice", [one!, "mA"], [one!, "mB"]);
  assert.deepEqual(
    twice.data.map(({ indv_status }: Record<string, string>) => indv_status),
    ["0", "0"],
  );
  assert.match(twice.message, /meter \d+ is given several ids/);
  assert.match((await create("both", [one!, "mC"], [other!, "mC"])).message, /mC is given to several meters/);
  assert.equal(vendor.meters.size, 2);

  const [id] = client.ids;
  const { msn } = client.description.meters[0]!;
  const waiting = await client.order("aux_relay_operations", [id!], { relay_operate: "0" });
  await create("renamed", [msn, "mNEW"]);
  assert.equal(vendor.meters.get("mNEW")?.msn, msn);
  assert.equal(vendor.meters.has(id!), false);
  clock.pass(30_000);
  assert.equal((await client.status(waiting.transactionid))[0].status_level, "5");
});

test("an on-demand request of v1 is answered by transaction_status at level 5, from the meter's own memory", async () => {
  const { client } = await start({ habits: { lostRows: 1 } });
  const span = { start_datetime: "2026-03-02 01:00:00", end_datetime: "2026-03-02 02:00:00" };
  const everything = { start_datetime: "", end_datetime: "" };
  assert.deepEqual((await client.service("load_profile_data", client.ids, everything)).json.data, []);
  const { transactionid } = await client.order("on_demand_request", client.ids, { type: "LPRO", ...span });
  const rows = await client.status(transactionid);
  for (const [index, row] of rows.entries()) {
    assert.equal(row.type, "on_demand_request");
    assert.deepEqual(
      row.response_data.map((found: Record<string, string>) => [deviceOf(found), found.meter_datetime]),
      ["01:00:00", "01:30:00", "02:00:00"].map((time) => [client.ids[index], `2026-03-02 ${time}`]),
    );
  }
  const filled = (await client.service("load_profile_data", client.ids, everything)).json.data;
  assert.equal(filled.length, 6, "what was read on demand is in the table from now on");
  await client.order("time_synchronization", client.ids);
  for (const type of ["INST", "BILL", "MBIL", "EVNT", "VISL"]) {
    const read = await client.order("on_demand_request", [client.ids[0]!], { type, ...everything });
    const [row] = await client.status(read.transactionid);
    assert.ok(row.response_data.length > 0, type);
  }
});

test("an on-demand read of v3 answers with its rows, or after three minutes with a time-out and the rows later", async () => {
  const { client, clock, vendor } = await start({ version: "v3.3" });
  const [id] = client.ids;
  const now = await client.order("on_demand_data_read", [id!], { type: "INST" });
  assert.match(now.answer.json.data[0].meter_datetime, /^2026-03-02 (04:59:5\d|05:00:0\d)$/);
  const parameters = await client.order("on_demand_parameter_read", [id!], { type: "AUXR" });
  assert.deepEqual(parameters.answer.json.data, [
    { msn: client.description.meters[0]!.msn, global_device_id: id, auxr_datetime: "", auxr_status: "1" },
  ]);
  vendor.habits.set({ onDemandDelay: 300_000 });
  const pending = client.order("on_demand_data_read", [id!], { type: "INST" });
  await until(() => vendor.transactions.find("t3") !== undefined);
  clock.pass(181_000);
  const late = await pending;
  assert.equal(late.answer.json.status, "0");
  assert.match(late.answer.json.message, /time-out/);
  clock.pass(120_000);
  const [row] = await client.status(late.transactionid);
  assert.equal(row.status_level, "5");
  assert.match(row.response_data[0].meter_datetime, /^2026-03-02 (05:04:5\d|05:05:0\d)$/);
});

test("visuals tell what was ordered and what was programmed", async () => {
  const { client } = await start();
  const [id] = client.ids;
  await client.order("sanctioned_load_control", [id!], {
    ...{ load_limit: "20", maximum_retries: "10", retry_interval: "60" },
    ...{ threshold_duration: "30", retry_clear_interval: "3600" },
  });
  const { json } = await client.service("meter_visuals", [id!]);
  const [visuals] = json.data;
  assert.equal(visuals.last_command, "sanctioned_load_control");
  assert.equal(visuals.last_command_resp, "executed");
  assert.equal(visuals.meter_load_limit_set, "20");
  assert.equal(visuals.meter_activation_status, "1");
});

test("every further command of v1 is carried out", async () => {
  const { client, vendor, clock } = await start();
  const [id] = client.ids;
  const meter = vendor.meters.get(id!)!;
  const cases: [string, Record<string, string>, () => unknown, unknown][] = [
    ["time_synchronization", {}, () => meter.state.clockError, 0],
    [
      "update_ip_port",
      {
        ...{ primary_ip_address: "192.168.100.120", secondary_ip_address: "192.168.100.121" },
        ...{ primary_port: "8080", secondary_port: "8081" },
      },
      () => meter.parameters.addresses?.secondary_port,
      8081,
    ],
    [
      "activate_meter_optical_port",
      { optical_port_on_datetime: "2026-03-02 06:00:00", optical_port_off_datetime: "2026-03-02 07:00:00" },
      () => meter.parameters.opticalPort!.off - meter.parameters.opticalPort!.on,
      hour,
    ],
    [
      "wake_up_sim_number_update",
      { wakeup_number_1: "01234567890", wakeup_number_2: "01234567891", wakeup_number_3: "01234567892" },
      () => meter.parameters.wakeUpNumbers?.[2],
      "01234567892",
    ],
    [
      "meter_data_sampling",
      {
        ...{ activation_datetime: "2026-03-02 05:00:00", data_type: "LPRO" },
        ...{ sampling_interval: "15", sampling_initial_time: "00" },
      },
      () => meter.state.sampling.current.LPRO.interval,
      15,
    ],
    [
      "load_shedding_scheduling",
      {
        ...{ start_datetime: "2026-03-02 00:00:00", end_datetime: "2026-04-01 00:00:00" },
        load_shedding_slabs:
          '[{"action_time":"09:00:00","relay_operate":"0"},{"action_time":"12:00:00","relay_operate":"1"}]',
      },
      () => meter.state.schedule?.slabs.length,
      2,
    ],
    [
      "time_of_use_change",
      {
        ...{ season: "1", days: "1", time_slab: '["08:00","17:00"]', tariff_identification: "1" },
        activation_datetime: "2026-03-02 05:00:00",
      },
      () => meter.tariffs.calendar.day_profile[0]!.tariff_slabs[0]!.start.slice(0, 5),
      "08:00",
    ],
  ];
  for (const [service, form, found, expected] of cases) {
    const { transactionid, answer } = await client.order(service, [id!], form);
    assert.equal(answer.json.data[0].indv_status, "1", `${service}: ${answer.json.message}`);
    assert.equal((await client.status(transactionid))[0].status_level, "5", service);
    clock.pass(1_000);
    assert.deepEqual(found(), expected, service);
  }
});

function deviceOf(row: Record<string, string>): string {
  return row.global_device_id!;
}

/** Names of the elements of the first row. */
function elementNames(xml: string): string[] {
  const [, row = ""] = /<data>(?:<element>)?(.*?)<\/(?:element|data)>/s.exec(xml) ?? [];
  return [...row.matchAll(/<(\w+)[ >]/g)].map(([, name]) => name!);
}

/** The request travels over a socket: looks until it has arrived. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
