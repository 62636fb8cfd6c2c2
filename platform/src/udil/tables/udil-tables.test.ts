import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { udilTables as declared, type SqlType, type UdilVersion, udilVersions } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../commands/command-rows.ts";
import { type ProfileRow, type RowTable, rowTableCodes } from "../../readings/profile-rows/profile-row.ts";
import { createProfileRows, type ProfileRows } from "../../readings/profile-rows/profile-rows.ts";
import { rowVisibility } from "../../readings/profile-rows/row-visibility.ts";
import { RegistryChanges } from "../../registry/changes.ts";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { ColumnarRemovals } from "../../stores/columnar-removals.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { columnarForms } from "../../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import { createUdilTables, createUdilViews, type UdilTables, viewDatabaseOf } from "./udil-tables.ts";
import { tablesOf, type UdilViewClient, viewStatements } from "./view-sql.ts";

const at = Date.UTC(2026, 6, 1, 10);
const minute = 60_000;
const zone = "Asia/Karachi";

for (const form of columnarForms()) {
  describe(form.name, () => {
    let relational: RelationalStore;
    let columnar: ColumnarStore;
    let rows: ProfileRows;
    let tables: UdilTables;
    let north: number;
    let south: number;
    const devices: Record<string, { id: string; number: number }> = {};
    const client = (version: UdilVersion, more: Partial<UdilViewClient> = {}): UdilViewClient => ({
      ...{ id: nationalMdm, organizationNumber: north, timezone: zone, version },
      ...{ database: `udil_${version.replace(".", "_")}` },
      ...more,
    });
    const select = async (query: string) =>
      (await columnar.client.query({ query, format: "JSONEachRow" })).json<Record<string, unknown>>();

    before(async () => {
      [relational, columnar] = [await openTestRelationalStore(), await form.open()];
      await Promise.all([relational.migrate(), columnar.migrate()]);
      // Rows are given ids of a minute ago: they are settled.
      rows = createProfileRows({ relational, columnar, clock: () => Date.now() - minute });
      tables = createUdilTables({
        ...{ relational, columnar, profileRows: rows, defaultMeterTimezone: "UTC" },
        changes: new RegistryChanges(rethrow),
        report: rethrow,
      });
      const { db } = relational;
      const organizations = await db
        .insertInto("organizations")
        .values([{ name: "North" }, { name: "South" }])
        .returning(["id", "number", "name"])
        .execute();
      [north, south] = organizations.map(({ number }) => number) as [number, number];
      for (const [name, organization, global_device_id, msn] of [
        ["one", 0, "m100", "3697000001"],
        ["two", 0, "m200", "2"],
        ["unnamed", 0, null, null],
        ["theirs", 1, "m100", "3"],
      ] as const) {
        const owner = organizations[organization]!.id;
        devices[name] = await db
          .insertInto("meter_devices")
          .values({ organization: owner, name, protocol: "dlms-cosem", global_device_id, msn })
          .returning(["id", "number"])
          .executeTakeFirstOrThrow();
      }
      for (const version of udilVersions) await createUdilViews(columnar, client(version));
      await tables.refresh();
    });

    const row = (name: string, fields: ProfileRow["fields"], more: Partial<ProfileRow> = {}): ProfileRow => ({
      ...{ organizationNumber: name === "theirs" ? south : north, deviceNumber: devices[name]!.number },
      ...{ table: "LPRO", at, readAt: at + minute, source: 0, fields },
      ...more,
    });

    test("each version has its tables, with the columns and types it prints, under both spellings", async () => {
      for (const version of udilVersions) {
        const { database } = client(version);
        const views = await select(`SELECT name FROM system.tables WHERE database = '${database}'`);
        const names = tablesOf(version).flatMap(({ name }) => [name, name.toLowerCase()]);
        assert.deepEqual(views.map(({ name }) => name).sort(), names.sort());
        for (const { id, name } of tablesOf(version)) {
          const columns = await select(`DESCRIBE ${database}.${name}`);
          assert.deepEqual(
            columns.map((column) => [column.name, plain(String(column.type))]),
            declared[version][id].fields.map((field) => [field.name, engineTypes[field.type]]),
            `${version} ${name}`,
          );
          assert.deepEqual(await select(`DESCRIBE ${database}.${name.toLowerCase()}`), columns);
        }
      }
      assert.deepEqual(tablesOf("v1").length, 7);
      assert.deepEqual(tablesOf("v3.3").length, 8);
    });

    test("rows are shown with the meter's names and the client's times, and only those of its organization", async () => {
      await rows.store.write([
        row(
          "one",
          { active_energy_abs_tl: "12.3456", active_energy_pos_tl: "7", voltage_phase_a: "230.5" },
          { interval: 15 },
        ),
        row("unnamed", { active_energy_abs_tl: "1" }),
        row("theirs", { active_energy_abs_tl: "2" }),
      ]);
      const [shown, ...more] = await select("SELECT * FROM udil_v1.LOAD_PROFILE_DATA");
      assert.deepEqual(more, []);
      assert.equal(shown!.global_device_id, "m100");
      assert.equal(Number(shown!.msn), 3_697_000_001);
      assert.equal(shown!.meter_datetime, "2026-07-01 15:00:00");
      assert.equal(shown!.mdc_read_datetime, "2026-07-01 15:01:00");
      assert.deepEqual(
        [shown!.active_energy_tl, shown!.voltage_phase_a, shown!.channel_id, shown!.interval, shown!.frequency],
        [12.345, 230.5, 0, 15, undefined],
      );
      assert.equal(shown!.reactive_energy_tl, null);
      const [later] = await select("SELECT * FROM udil_v3_3.load_profile_data");
      assert.deepEqual([later!.active_energy_abs_tl, later!.active_energy_pos_tl, later!.is_synced], [12.345, 7, 0]);
      const [stored] = await rows.queries.rows({ table: "LPRO", organizationNumber: north, limit: 1 });
      assert.equal(String(later!.id), String(stored!.id));
      const asImport = client("v1", { database: "udil_import", loadProfileEnergy: "pos" });
      await createUdilViews(columnar, asImport);
      const [imported] = await select("SELECT active_energy_tl FROM udil_import.LOAD_PROFILE_DATA");
      assert.equal(imported!.active_energy_tl, 7);
    });

    test("v1's load profile shows the direction a meter has, as the service does", async () => {
      const of = (fields: ProfileRow["fields"]) => [row("one", fields, { at: at - 30 * minute, channel: 7 })];
      const shown = async (loadProfileEnergy: "abs" | "pos") => {
        const database = `udil_direction_${loadProfileEnergy}`;
        await createUdilViews(columnar, client("v1", { database, loadProfileEnergy }));
        const [found] = await select(`SELECT * FROM ${database}.LOAD_PROFILE_DATA WHERE channel_id = 7`);
        return [found!.active_energy_t1, found!.active_energy_tl, found!.reactive_energy_tl, found!.active_mdi_tl];
      };
      await rows.store.write(of({ active_energy_pos_t1: "3", active_energy_pos_tl: "7", reactive_energy_abs_tl: "4" }));
      assert.deepEqual(
        [await shown("abs"), await shown("pos")],
        [
          [3, 7, 4, null],
          [3, 7, 4, null],
        ],
      );
      // Tariffs and total are of one direction: no row mixes them.
      await rows.store.write(of({ active_energy_pos_t1: "3", active_energy_pos_tl: "7", active_energy_abs_tl: "9" }));
      assert.deepEqual(
        [await shown("abs"), await shown("pos")],
        [
          [null, 9, null, null],
          [3, 7, null, null],
        ],
      );
    });

    test("every table of rows can be read in every version", async () => {
      for (const table of rowTableCodes) {
        await rows.store.write([row("two", someFields[table], { table })]);
        for (const version of udilVersions) {
          const name = declared[version][table].name;
          if (declared[version][table].fields.length === 0) continue;
          const found = await select(
            `SELECT * FROM udil_${version.replace(".", "_")}.${name} WHERE global_device_id = 'm200'`,
          );
          assert.equal(found.length, 1, `${version} ${name}`);
          assert.equal(String(found[0]!.msn), "2");
          if (table === "EVNT") assert.equal(found[0]!.event_code, 133);
        }
      }
    });

    test("events of one second keep their own keys in every version, unless a client of v1 wants the codes of its list", async () => {
      const codes = [131, 133, 145];
      const second = at - 60 * minute;
      const events = codes.map((event_code) =>
        row("two", { event_code, event_description: `event ${event_code}` }, { table: "EVNT", at: second }),
      );
      await rows.store.write(events);
      await createUdilViews(columnar, client("v1", { database: "udil_coarse", coarseEventCodes: true }));
      const of = async (database: string) =>
        await select(`SELECT event_code, event_description FROM ${database}.EVENTS
          WHERE event_datetime = '2026-07-01 14:00:00' ORDER BY event_description`);
      const keptApart = codes.map((event_code) => ({ event_code, event_description: `event ${event_code}` }));
      for (const version of udilVersions) assert.deepEqual(await of(client(version).database), keptApart);
      const coarse = (await of("udil_coarse")).map(({ event_code, event_description }) => [
        event_code,
        event_description,
      ]);
      assert.deepEqual(coarse, [
        [113, "event 131"],
        [113, "event 133"],
        [115, "event 145"],
      ]);
    });

    test("the newest of everything is one row of METER_VISUALS", async () => {
      await rows.visuals.update([
        {
          ...{ organizationNumber: north, deviceNumber: devices.one!.number, at },
          fields: {
            ...{ active_energy_pos_tl: "77.1239", active_energy_pos_tl_datetime: at, power_status: 1 },
            ...{ lsch_load_shedding_slabs: '[{"action_time":"18:00:00","relay_operate":0}]', sanc_load_limit: "20" },
          },
        },
      ]);
      const [old] = await select("SELECT * FROM udil_v1.METER_VISUALS WHERE global_device_id = 'm100'");
      assert.deepEqual(
        [old!.last_active_energy_pos_tl, old!.last_active_energy_pos_tl_datetime, old!.meter_load_limit_set],
        [77.123, "2026-07-01 15:00:00", 20],
      );
      assert.equal(old!.meter_ls_schedule_slabs, '[{"action_time":"18:00:00","relay_operate":0}]');
      assert.equal(old!.meter_activation_status, 1);
      assert.equal(old!.last_contactor_on_datetime, null);
      const [current] = await select("SELECT * FROM udil_v3_3.METER_VISUALS WHERE global_device_id = 'm100'");
      assert.deepEqual([current!.power_status, current!.sanc_load_limit, current!.auxr_status], [1, "20", null]);
      assert.equal(current!.mtst_meter_activation_status, "1");
    });

    test("transactions of a client are told as they change, to that client alone", async () => {
      const { id } = await relational.db
        .selectFrom("organizations")
        .select("id")
        .where("number", "=", north)
        .executeTakeFirstOrThrow();
      await relational.db
        .insertInto("udil_mdm_clients")
        .values({
          ...clientRow(id),
          id: nationalMdm,
          name: "National MDM",
          username: "n",
          version: "v3.3",
          timezone: zone,
        })
        .execute();
      const command = commandRow({ organization: id, organizationNumber: north, deviceNumber: devices.one!.number });
      const other = { ...command, id: 2, client: randomUUID(), idempotencyKey: "f00" };
      await tables.commandsChanged([command, other]);
      const done: CommandDeviceRow = {
        ...command,
        state: "succeeded",
        statusLevel: 5,
        statusAt: [at, at, at, at, at + 2000],
        updatedAt: at + 3000,
      };
      await tables.commandsChanged([done]);
      await tables.commandsChanged([command]);
      const found = await select("SELECT * FROM udil_v3_3.TRANSACTION_STATUS");
      assert.equal(found.length, 1);
      const [shown] = found;
      assert.deepEqual(
        [shown!.transactionid, shown!.global_device_id, shown!.type, shown!.status_level, shown!.indv_status],
        ["abc", "m100", "AUX_RELAY_OPERATIONS", 5, 1],
      );
      assert.equal(shown!.status_5_datetime, "2026-07-01 15:00:02");
      assert.deepEqual(
        [shown!.request_cancelled, shown!.request_cancel_datetime, shown!.response_data],
        [0, null, null],
      );
      const visuals = (await rows.visuals.read(north, [devices.one!.number])).get(devices.one!.number)!;
      assert.deepEqual(
        [visuals.auxr_status, visuals.auxr_datetime, visuals.last_command],
        [0, at + 2000, "aux_relay_operations"],
      );
      assert.deepEqual(
        [visuals.last_contactor_off_datetime, visuals.last_contactor_on_datetime],
        [at + 2000, undefined],
      );
    });

    test("visuals follow the relay as the meter shows it, and hold no parameter that nothing in the meter holds", async () => {
      const base = commandRow({
        ...{ organization: "", organizationNumber: north, deviceNumber: devices.one!.number },
        ...{ state: "succeeded", statusLevel: 5 },
      });
      const after = (seconds: number) => at + 1000 * seconds;
      const ended = (seconds: number, row: Partial<CommandDeviceRow>): CommandDeviceRow => ({
        ...{ ...base, id: 700 + seconds, createdAt: after(seconds) },
        ...{ statusAt: [at, at, at, at, after(seconds)], updatedAt: after(seconds), ...row },
      });
      const connect = { name: "aux_relay_operations", parameters: { relay_operate: 1 } } as const;
      const visuals = async () => (await rows.visuals.read(north, [devices.one!.number])).get(devices.one!.number)!;
      await tables.commandsChanged([ended(10, { ...connect, result: { output_state: false, control_state: 2 } })]);
      const waiting = await visuals();
      assert.deepEqual([waiting.auxr_status, waiting.last_contactor_on_datetime], [0, undefined]);
      const limit = { load_limit: 20.5, maximum_retries: 3, retry_interval: 60, retry_clear_interval: 3_600 };
      await tables.commandsChanged([
        ended(20, { ...connect, result: { output_state: true, control_state: 1 } }),
        ended(30, {
          ...{ name: "sanctioned_load_control", parameters: limit },
          result: { not_kept: ["maximum_retries", "retry_clear_interval"] },
        }),
      ]);
      const shown = await visuals();
      assert.deepEqual([shown.auxr_status, shown.last_contactor_on_datetime], [1, after(20)]);
      assert.deepEqual(
        [shown.sanc_load_limit, shown.sanc_retry_interval, shown.sanc_maximum_retries, shown.sanc_retry_clear_interval],
        ["20.5", 60, undefined, undefined],
      );
    });

    test("a command that failed is over for a client of v1, with the reason, and has indv_status 2 later", async () => {
      const { id: organization } = await relational.db
        .selectFrom("organizations")
        .select("id")
        .where("number", "=", north)
        .executeTakeFirstOrThrow();
      const remark = "The meter refused the command: the object is read-only.";
      const over = { ...{ state: "failed", statusLevel: 4, remark, updatedAt: at + minute }, idempotencyKey: "failed" };
      for (const [version, cancelled, expected] of [
        ["v1", 1, [0, "The meter refused the command: the object is read…", "2026-07-01 15:01:00"]],
        ["v3.3", 0, [2, null, null]],
      ] as const) {
        const id = randomUUID();
        const named = { id, name: `Of failures ${version}`, username: version, version, timezone: zone };
        await relational.db
          .insertInto("udil_mdm_clients")
          .values({ ...clientRow(organization), ...named })
          .execute();
        const command = commandRow({ organization, organizationNumber: north, deviceNumber: devices.one!.number });
        await tables.commandsChanged([{ ...command, client: id, ...over } as CommandDeviceRow]);
        const database = `udil_failed_${cancelled}`;
        await createUdilViews(columnar, client(version, { id, database }));
        const [shown] = await select(`SELECT * FROM ${database}.TRANSACTION_STATUS`);
        assert.deepEqual([shown!.status_level, shown!.request_cancelled], [4, cancelled]);
        assert.deepEqual(
          [shown!.indv_status, shown!.request_cancel_reason, shown!.request_cancel_datetime],
          [...expected],
        );
      }
    });

    test("rows read on demand are told as transaction_status tells them", async () => {
      const [{ id }] = (await relational.db
        .selectFrom("organizations")
        .select("id")
        .where("number", "=", north)
        .execute()) as [{ id: string }];
      const command = commandRow({ organization: id, organizationNumber: north, deviceNumber: devices.one!.number });
      const result = { table: "INST", rows: [{ meter_datetime: at, voltage_phase_a: "230.1" }] };
      await tables.commandsChanged([
        {
          ...{
            ...command,
            id: 3,
            name: "on_demand_read" as const,
            parameters: { type: "INST" },
            idempotencyKey: "read",
          },
          ...({ result, state: "succeeded", statusLevel: 5, statusAt: [at, at, at, at, at] } as const),
        },
      ]);
      const [shown] = await select(
        "SELECT response_data FROM udil_v3_3.TRANSACTION_STATUS WHERE transactionid = 'read'",
      );
      const [told] = JSON.parse(String(shown!.response_data));
      assert.deepEqual(
        [told.meter_datetime, told.voltage_phase_a, told.global_device_id],
        ["2026-07-01 15:00:00", "230.1", "m100"],
      );
    });

    test("parameters that commands set are shown in the columns of their code", async () => {
      const device = devices.two!.number;
      const base = commandRow({ organization: "", organizationNumber: north, deviceNumber: device });
      const ended = { origin: "api", state: "succeeded", statusLevel: 5, statusAt: [at, at, at, at, at] } as const;
      const of = (name: CommandDeviceRow["name"], parameters: Record<string, unknown>, id: number) => ({
        ...base,
        ...ended,
        id,
        name,
        parameters,
        createdAt: at + id,
      });
      await tables.commandsChanged([
        of("sanctioned_load_control", { load_limit: 20.5, maximum_retries: 3 }, 1),
        of(
          "load_shedding_scheduling",
          {
            start_datetime: "2026-07-01T00:00:00",
            end_datetime: "2026-07-02T00:00:00+05:00",
            load_shedding_slabs: [{ action_time: "18:00", relay_operate: 0 }],
          },
          2,
        ),
        of("update_time_of_use", { day_profile: [{ name: "d", tariff_slabs: [{ start: "17:00:00", tariff: 1 }] }] }, 3),
        of("update_mdi_reset_date", { mdi_reset_date: 5, mdi_reset_time: "00:00:00" }, 4),
        // Which the meter learns by a command of its own.
        of("device_creation", { phase: 3, mdi_reset_date: 17, mdi_reset_time: "03:00:00", sim_id: "8992" }, 5),
        { ...of("update_ip_port", { primary_port: 4059 }, 6), state: "failed", remark: "It refused." },
      ]);
      const { db_datetime: _, mtst_datetime: __, ...found } = (await rows.visuals.read(north, [device])).get(device)!;
      assert.deepEqual(
        Object.fromEntries(
          Object.entries(found).filter(([name]) =>
            /^(sanc|lsch|tiou|mdi|ippo|dmdt|msim|last_command|meter_tariff)/.test(name),
          ),
        ),
        {
          ...{ sanc_load_limit: "20.5", sanc_maximum_retries: 3, sanc_datetime: at },
          ...{
            lsch_start_datetime: Date.UTC(2026, 6, 1),
            lsch_end_datetime: Date.UTC(2026, 6, 1, 19),
            lsch_datetime: at,
          },
          lsch_load_shedding_slabs: '[{"action_time":"18:00","relay_operate":0}]',
          ...{ tiou_day_profile: '[{"name":"d","tariff_slabs":["17:00"]}]', tiou_datetime: at },
          meter_tariff_identification: '[{"tariff_identification":"1","time_slab":["17:00","17:00"]}]',
          ...{ mdi_reset_date: 5, mdi_reset_time: "00:00:00" },
          ...{ dmdt_phase: 3, dmdt_datetime: at, msim_id: "8992" },
          ...{ last_command: "update_ip_port", last_command_datetime: at + 6 },
          ...{ last_command_resp: "It refused.", last_command_resp_datetime: base.updatedAt },
        },
      );
    });

    test("of parameters that were cancelled only that is shown, and when", async () => {
      const device = devices.two!.number;
      const cancelled = ["LSCH", "TIOU"].map((type, index) => ({
        ...commandRow({ organization: "", organizationNumber: north, deviceNumber: device }),
        ...({ id: 20 + index, origin: "api", client: null, state: "succeeded", statusLevel: 5 } as const),
        ...({ name: "parameterization_cancellation", parameters: { type } } as const),
        ...{ createdAt: at + 100, statusAt: [at, at, at, at, at + minute] as const },
      }));
      await tables.commandsChanged(cancelled);
      const [shown] = await select("SELECT * FROM udil_v3_3.METER_VISUALS WHERE global_device_id = 'm200'");
      assert.deepEqual(
        [shown!.lsch_datetime, shown!.lsch_start_datetime, shown!.lsch_load_shedding_slabs, shown!.tiou_day_profile],
        ["2026-07-01 15:01:00", null, null, null],
      );
      assert.equal(shown!.sanc_load_limit, "20.5", "what was not cancelled is there");
      const [old] = await select("SELECT * FROM udil_v1.METER_VISUALS WHERE global_device_id = 'm200'");
      assert.deepEqual([old!.meter_ls_schedule_slabs, old!.meter_tariff_identification], [null, null]);
      assert.equal(old!.last_command, "parameterization_cancellation");
    });

    test("what METER_VISUALS cannot hold is left out, and every other change is told all the same", async () => {
      const device = devices.one!.number;
      const { id: organization } = await relational.db
        .selectFrom("organizations")
        .select("id")
        .where("number", "=", north)
        .executeTakeFirstOrThrow();
      const base = commandRow({ organization, organizationNumber: north, deviceNumber: device });
      const ended = { state: "succeeded", statusLevel: 5, statusAt: [at, at, at, at, at + 9000] } as const;
      const of = (id: number, more: Partial<CommandDeviceRow>): CommandDeviceRow => ({
        ...{ ...base, ...ended, id, idempotencyKey: `odd-${id}`, createdAt: at + id },
        ...more,
      });
      const slabs = { load_shedding_slabs: [{ action_time: "18:00", relay_operate: 0 }] };
      const rowsRead = {
        frequency: "1234567890123456789",
        voltage_phase_a: "229.5",
        colour: "red",
        current_phase_a: null,
      };
      await tables.commandsChanged([
        of(11, {
          name: "load_shedding_scheduling",
          parameters: { ...slabs, start_datetime: "2026-07-01", end_datetime: "9999-12-31T23:59:59-0100" },
        }),
        of(12, {
          name: "activate_meter_optical_port",
          parameters: { optical_port_on_datetime: "2026-02-30T00:00:00" },
        }),
        of(13, { name: "on_demand_read", parameters: { type: "VISL" }, result: { table: "VISL", rows: [rowsRead] } }),
        of(14, { name: "update_mdi_reset_date", parameters: { mdi_reset_date: "the fifth" } }),
        of(15, { name: "sanctioned_load_control", parameters: { load_limit: 1e-7, retry_interval: 60 } }),
      ]);
      const visuals = (await rows.visuals.read(north, [device])).get(device)!;
      assert.deepEqual(
        [visuals.lsch_start_datetime, visuals.lsch_end_datetime, visuals.oppo_optical_port_on_datetime],
        [Date.UTC(2026, 6, 1), undefined, undefined],
      );
      assert.deepEqual(
        [visuals.frequency, visuals.voltage_phase_a, visuals.mdi_reset_date, visuals.sanc_retry_interval],
        [undefined, "229.5", undefined, 60],
      );
      const told = await select(
        "SELECT transactionid FROM udil_v3_3.TRANSACTION_STATUS WHERE transactionid LIKE 'odd-%'",
      );
      assert.equal(told.length, 5);
    });

    test("a reader of views who keeps its place by time misses nothing", async () => {
      const visibility = { insertMilliseconds: 500, settledMilliseconds: 1_000 };
      const live = createProfileRows({ relational, columnar, visibility });
      const source = { database: "default", cluster: columnar.cluster, settledSeconds: 1 };
      const reader = client("v3.3", { database: "udil_live" });
      for (const query of viewStatements(reader, source)) await columnar.client.command({ query });
      const seen = new Set<string>();
      let place = "2000-01-01 00:00:00";
      let written = 0;
      const writing = Array.from({ length: 40 }, async (_, index) => {
        await delay(index * 50);
        await live.store.write([row("one", { frequency: "50" }, { table: "INST", at: at + index * minute })]);
        written++;
      });
      while (written < writing.length || seen.size < writing.length) {
        const found = await select(
          `SELECT id, db_datetime FROM udil_live.INSTANTANEOUS_DATA WHERE db_datetime > '${place}' AND global_device_id = 'm100' ORDER BY id`,
        );
        for (const { id, db_datetime } of found) {
          seen.add(String(id));
          place = String(db_datetime);
        }
        if (written === writing.length && found.length === 0 && (await settled(place))) break;
        await delay(20);
      }
      await Promise.all(writing);
      assert.equal(seen.size, writing.length);
      await live.close();
    });

    /** Whether everything that was stored so long ago must have been shown. */
    async function settled(place: string): Promise<boolean> {
      const [now] = await select(`SELECT now() - toDateTime('${place}', '${zone}') AS seconds`);
      return Number(now!.seconds) > 20;
    }

    test("readers who ask for what is new open only parts that have it", async () => {
      const [newest] = await select("SELECT max(id) AS id FROM udil_v3_3.LOAD_PROFILE_DATA");
      for (const condition of [`id > ${newest!.id}`, "db_datetime > '2099-01-01 00:00:00'"]) {
        const query = `EXPLAIN indexes = 1 SELECT id FROM udil_v3_3.LOAD_PROFILE_DATA WHERE ${condition}`;
        const plan = (await select(query)).map(({ explain }) => String(explain));
        const reading = plan.slice(
          plan.findIndex((line) => line.includes("ReadFromMergeTree") && line.includes("load_profile")),
        );
        assert.match(reading.find((line) => line.includes("Parts: ")) ?? "none", /Parts: 0 /, condition);
      }
    });

    test("a meter that something else named is there before rows of it are shown", async () => {
      const ticks: (() => void)[] = [];
      const { settledMilliseconds } = rowVisibility(undefined);
      const running = createUdilTables({
        ...{ relational, columnar, profileRows: rows, defaultMeterTimezone: "UTC", report: rethrow },
        changes: new RegistryChanges(rethrow),
        timer: (milliseconds, tick) => {
          if (milliseconds < settledMilliseconds / 2) ticks.push(tick);
          return () => {};
        },
      });
      await running.start();
      const { db } = relational;
      // As device_creation does it: no change of the registry is told.
      const { id } = devices.unnamed!;
      await db.updateTable("meter_devices").set({ global_device_id: "m400" }).where("id", "=", id).execute();
      for (const tick of ticks) tick();
      await running.stop();
      const [found] = await select(
        "SELECT count() AS rows FROM udil_v3_3.LOAD_PROFILE_DATA WHERE global_device_id = 'm400'",
      );
      assert.equal(Number(found!.rows), 1);
    });

    test("names follow the registry, a meter out of use keeps its rows, and what a deleted meter had goes", async () => {
      const { db } = relational;
      await db
        .updateTable("meter_devices")
        .set({ global_device_id: "m300", meter_activation_status: 0 })
        .where("id", "=", devices.two!.id)
        .execute();
      await tables.refresh();
      const ids = async () =>
        (await select("SELECT DISTINCT global_device_id AS id FROM udil_v3_3.EVENTS")).map(({ id }) => id);
      assert.deepEqual(await ids(), ["m300"]);
      const [visuals] = await select("SELECT * FROM udil_v1.METER_VISUALS WHERE global_device_id = 'm300'");
      assert.equal(visuals!.meter_activation_status, 0);
      assert.deepEqual(await db.selectFrom("udil_name_changes").selectAll().execute(), []);

      await db.deleteFrom("meter_devices").where("id", "=", devices.two!.id).execute();
      await new ColumnarRemovals({ relational, columnar }).clear();
      assert.deepEqual(await ids(), []);
      for (const { name } of await select(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'udil%_rows'",
      )) {
        const [left] = await select(`SELECT count() AS rows FROM ${name} WHERE device_number = ${devices.two!.number}`);
        assert.equal(Number(left!.rows), 0, String(name));
      }
    });

    test("clients that read by database have one, as long as they do", async () => {
      const { db } = relational;
      const [owner] = await db.selectFrom("organizations").select("id").where("number", "=", south).execute();
      const made = await db
        .insertInto("udil_mdm_clients")
        .values({
          ...clientRow(owner!.id),
          name: "Southern",
          username: "s",
          version: "v1",
          transport: "database",
          timezone: zone,
        })
        .returning("id")
        .executeTakeFirstOrThrow();
      await tables.refresh();
      const database = viewDatabaseOf(made.id);
      assert.match(database, /^udil_[0-9a-f]{12}$/);
      const found = await select(`SELECT global_device_id, active_energy_tl FROM ${database}.LOAD_PROFILE_DATA`);
      assert.deepEqual(found, [{ global_device_id: "m100", active_energy_tl: 2 }]);
      await db.updateTable("udil_mdm_clients").set({ version: "v3.3" }).where("id", "=", made.id).execute();
      await tables.refresh();
      assert.equal((await select(`SELECT id FROM ${database}.LOAD_PROFILE_DATA`)).length, 1);
      await db.deleteFrom("udil_mdm_clients").where("id", "=", made.id).execute();
      await tables.refresh();
      assert.deepEqual(await select(`SELECT name FROM system.databases WHERE name = '${database}'`), []);
      await rows.close();
      await columnar.close();
    });
  });
}

