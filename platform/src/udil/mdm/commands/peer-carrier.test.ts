import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { VendorMdc } from "@anymeter/simulator";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import { type Answering, json } from "../testing/handmade-mdc.ts";
import type { MdmScene } from "../testing/mdm-scene.ts";
import { type CarrierScene, ended, idsOf, openCarrierScene } from "./testing/carrier-scene.ts";

let carrier: CarrierScene;
let scene: MdmScene;
before(async () => {
  carrier = await openCarrierScene();
  scene = carrier.scene;
});
const until = (command: string, wanted: (rows: CommandDeviceRow[]) => boolean, step?: number) =>
  carrier.until(command, wanted, step);
const utility = (options?: Parameters<CarrierScene["utility"]>[0]) => carrier.utility(options);
const give = async (organization: string, vendor: VendorMdc, command: string, parameters: object) => ({
  id: await carrier.give(organization, command, parameters, idsOf(vendor)),
});

/** What a vendor's meter is asked for, and what it has afterwards. `since` and `until` are instants of this hour and later. */
const commandsFor = (since: string, until: string): Asked[] => [
  ["time_synchronization", {}, ({ state }) => Math.abs(state.clockError) <= 1_000, true],
  [
    "sanctioned_load_control",
    { load_limit: 5, maximum_retries: 3, retry_interval: 60, threshold_duration: 30, retry_clear_interval: 3600 },
    ({ state }) => state.limiter.limit,
    { load_limit: 5, maximum_retries: 3, retry_interval: 60, threshold_duration: 30, retry_clear_interval: 3600 },
  ],
  [
    "load_shedding_scheduling",
    {
      start_datetime: since,
      end_datetime: until,
      load_shedding_slabs: [
        { action_time: "17:00:00", relay_operate: 0 },
        { action_time: "18:00:00", relay_operate: 1 },
      ],
    },
    ({ state, localTime }) => [
      state.schedule && [localTime.toInstant(state.schedule.start), localTime.toInstant(state.schedule.end)],
      state.schedule?.slabs,
    ],
    [
      [Date.parse(since), Date.parse(until)],
      [
        { action_time: "17:00:00", relay_operate: 0 },
        { action_time: "18:00:00", relay_operate: 1 },
      ],
    ],
  ],
  [
    "update_ip_port",
    { primary_ip_address: "10.0.0.1", secondary_ip_address: "10.0.0.2", primary_port: 1, secondary_port: 2 },
    ({ parameters }) => parameters.addresses,
    { primary_ip_address: "10.0.0.1", secondary_ip_address: "10.0.0.2", primary_port: 1, secondary_port: 2 },
  ],
  [
    "meter_data_sampling",
    { activation_datetime: since, data_type: "LPRO", sampling_interval: 15, sampling_initial_time: 0 },
    ({ state }) => state.sampling.last,
    { table: "LPRO", sampling: { interval: 15, initialMinute: 0 }, at: Date.parse(since) },
  ],
  [
    "activate_meter_optical_port",
    { optical_port_on_datetime: since, optical_port_off_datetime: until },
    ({ parameters }) => parameters.opticalPort,
    { on: Date.parse(since), off: Date.parse(until) },
  ],
  [
    "update_wake_up_sim_number",
    { wakeup_number_1: "03001234567", wakeup_number_2: "03001234568", wakeup_number_3: "03001234569" },
    ({ parameters }) => parameters.wakeUpNumbers,
    ["03001234567", "03001234568", "03001234569"],
  ],
];

/** What v1 has no word for. */
const laterCommandsFor = (since: string): Asked[] => [
  [
    "update_mdi_reset_date",
    { mdi_reset_date: 17, mdi_reset_time: "03:30:00" },
    ({ parameters }) => parameters.mdiReset,
    { date: 17, time: 12_600_000 },
  ],
  [
    "update_time_of_use",
    {
      day_profile: [
        {
          name: "d1",
          tariff_slabs: [
            { start: "06:30", tariff: 1 },
            { start: "17:00", tariff: 2 },
          ],
        },
      ],
      week_profile: [{ name: "w1", weekly_day_profile: Array(7).fill("d1") }],
      season_profile: [{ name: "s1", week_profile_name: "w1", start_date: "01-01" }],
      activation_datetime: since,
    },
    ({ state }) => state.tariff.pending?.calendar.day_profile[0]?.tariff_slabs.map(({ start }) => start.slice(0, 5)),
    ["06:30", "17:00"],
  ],
  ["parameterization_cancellation", { type: "SANC" }, ({ state }) => state.limiter.limit, undefined],
];

type Meter = NonNullable<ReturnType<VendorMdc["meters"]["get"]>>;
type Asked = readonly [command: string, parameters: object, found: (meter: Meter) => unknown, expected: unknown];

const needRelays = new Set(["sanctioned_load_control", "load_shedding_scheduling"]);

