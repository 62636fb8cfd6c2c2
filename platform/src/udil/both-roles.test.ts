/** The platform as MDM over the platform as MDC, over real HTTPS: what one says the other must understand. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { modelFields, type UdilField, type UdilRow, udilTables } from "@anymeter/udil";
import type { CommandDeviceRow } from "../commands/command-rows.ts";
import { RunFailure } from "../head-end/causes.ts";
import type { ProfileRow, RowTable } from "../readings/profile-rows/profile-row.ts";
import { type BothRoles, openBothRoles, type Peer } from "./testing/both-roles-scene.ts";
import { MetersOfTest } from "./testing/meters-of-test.ts";

const minute = 60_000;
const hour = 60 * minute;
const exchanges = [
  { version: "v1", format: "json", inFull: true },
  { version: "v1", format: "xml", inFull: false },
  { version: "v3.3", format: "json", inFull: false },
  { version: "v3.3", format: "xml", inFull: true },
] as const;
const rowTables = ["INST", "BILL", "MBIL", "LPRO", "EVNT", "DCH"] as const satisfies readonly RowTable[];

const meters = new MetersOfTest();
const onDemandWait = 400;
let both: BothRoles;
let serial = 7_000;
before(async () => {
  both = await openBothRoles({ carryOut: meters.carryOut, onDemandWait });
});

/** Registers meters at the MDC. */
async function metersOf(...ids: string[]): Promise<void> {
  for (const id of ids) await both.mdc.meter({ globalDeviceId: id, name: id, msn: String(++serial) });
}

/** A value for every field of a table, none like another. */
function valuesOf(table: RowTable, seed: number): UdilRow {
  const given = new Set(["msn", "global_device_id", "meter_datetime", "event_datetime", "mdc_read_datetime"]);
  const ours = new Set(["db_datetime", "id", "is_synced", "channel_id", "interval"]);
  return Object.fromEntries(
    modelFields[table]
      .filter(({ model }) => (!given.has(model) || (table === "DCH" && model === "meter_datetime")) && !ours.has(model))
      .map((field, index) => [field.model, sampleOf(field, seed * 100 + index)]),
  );
}

function sampleOf({ kind, model }: UdilField, number: number): string | number {
  if (model === "event_code") return 100 + (number % 100);
  if (kind === "integer") return number % 100;
  if (kind === "decimal") return `${number % 1000}.${String((number * 7) % 1000).padStart(3, "0")}`;
  if (kind === "datetime") return both.mdm.clock.now() - (number % 1000) * minute - (both.mdm.clock.now() % 1000);
  return kind === "digits" ? String(number) : `<${model} & ${number}>`;
}

/** The field that says when a row is of. */
const timeOf: Readonly<Record<RowTable, string>> = {
  ...{ INST: "meter_datetime", BILL: "meter_datetime", MBIL: "meter_datetime", LPRO: "meter_datetime" },
  ...{ EVNT: "event_datetime", DCH: "mdc_read_datetime" },
};

const wholeSeconds = (instant: number) => instant - (instant % 1000);

/** Rows that the MDC has of a meter, `count` of each table, an interval apart until `end`. */
async function writeRows(id: string, end: number, count: number, tables: readonly RowTable[] = rowTables) {
  const place = await both.mdc.numbersOf(id);
  const rows = tables.flatMap((table) =>
    Array.from({ length: count }, (_, index): ProfileRow => {
      const at = wholeSeconds(end) - index * 30 * minute;
      return {
        ...place,
        ...{
          table,
          at,
          readAt: table === "DCH" ? at : at + 20_000,
          source: 0,
          fields: valuesOf(table, index + id.length),
        },
        ...(table === "LPRO" && { channel: 0, interval: 30 }),
      };
    }),
  );
  await both.mdc.rows.store.write(rows);
  return rows;
}

/** What the MDM has of a meter of a table, by the time of the row. */
async function storedRows({ organization }: Peer, id: string, table: RowTable): Promise<Map<number, UdilRow>> {
  const meter = await both.mdm.store.db
    .selectFrom("meter_devices")
    .innerJoin("organizations", "organizations.id", "meter_devices.organization")
    .select(["meter_devices.number", "organizations.number as owner"])
    .where("global_device_id", "=", id)
    .where("organization", "=", organization)
    .executeTakeFirstOrThrow();
  const selection = { table, organizationNumber: meter.owner, devices: [meter.number], limit: 1_000 };
  const rows = await both.stored.queries.rows(selection);
  return new Map(rows.map(({ fields }) => [Number(fields[timeOf[table]]), fields]));
}