test("nothing but a plain name becomes a database, and no client's zone becomes SQL", () => {
  const source = { database: "default", cluster: undefined, settledSeconds: 5 };
  const client = {
    id: nationalMdm,
    organizationNumber: 1,
    timezone: "it's \\ mine",
    version: "v1",
    database: "udil",
  } as const;
  for (const database of ["", "a b", "a;b", "A", "1a", "a".repeat(64)]) {
    assert.throws(() => viewStatements({ ...client, database }, source), RangeError);
  }
  assert.ok(
    viewStatements(client, source).some((statement) =>
      statement.includes("toTimeZone(r.stored_at, 'it\\'s \\\\ mine')"),
    ),
  );
  const onCluster = viewStatements(client, { ...source, cluster: "main" });
  assert.ok(onCluster.every((statement) => statement.includes("ON CLUSTER 'main'")));
});

const engineTypes: Readonly<Record<SqlType, string>> = {
  Bigint: "Int64",
  Int: "Int32",
  Decimal: "Decimal(18, 3)",
  Datetime: "DateTime('Asia/Karachi')",
  Varchar: "String",
  "Varchar(Max)": "String",
  Text: "String",
  Blob: "String",
};

const someFields: Readonly<Record<RowTable, ProfileRow["fields"]>> = {
  INST: { frequency: "50" },
  BILL: { active_energy_pos_tl: "1" },
  MBIL: { reset_count: 3 },
  LPRO: { voltage_phase_a: "230" },
  EVNT: { event_code: 133, event_description: "Phase failure" },
  DCH: { communication_status: 1 },
};