for (const [version, format] of [
  ["v1", "json"],
  ["v1", "xml"],
  ["v3.2", "json"],
  ["v3.3", "json"],
  ["v3.3", "xml"],
] as const) {
  describe(`an MDC of ${version} in ${format}`, () => {
    test("switches relays, level by level, and tells who has none", async () => {
      const { organization, vendor } = await utility({ version, format, meters: 6, pace: 1 });
      const { id } = await give(organization, vendor, "aux_relay_operations", { relay_operate: 0 });
      const rows = await until(id, ended);
      for (const row of rows) {
        const meter = vendor.meters.get(row.globalDeviceId!)!;
        if (!meter.plan.model.hasRelay) {
          assert.deepEqual([row.state, row.cause, row.statusLevel], ["failed", "command_refused", 1]);
          assert.ok(row.remark !== null && row.remark.length > 5);
          continue;
        }
        assert.deepEqual([row.state, row.statusLevel, row.cause], ["succeeded", 5, null], row.remark ?? "");
        assert.ok(row.statusAt.every((at) => at !== null));
        assert.deepEqual([...row.statusAt].sort(), [...row.statusAt]);
        assert.equal(meter.relay.closed, false);
      }
      assert.ok(rows.some(({ state }) => state === "succeeded"));
    });

    test("reads every kind of rows on demand, and they are stored too", async () => {
      const { organization, vendor, mdc } = await utility({ version, format, meters: 1 });
      const span = {
        start_datetime: new Date(scene.clock.now() - 2 * 86_400_000).toISOString(),
        end_datetime: new Date(scene.clock.now()).toISOString(),
      };
      const kinds = ["INST", "BILL", "MBIL", "LPRO", "EVNT", ...(version === "v1" ? ["VISL"] : [])];
      const given = await Promise.all(
        kinds.map((type) => give(organization, vendor, "on_demand_read", { type, ...(isOfNow(type) ? {} : span) })),
      );
      for (const [index, { id }] of given.entries()) {
        const type = kinds[index]!;
        const [row] = await until(id, ended);
        assert.equal(row!.state, "succeeded", `${type}: ${row!.remark}`);
        const { table, rows } = row!.result as { table: string; rows: { global_device_id: string }[] };
        assert.equal(table, type);
        assert.ok(rows.every(({ global_device_id }) => global_device_id === row!.globalDeviceId));
        assert.ok(rows.length >= (least[type] ?? 0), `${type}: ${rows.length} rows`);
        const [stored] = await scene.select<[number]>(
          `SELECT toUInt32(count()) FROM ${storedIn[type]} FINAL WHERE device_number = ${row!.deviceNumber}`,
        );
        assert.ok(stored![0] >= rows.length, `${type}: ${stored} of ${rows.length} rows are stored`);
      }
      assert.deepEqual(await scene.setAside(mdc), []);
    });

    test("takes the other commands in the words of its version, and its meters have what they say", async () => {
      const { organization, vendor } = await utility({ version, format, meters: 2 });
      const since = new Date(Math.ceil(scene.clock.now() / 60_000) * 60_000 + 3_600_000).toISOString();
      const afterwards = new Date(Date.parse(since) + 86_400_000).toISOString();
      const later = version === "v1" ? [] : laterCommandsFor(since);
      for (const [name, parameters, found, expected] of [...commandsFor(since, afterwards), ...later]) {
        const { id } = await give(organization, vendor, name, parameters);
        for (const row of await until(id, ended)) {
          const meter = vendor.meters.get(row.globalDeviceId!)!;
          if (!meter.plan.model.hasRelay && needRelays.has(name)) {
            assert.deepEqual([row.state, row.cause], ["failed", "command_refused"], name);
            continue;
          }
          assert.equal(row.state, "succeeded", `${name}: ${row.remark}`);
          assert.deepEqual(found(meter), expected, name);
        }
      }
    });
  });
}

const isOfNow = (type: string) => type === "INST" || type === "VISL";
/** Rows of two days. */
const least: Readonly<Record<string, number>> = { INST: 1, BILL: 1, LPRO: 48, VISL: 1 };
const storedIn: Readonly<Record<string, string>> = {
  INST: "udil_instantaneous_rows",
  BILL: "udil_billing_rows",
  MBIL: "udil_monthly_billing_rows",
  LPRO: "udil_load_profile_rows",
  EVNT: "udil_event_rows",
  VISL: "meter_visuals",
};

test("what a version cannot say is told, and nothing is sent", async () => {
  const { organization, vendor } = await utility({ version: "v1" });
  const { id } = await give(organization, vendor, "update_mdi_reset_date", {
    mdi_reset_date: 3,
    mdi_reset_time: "00:00:00",
  });
  for (const row of await until(id, ended)) assert.deepEqual([row.state, row.cause], ["failed", "command_unsupported"]);
});

test("a failure is told: by word in v3, by silence in v1", async () => {
  for (const version of ["v3.3", "v1"] as const) {
    const { organization, vendor } = await utility({ version, meters: 2, habits: { failedCommands: 1 } });
    const { id } = await give(organization, vendor, "time_synchronization", {});
    for (const row of await until(id, ended, 60_000)) {
      assert.deepEqual(
        [row.state, row.cause, row.statusLevel],
        ["failed", "command_not_verified", 4],
        row.remark ?? "",
      );
    }
  }
});

