import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { modelFields, type UdilRow } from "@anymeter/udil";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { columnarForms } from "../../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import { type ProfileRow, type RowTable, rowTableCodes } from "./profile-row.ts";
import { createProfileRows, type ProfileRows } from "./profile-rows.ts";
import { rowColumns } from "./row-columns.ts";
import { ProfileRowQueries, positionOf } from "./row-queries.ts";
import { rowVisibility } from "./row-visibility.ts";

const at = Date.UTC(2026, 6, 1, 10);
const quarterOfAnHour = 900_000;
const [organizationNumber, readAt] = [7, at + 5_000];

for (const form of columnarForms()) {
  describe(form.name, () => {
    let columnar: ColumnarStore;
    let rows: ProfileRows;

    before(async () => {
      columnar = await form.open();
      const relational = await openTestRelationalStore();
      await Promise.all([columnar.migrate(), relational.migrate()]);
      rows = createProfileRows({ relational, columnar });
    });

    const row = (
      table: RowTable,
      deviceNumber: number,
      fields: UdilRow,
      more: Partial<ProfileRow> = {},
    ): ProfileRow => ({
      ...{ organizationNumber, deviceNumber, table, at, readAt, source: 0, fields },
      ...more,
    });
    const all = (table: RowTable, deviceNumber: number) =>
      rows.queries.rows({ table, organizationNumber, devices: [deviceNumber], limit: 1000 });

    test("every field of every table comes back as it was written", async () => {
      for (const table of rowTableCodes) {
        const { fields, time, discriminator } = rowColumns[table];
        const written: Record<string, string | number> = {};
        for (const [index, { model, kind }] of fields.entries()) {
          written[model] = samples[kind](index);
        }
        if (discriminator) written[discriminator] = 202;
        await rows.store.write([row(table, 1, written, { source: 3 })]);
        const [stored, ...more] = await all(table, 1);
        assert.deepEqual(more, []);
        const { db_datetime, id, ...told } = stored!.fields;
        const times = time === "mdc_read_datetime" ? { [time]: at } : { [time]: at, mdc_read_datetime: readAt };
        assert.deepEqual(told, { ...written, ...times }, table);
        assert.equal(Number(id), stored!.id);
        assert.equal(db_datetime, Math.floor(stored!.id / 1e6) * 1000);
        assert.ok(Math.abs(Number(db_datetime) - Date.now()) < 60_000);
        assert.deepEqual([stored!.deviceNumber, stored!.source], [1, 3]);
        const columns = [time, ...(discriminator ? [discriminator] : []), ...fields.map(({ model }) => model)];
        const names = [...columns, "msn", "global_device_id", "mdc_read_datetime", "db_datetime", "is_synced", "id"];
        assert.deepEqual([...new Set(names)].sort(), modelFields[table].map(({ model }) => model).sort());
      }
    });

    test("decimals have three digits: energies are cut, others rounded, all of them exact", async () => {
      const fields = {
        active_energy_pos_tl: "123456789012345.9999",
        aggregate_active_pwr_pos: "-1.0005",
        voltage_phase_a: "230",
        current_phase_a: "",
      };
      await rows.store.write([row("LPRO", 2, fields)]);
      const [stored] = await all("LPRO", 2);
      assert.equal(stored!.fields.active_energy_pos_tl, "123456789012345.999");
      assert.equal(stored!.fields.aggregate_active_pwr_pos, "-1.001");
      assert.equal(stored!.fields.voltage_phase_a, "230");
      assert.ok(!("current_phase_a" in stored!.fields));
    });

    test("the same key again is the same row with a greater id, another channel or event code is another row", async () => {
      await rows.store.write([
        row("LPRO", 3, { active_energy_pos_tl: "1" }),
        row("LPRO", 3, { active_energy_pos_tl: "2", frequency: "50" }, { channel: 1 }),
        row("EVNT", 3, { event_code: 202, event_description: "tab\t line\n back\\slash ünï€😀" }),
        row("EVNT", 3, { event_code: 203 }),
      ]);
      const first = await all("LPRO", 3);
      await rows.store.write([row("LPRO", 3, { active_energy_pos_tl: "9" })]);
      const second = await all("LPRO", 3);
      assert.deepEqual(
        second.map(({ fields }) => [fields.channel_id, fields.active_energy_pos_tl]),
        [
          [0, "9"],
          [1, "2"],
        ],
      );
      assert.ok(second[0]!.id > first[1]!.id);
      const events = await all("EVNT", 3);
      assert.deepEqual(
        events.map(({ fields }) => [fields.event_code, fields.event_description]),
        [
          [202, "tab\t line\n back\\slash ünï€😀"],
          [203, undefined],
        ],
      );
    });

    test("a row that cannot be stored is named, and nothing of its call is stored", async () => {
      const good = row("INST", 4, { frequency: "50" });
      for (const [bad, message] of [
        [row("INST", 4, { frequency: "5o" }), /INST row 1: frequency "5o" is no decimal/],
        [row("INST", 4, { frequency: "1234567890123456" }), /at most 15 digits/],
        [row("INST", 4, { current_tariff_register: 1.5 }), /current_tariff_register 1.5 is no integer/],
        [row("INST", 4, { frequency: "1" }, { at: Date.UTC(1899, 0, 1) }), /INST row 1: at .* is outside/],
        [row("INST", 4, { frequency: "1" }, { at: Number.NaN }), /at null is outside/],
        [row("INST", -1, { frequency: "1" }), /deviceNumber -1 is no integer/],
      ] as const) {
        await assert.rejects(rows.store.write([good, bad]), message);
      }
      await assert.rejects(rows.store.write([row("EVNT", 4, {})]), /event_code undefined is no integer/);
      assert.deepEqual([...(await all("INST", 4)), ...(await all("EVNT", 4))], []);
    });

    test("rows are read by meter, time, channel and field, page by page", async () => {
      const [first, second] = [50, 51];
      await rows.store.write(
        [first, second].flatMap((device) =>
          Array.from({ length: 10 }, (_, index) =>
            row(
              "LPRO",
              device,
              { active_energy_pos_tl: String(index), frequency: "50" },
              { at: at + index * quarterOfAnHour, interval: 15, channel: index % 2 },
            ),
          ),
        ),
      );
      const selection = { table: "LPRO" as const, organizationNumber, devices: [second, first], limit: 3 };
      const seen: unknown[] = [];
      let after: ReturnType<typeof positionOf> | undefined;
      for (;;) {
        const page = await rows.queries.rows({
          ...selection,
          after,
          from: at + quarterOfAnHour,
          to: at + 4 * quarterOfAnHour,
        });
        seen.push(...page.map(({ deviceNumber, fields }) => `${deviceNumber} ${fields.active_energy_pos_tl}`));
        if (page.length < selection.limit) break;
        after = positionOf("LPRO", page.at(-1)!);
      }
      assert.deepEqual(seen, ["50 1", "50 2", "50 3", "50 4", "51 1", "51 2", "51 3", "51 4"]);
      const odd = await rows.queries.rows({
        ...selection,
        devices: [first],
        channel: 1,
        limit: 100,
        fields: ["interval"],
      });
      assert.deepEqual(
        odd.map(({ fields }) => Object.keys(fields).sort()),
        Array.from({ length: 5 }, () =>
          ["channel_id", "db_datetime", "id", "interval", "mdc_read_datetime", "meter_datetime"].sort(),
        ),
      );
      assert.deepEqual(await rows.queries.rows({ ...selection, organizationNumber: 8 }), []);
    });

    test("ten thousand meters and more are asked for at once, in both orders", async () => {
      const devices = Array.from({ length: 25_000 }, (_, index) => 100_000 + index);
      const written = [devices[20_000]!, devices[3]!, devices[12_000]!];
      for (const device of written) await rows.store.write([row("BILL", device, { active_energy_pos_tl: "1" })]);
      const selection = { table: "BILL" as const, organizationNumber, devices, limit: 2 };
      const byMeter = await rows.queries.rows(selection);
      assert.deepEqual(
        byMeter.map(({ deviceNumber }) => deviceNumber),
        [devices[3], devices[12_000]],
      );
      const ahead = new ProfileRowQueries(columnar, rowVisibility(undefined), () => Date.now() + 60_000);
      const byId = await ahead.rows({ ...selection, afterId: 0 });
      assert.deepEqual(
        byId.map(({ deviceNumber }) => deviceNumber),
        written.slice(0, 2),
      );
    });

    test("visuals keep the newest of each value, whatever order it comes in", async () => {
      const meter = { organizationNumber, deviceNumber: 60 };
      await rows.visuals.update([
        { ...meter, at, fields: { voltage_phase_a: "230.1234", last_command: "relay" } },
        { ...meter, at: at - 1, fields: { voltage_phase_a: "1", frequency: "50.01" } },
      ]);
      await rows.visuals.update([{ ...meter, at: at + 1, fields: { voltage_phase_a: "231" } }]);
      await rows.visuals.update([{ ...meter, at: at - 2, fields: { last_command: "older" } }]);
      const found = (await rows.visuals.read(organizationNumber, [60, 61])).get(60)!;
      const { db_datetime, ...values } = found;
      assert.deepEqual(values, { voltage_phase_a: "231", frequency: "50.01", last_command: "relay" });
      assert.ok(Math.abs(Number(db_datetime) - Date.now()) < 60_000);
      await assert.rejects(
        rows.visuals.update([{ ...meter, at, fields: { colour: "red" } }]),
        /METER_VISUALS has no colour/,
      );
      await assert.rejects(
        rows.visuals.update([{ ...meter, at, fields: { frequency: "x" } }]),
        /frequency "x" is no decimal/,
      );
    });

    test("rows bring visuals up to date, wrong clocks do not", async () => {
      await rows.store.write([
        row("INST", 70, { voltage_phase_a: "229", aggregate_active_pwr_pos: "1.5", signal_strength: "-80" }),
        row("INST", 70, { voltage_phase_a: "1" }, { at: at - quarterOfAnHour }),
        row("INST", 70, { voltage_phase_b: "500" }, { at: at + 400 * 86_400_000 }),
        row("INST", 70, { voltage_phase_c: "500" }, { at: at + 4e10, readAt: at + 4e10 }),
        row("BILL", 70, { active_energy_pos_tl: "77", active_energy_abs_tl: "78" }),
        row("EVNT", 70, { event_code: 203 }, { at: at + 1_000 }),
        row("EVNT", 70, { event_code: 202 }),
        row("EVNT", 70, { event_code: 111 }),
        row("EVNT", 70, { event_code: 999 }),
      ]);
      const { db_datetime: _, ...found } = (await rows.visuals.read(organizationNumber, [70])).get(70)!;
      assert.deepEqual(found, {
        voltage_phase_a: "229",
        aggregate_active_pwr_pos: "1.5",
        aggregate_active_pwr_pos_datetime: at,
        last_signal_strength: "-80",
        meter_datetime: at,
        active_energy_pos_tl: "77",
        active_energy_pos_tl_datetime: at,
        aggregate_active_energy_abs_tl: "78",
        aggregate_active_energy_abs_tl_datetime: at,
        last_contactor_off_datetime: at + 1_000,
        last_contactor_on_datetime: at,
        auxr_status: 0,
        auxr_datetime: at + 1_000,
        power_status: 0,
        power_status_datetime: at,
        mdc_read_datetime: readAt,
        last_communication_datetime: readAt,
      });
    });

    test("a row without a value of its table is none, and still tells what is newest", async () => {
      await rows.store.write([
        row("INST", 75, { active_energy_pos_tl: "5", voltage_phase_a: "" }),
        row("LPRO", 75, { current_tariff_register: 2 }, { interval: 15 }),
      ]);
      assert.deepEqual([...(await all("INST", 75)), ...(await all("LPRO", 75))], []);
      assert.equal((await rows.visuals.read(organizationNumber, [75])).get(75)?.active_energy_pos_tl, "5");
    });

    test("what was taken is stored before it closes", async () => {
      const writing = rows.store.write([row("INST", 80, { frequency: "50" })]);
      await rows.close();
      await writing;
      assert.equal((await all("INST", 80)).length, 1);
      await assert.rejects(rows.store.write([row("INST", 80, { frequency: "50" })]), /closed/);
      await columnar.close();
    });
  });
}

const samples = {
  decimal: (index: number) => `-${index}.5`,
  integer: (index: number) => index,
  digits: (index: number) => `9007199254740${String(index).padStart(3, "0")}`,
  datetime: (index: number) => at + index,
  text: (index: number) => `text ${index} \t\n\\`,
} as const;