/** Which columns can be empty, and whether a time has fractions it never shows, is the engine's affair. */
function plain(type: string): string {
  return type.replace(/^Nullable\((.*)\)$/, "$1").replace("DateTime64(0, ", "DateTime(");
}

/** The client's id. */
const nationalMdm = "0b4f3a52-8f4e-4c1c-9d39-6a1f7d1c5e20";

function clientRow(organization: string) {
  return { organization, password_hash: "x", code: "1", transport: "api" as const };
}

function commandRow(
  owner: Pick<CommandDeviceRow, "organization" | "organizationNumber" | "deviceNumber">,
): CommandDeviceRow {
  return {
    ...{ id: 1, command: "c", name: "aux_relay_operations", parameters: { relay_operate: 0 }, origin: "udil" },
    ...{
      requestedBy: "National MDM",
      client: nationalMdm,
      idempotencyKey: "abc",
      position: 0,
      meterDevice: null,
      meterDeviceName: null,
    },
    ...{ globalDeviceId: "m100", msn: "1", mdc: null, state: "running", statusLevel: 1 },
    ...{ statusAt: [at, null, null, null, null], timesSent: 0, cause: null, remark: null, cancelReason: null },
    ...{ cancelledBy: null, cancelledAt: null, result: null, createdAt: at, expiresAt: at, updatedAt: at + 1 },
    ...owner,
  };
}

function rethrow(error: unknown): never {
  throw error;
}