/** Every field that the version has a column for, of every row. */
async function assertAllThere(peer: Peer, id: string, written: readonly ProfileRow[]): Promise<void> {
  for (const table of rowTables) {
    const expected = written.filter((row) => row.table === table);
    const columns = udilTables[peer.version][table].fields;
    if (columns.length === 0) continue;
    const stored = await storedRows(peer, id, table);
    assert.deepEqual([...stored.keys()].sort(), expected.map(({ at }) => at).sort(), `${table} of ${id}`);
    for (const { at, readAt, fields } of expected) {
      const found = stored.get(at)!;
      assert.equal(found.mdc_read_datetime, readAt);
      for (const { model, kind } of columns) {
        if (fields[model] === undefined) continue;
        const [theirs, ours] = [found[model], fields[model]];
        if (kind === "decimal") assert.equal(Number(theirs), Number(ours), `${table}.${model}`);
        else assert.equal(String(theirs), String(ours), `${table}.${model}`);
      }
    }
  }
}

const succeeded = (rows: readonly CommandDeviceRow[]) => {
  for (const { name, state, statusLevel, cause, remark, globalDeviceId } of rows)
    assert.deepEqual([state, statusLevel, cause], ["succeeded", 5, null], `${name} of ${globalDeviceId}: ${remark}`);
};