test("early data and invented stamps are no success", async () => {
  const { organization, vendor } = await utility({
    habits: { earlyResponseData: true, backfilledStamps: true },
    pace: 1,
  });
  const { id } = await give(organization, vendor, "on_demand_read", { type: "INST" });
  for (const row of await until(id, ended)) assert.deepEqual([row.state, row.statusLevel], ["succeeded", 5]);
});

test("a command is taken back at the MDC while its meter is not reached", async () => {
  const { organization, vendor } = await utility({ pace: 1, meters: 4 });
  // Meters without supply are not reached.
  for (const meter of vendor.meters.values()) meter.state.powered = false;
  const { id } = await give(organization, vendor, "time_synchronization", {});
  await until(id, (rows) => rows.every(({ statusLevel }) => statusLevel === 2));
  const answer = await scene.send("POST", `/v1/commands/${id}/cancel`, { reason: "not needed" });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await until(id, (rows) => rows.every(({ state }) => state === "cancelled"));
  const { rows } = await settledAtVendor(vendor, 4);
  assert.deepEqual(
    rows.map(({ state }) => state),
    Array(4).fill("cancelled"),
  );
});

/** Waits until the vendor knows of so many cancelled devices. */
async function settledAtVendor(vendor: VendorMdc, count: number) {
  for (let tries = 0; tries < 500; tries++) {
    const rows = [...vendor.transactions.all()].flatMap(({ devices }) => devices);
    if (rows.filter(({ state }) => state === "cancelled").length >= count) return { rows };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the vendor heard of no cancellation");
}

describe("nothing is sent twice", () => {
  /** An MDC that forgets nothing, and breaks connections as the test says. */
  async function handmade(breaks: { send?: "before" | "after"; status?: boolean; refuses?: boolean }) {
    const executed: string[] = [];
    const known = new Map<string, string[]>();
    const answering: Answering = ({ transactionIds, ids }, service) => {
      const [id = ""] = transactionIds;
      if (service === "transaction_status") {
        if (breaks.status) return undefined;
        const data = transactionIds.flatMap((one) =>
          (known.get(one) ?? []).map((device) => ({
            transactionid: one,
            global_device_id: device,
            msn: "1",
            status_level: "5",
            indv_status: "1",
            status_5_datetime: "2026-11-21 12:00:00",
          })),
        );
        return data.length > 0 ? json({ status: "1", data }) : json({ status: "0", message: "unknown" });
      }
      if (breaks.send === "before") return undefined;
      if (known.has(id) && breaks.refuses) return json({ status: "0", message: "used before" }, { status: 400 });
      if (!known.has(id)) {
        known.set(id, [...ids]);
        executed.push(...ids);
      }
      if (breaks.send === "after") return undefined;
      return json({
        status: "1",
        transactionid: id,
        data: ids.map((device) => ({ global_device_id: device, msn: "1", indv_status: "1" })),
      });
    };
    const { organization, ids, peer } = await carrier.handmade(answering);
    const id = await carrier.give(organization, "time_synchronization", {}, ids);
    return { executed, ids, id, peer, breaks };
  }

  test("when the answer to sending it is lost", async () => {
    const { executed, ids, id, breaks } = await handmade({ send: "after" });
    await until(id, (rows) => rows.some(({ remark }) => remark !== null));
    breaks.send = undefined as never;
    const rows = await until(id, ended);
    assert.deepEqual(
      rows.map(({ state }) => state),
      ["succeeded", "succeeded", "succeeded"],
    );
    assert.deepEqual(executed, ids);
  });

  test("when it never arrived it is sent again under the same id, and says so", async () => {
    const { executed, ids, id, peer, breaks } = await handmade({ send: "before" });
    await until(id, (rows) => rows.every(({ remark }) => remark !== null));
    breaks.send = undefined as never;
    const rows = await until(id, ended);
    assert.deepEqual(
      rows.map(({ state }) => state),
      ["succeeded", "succeeded", "succeeded"],
    );
    assert.match(rows[0]!.remark ?? "", /Sent again: the MDC did not know of it/);
    assert.deepEqual(executed, ids);
    const sent = peer.requests.filter(({ service }) => service === "time_synchronization");
    assert.ok(sent.length >= 2);
    assert.equal(new Set(sent.map(({ headers }) => headers.transactionid)).size, 1);
  });

  test("when nobody can tell what became of it, it waits", async () => {
    const { executed, ids, id, peer, breaks } = await handmade({ send: "after", status: true, refuses: true });
    await until(id, (rows) => rows.every(({ remark }) => remark !== null));
    breaks.send = undefined as never;
    await until(id, () => peer.asked("transaction_status") >= 3);
    breaks.status = false;
    const rows = await until(id, ended);
    assert.deepEqual(
      rows.map(({ state }) => state),
      ["succeeded", "succeeded", "succeeded"],
    );
    assert.deepEqual(executed, ids);
  });
});