for (const { version, format, inFull } of exchanges) {
  describe(`${version} in ${format}`, () => {
    const named = (name: string) => `${name}-${version}-${format}`;
    const known = [named("m1"), named("m2")];
    const [first] = known as [string, string];
    let peer: Peer;
    before(async () => {
      await metersOf(...known);
      peer = await both.peer({ version, format, ids: [...known, named("stranger")] });
    });

    it("gives every value of every table", async () => {
      const ids = [named("r1"), named("r2")];
      await metersOf(...ids);
      const written = new Map<string, ProfileRow[]>();
      for (const id of ids) written.set(id, await writeRows(id, both.mdm.clock.now() - hour, 3));
      both.mdm.clock.advance(minute);
      const reader = await both.peer({
        version,
        format,
        ids,
        client: { switches: { reads_by: "db_datetime" } },
        mdc: {},
      });
      await both.poll(reader);
      assert.deepEqual(await both.mdm.setAside(reader.mdc), []);
      for (const id of ids) await assertAllThere(reader, id, written.get(id)!);
      // Rows that came late: of a time long read.
      both.mdm.clock.advance(6 * hour);
      const late = await writeRows(ids[0]!, both.mdm.clock.now() - 20 * hour, 2);
      both.mdm.clock.advance(minute);
      await both.poll(reader);
      await assertAllThere(reader, ids[0]!, [...written.get(ids[0]!)!, ...late]);
    });

    it("carries every command out, with its parameters, and tells of every level", async () => {
      const at = (hours: number) =>
        new Date(wholeSeconds(both.mdm.clock.now() + hours * hour)).toISOString().replace(".000", "");
      const given: [string, object][] = [
        ["aux_relay_operations", { relay_operate: 0 }],
        ["time_synchronization", {}],
        [
          "sanctioned_load_control",
          {
            load_limit: 20.5,
            maximum_retries: 10,
            retry_interval: 60,
            threshold_duration: 30,
            retry_clear_interval: 3600,
          },
        ],
        [
          "load_shedding_scheduling",
          {
            start_datetime: at(1),
            end_datetime: at(100),
            load_shedding_slabs: [
              { action_time: "17:00:00", relay_operate: 0 },
              { action_time: "18:30:00", relay_operate: 1 },
            ],
          },
        ],
        [
          "update_ip_port",
          {
            primary_ip_address: "10.0.0.1",
            secondary_ip_address: "10.0.0.2",
            primary_port: 4059,
            secondary_port: 4060,
          },
        ],
        [
          "meter_data_sampling",
          { activation_datetime: at(1), data_type: "LPRO", sampling_interval: 15, sampling_initial_time: 0 },
        ],
        [
          "update_wake_up_sim_number",
          { wakeup_number_1: "03001234567", wakeup_number_2: "03001234568", wakeup_number_3: "03001234569" },
        ],
        ...(version === "v1"
          ? []
          : ([
              ["update_mdi_reset_date", { mdi_reset_date: 17, mdi_reset_time: "03:00:00" }],
              [
                "update_time_of_use",
                {
                  day_profile: [
                    {
                      name: "d1",
                      tariff_slabs: [
                        { start: "00:00:00", tariff: 1 },
                        { start: "17:00:00", tariff: 2 },
                      ],
                    },
                  ],
                  week_profile: [{ name: "w1", weekly_day_profile: Array(7).fill("d1") }],
                  season_profile: [{ name: "s1", week_profile_name: "w1", start_date: "01-01" }],
                  holiday_profile: [{ name: "h1", date: "14-08", day_profile_name: "d1" }],
                  activation_datetime: at(24),
                },
              ],
            ] as [string, object][])),
      ];
      for (const [name, parameters] of given) {
        const rows = await both.until(await both.give(peer, name, parameters, known), both.ended);
        succeeded(rows);
        const theirs = await both.atMdc(rows);
        succeeded(theirs);
        assert.equal(theirs.length, known.length);
        for (const row of rows) {
          const own = theirs.find(({ globalDeviceId }) => globalDeviceId === row.globalDeviceId)!;
          assert.deepEqual(
            row.statusAt.slice(1),
            own.statusAt.slice(1).map((instant) => wholeSeconds(instant!)),
          );
          const sent = meters.obeyed.filter(({ meter, command }) => meter === row.globalDeviceId && command === name);
          assert.equal(sent.length, 1);
          assert.deepEqual(sent[0]!.parameters, parameters);
        }
      }
    });

    it("tells of what was refused, and of what failed, with the reason", async () => {
      const [unsupported, unverified, off] = [named("unsupported"), named("unverified"), named("off")];
      await metersOf(unsupported, unverified);
      await both.mdc.meter({ globalDeviceId: off, msn: String(++serial), meter_activation_status: 0 });
      meters.fail(unsupported, 3, new RunFailure("command_unsupported", "it has no such object"));
      meters.fail(unverified, 4, new RunFailure("command_not_verified", "the relay stays closed"));
      const ids = [first, named("stranger"), off, unsupported, unverified];
      await both.mdm.send("POST", `/v1/udil/mdcs/${peer.mdc}/meters`, {
        meters: [off, unsupported, unverified].map((global_device_id) => ({ global_device_id })),
      });
      const command = await both.give(peer, "aux_relay_operations", { relay_operate: 1 }, ids);
      const rows = await both.until(command, both.ended);
      const states = rows.map(({ state, cause, statusLevel }) => [state, cause, statusLevel]);
      assert.deepEqual(states.slice(0, 3), [
        ["succeeded", null, 5],
        ["failed", "command_refused", 1],
        ["failed", "command_refused", 1],
      ]);
      assert.match(rows[1]!.remark!, /No meter of this name is registered/);
      assert.match(rows[2]!.remark!, /out of use/);
      assert.deepEqual(
        rows.slice(3).map(({ state, statusLevel }) => [state, statusLevel]),
        [
          ["failed", 3],
          ["failed", 4],
        ],
      );
      // v1 has 50 characters for a reason.
      assert.match(rows[3]!.remark!, version === "v1" ? /The meter cannot be asked/ : /it has no such object/);
      assert.match(
        rows[4]!.remark!,
        version === "v1" ? /The command was sent, but the meter does not show/ : /the relay stays closed/,
      );
      const theirs = await both.atMdc(rows);
      assert.deepEqual(
        theirs.map(({ state, statusLevel }) => [state, statusLevel]),
        [
          ["succeeded", 5],
          ["refused", 0],
          ["refused", 0],
          ["failed", 3],
          ["failed", 4],
        ],
      );
    });

    it("reads on demand, whatever is asked for", async () => {
      const at = wholeSeconds(both.mdm.clock.now() - 2 * hour);
      const types = ["INST", "BILL", "MBIL", "LPRO", "EVNT"] as const;
      const start_datetime = new Date(at - hour).toISOString();
      const end_datetime = new Date(at + hour).toISOString();
      for (const type of types) {
        const fields = {
          [type === "EVNT" ? "event_datetime" : "meter_datetime"]: at,
          mdc_read_datetime: at,
          ...valuesOf(type, 3),
          ...(type === "LPRO" && { channel_id: 0, interval: 30 }),
        };
        meters.results.set(type, { table: type, rows: [fields] });
        const parameters = { type, ...(type !== "INST" && { start_datetime, end_datetime }) };
        const rows = await both.until(await both.give(peer, "on_demand_read", parameters, [first]), both.ended);
        succeeded(rows);
        const result = rows[0]!.result as { table: string; rows: UdilRow[] };
        assert.deepEqual([result.table, result.rows.length], [type, 1], rows[0]!.remark ?? "");
        const stored = (await storedRows(peer, first, type)).get(at)!;
        for (const { model, kind } of udilTables[version][type].fields) {
          const sent = (fields as UdilRow)[model];
          if (sent === undefined || model === "mdc_read_datetime") continue;
          if (kind === "decimal") assert.equal(Number(stored[model]), Number(sent), `${type}.${model}`);
          else assert.equal(String(stored[model]), String(sent), `${type}.${model}`);
        }
      }
    });

    it("ends a read of a meter that has nothing, with no rows", async () => {
      meters.results.set("EVNT", { table: "EVNT", rows: [] });
      const parameters = { type: "EVNT", start_datetime: "2026-01-01T00:00:00Z", end_datetime: "2026-01-02T00:00:00Z" };
      const rows = await both.until(await both.give(peer, "on_demand_read", parameters, [first]), both.ended);
      succeeded(rows);
      assert.deepEqual(rows[0]!.result, { table: "EVNT", rows: [] });
    });

    // What does not depend on how values are written.
    if (!inFull) return;

    it("creates devices, and takes them out of use and in again", async () => {
      const id = named("new");
      const created = await both.give(
        peer,
        "device_creation",
        {
          ...{ device_identity: [{ dsn: String(++serial), global_device_id: id }], device_type: 1 },
          ...{ communication_mode: 1, communication_type: 2, communication_interval: 0, mdi_reset_date: 1 },
          ...{ mdi_reset_time: "00:00:00", phase: 3, meter_type: 2, udil_mdc: peer.mdc },
          ...(version !== "v1" && { bidirectional_device: 0, initial_communication_time: "00:00:00" }),
          ...(version === "v1" && { sim_number: "03001234567", sim_id: "8992" }),
        },
        undefined as never,
      );
      const made = await both.until(created, both.ended);
      succeeded(made);
      const device = () =>
        both.mdc.db
          .selectFrom("meter_devices")
          .selectAll()
          .where("global_device_id", "=", id)
          .where("organization", "=", both.mdc.organization)
          .executeTakeFirstOrThrow();
      assert.equal((await device()).msn, String(serial));
      for (const status of [0, 1]) {
        const changed = await both.give(peer, "update_meter_status", { meter_activation_status: status }, [id]);
        succeeded(await both.until(changed, both.ended));
        assert.equal((await device()).meter_activation_status, status);
      }
    });

    const cancel = async (command: string) =>
      (await both.mdm.send("POST", `/v1/commands/${command}/cancel`, { reason: "not needed" })).body;

    it("takes a command back before the meter took it", async () => {
      const busy = named("busy");
      await metersOf(busy);
      await both.mdm.send("POST", `/v1/udil/mdcs/${peer.mdc}/meters`, { meters: [{ global_device_id: busy }] });
      const meter = meters.hold(busy, 2);
      const reached = await both.give(peer, "aux_relay_operations", { relay_operate: 0 }, [busy]);
      await both.until(reached, ([row]) => row!.statusLevel === 2);
      await meter.held;
      const waiting = await both.give(peer, "time_synchronization", {}, [busy]);
      await both.until(waiting, ([row]) => row!.statusLevel >= 1);
      for (const command of [waiting, reached]) {
        await cancel(command);
        const rows = await both.until(command, both.ended);
        assert.equal(rows[0]!.state, "cancelled");
        await both.carrier.untilTrue(async () => (await both.atMdc(rows))[0]?.state === "cancelled");
      }
      meter.go();
      const after = await both.until(
        await both.give(peer, "aux_relay_operations", { relay_operate: 1 }, [busy]),
        both.ended,
      );
      succeeded(after);
      assert.deepEqual(
        meters.obeyed.filter((one) => one.meter === busy).map(({ parameters }) => parameters),
        [{ relay_operate: 1 }],
      );
    });

    it("does not call cancelled what the meter took", async () => {
      const quick = named("quick");
      await metersOf(quick);
      await both.mdm.send("POST", `/v1/udil/mdcs/${peer.mdc}/meters`, { meters: [{ global_device_id: quick }] });
      const before = meters.hold(quick, 2);
      const command = await both.give(peer, "aux_relay_operations", { relay_operate: 0 }, [quick]);
      const rows = await both.until(command, ([row]) => row!.statusLevel === 2);
      before.go();
      await both.carrier.untilTrue(async () => (await both.atMdc(rows))[0]!.state === "succeeded", 0);
      await cancel(command);
      await both.carrier.untilTrue(async () => {
        const answer = await both.mdm.send("GET", `/v1/commands/${command}/devices`);
        return answer.body.results[0].state === "succeeded";
      });
      const { body } = await both.mdm.send("GET", `/v1/commands/${command}/devices`);
      assert.equal(body.results[0].status_level, 5);
    });

    it("waits for a meter that is slower than the MDC's patience", async () => {
      const at = wholeSeconds(both.mdm.clock.now() - hour);
      meters.results.set("INST", { table: "INST", rows: [{ meter_datetime: at, voltage_phase_a: "231.5" }] });
      const slow = named("slow");
      await metersOf(slow);
      await both.mdm.send("POST", `/v1/udil/mdcs/${peer.mdc}/meters`, { meters: [{ global_device_id: slow }] });
      const meter = meters.hold(slow, 4);
      const command = await both.give(peer, "on_demand_read", { type: "INST" }, [slow]);
      await meter.held;
      await both.until(command, ([row]) => row!.statusLevel === 4);
      meter.go();
      const rows = await both.until(command, both.ended);
      succeeded(rows);
      assert.equal((rows[0]!.result as { rows: UdilRow[] }).rows.length, 1);
    });

    it("gets a new key when one is over, and goes on", async () => {
      const carriedOut = async () =>
        succeeded(await both.until(await both.give(peer, "time_synchronization", {}, [first]), both.ended));
      const keys = async () => {
        const ofPeer = both.mdc.db
          .selectFrom("udil_keys")
          .innerJoin("udil_mdm_clients as c", "c.id", "udil_keys.client");
        const rows = await ofPeer.select("key_hash").where("c.code", "=", peer.code).execute();
        return rows.map(({ key_hash }) => Buffer.from(key_hash).toString("hex")).sort();
      };
      both.mdm.clock.advance(31 * minute);
      await carriedOut();
      const old = await keys();
      await carriedOut();
      assert.deepEqual(await keys(), old, "a key that is good is used again");
      both.mdm.clock.advance(31 * minute);
      await carriedOut();
      const fresh = await keys();
      assert.equal(fresh.filter((key) => !old.includes(key)).length, 1);
      // The MDC lost its keys: the first who is told gets one for all.
      await both.mdc.db.deleteFrom("udil_keys").execute();
      await Promise.all([carriedOut(), carriedOut(), carriedOut()]);
      const again = await keys();
      assert.equal(again.length, 1);
      assert.ok(!fresh.includes(again[0]!));
    });

    it("knows a transaction that comes twice, and does it once", async () => {
      const connection = await both.mdm.connection(peer.mdc);
      const transactionIds = [named("twice")];
      const ask = (relay_operate: 0 | 1) =>
        connection.ask({
          command: { name: "aux_relay_operations", parameters: { relay_operate } },
          ...{ transactionIds, ids: known, requestDatetime: both.mdm.clock.now() },
        });
      const before = meters.obeyed.length;
      const [one, other] = await Promise.all([ask(0), ask(0)]);
      assert.deepEqual(one, other);
      const different = await ask(1);
      assert.equal(different.status, 0);
      assert.match(different.message, /was used for another request/);
      await both.carrier.untilTrue(async () => {
        const { transactions = [] } = await connection.ask({ service: "transaction_status", transactionIds });
        return transactions.length === known.length && transactions.every(({ status_level }) => status_level === 5);
      });
      assert.equal(meters.obeyed.length - before, known.length);
    });
  });
}

describe("rows that come late", () => {
  it("are read of an MDC that goes by the meters' time when the MDM knows that", async () => {
    const id = "late";
    await metersOf(id);
    const written = await writeRows(id, both.mdm.clock.now() - hour, 3);
    both.mdm.clock.advance(minute);
    const settings = {
      client: { switches: { reads_by: "meter_datetime" } },
      mdc: { switches: { reads_by: "meter_datetime" } },
    };
    const reader = await both.peer({ version: "v3.3", ids: [id], ...settings });
    await both.poll(reader);
    both.mdm.clock.advance(3 * hour);
    const late = await writeRows(id, both.mdm.clock.now() - 20 * hour, 2, ["INST", "EVNT", "LPRO", "BILL"]);
    both.mdm.clock.advance(minute);
    await both.poll(reader);
    await assertAllThere(reader, id, [...written, ...late]);
  });
});
