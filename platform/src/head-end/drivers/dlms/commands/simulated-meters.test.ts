import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { UdilRow } from "@anymeter/udil";
import { dlmsReading } from "../../../../../../simulator/src/meters/dlms/registration.ts";
import type { CommandDeviceRow } from "../../../../commands/command-rows.ts";
import type { CommandName, CommandParameters } from "../../../../registry/commands/index.ts";
import { openReadingScene, type ReadingScene } from "../../../testing/reading-scene.ts";
import { type Carry, startCommands } from "../../testing/carried-commands.ts";

describe("commands to simulated meters of every make", () => {
  let scene: ReadingScene;
  let carryTo: Carry;
  /** One of each make, by "manufacturer model". */
  const devices = new Map<string, string>();
  const withObjectsOfTheirOwn = new Set<string>();
  const withoutRelay = new Set<string>();
  const withModem = new Set<string>();
  before(async () => {
    scene = await openReadingScene({ meters: 60, historyDays: 2 });
    for (const meter of scene.meters) {
      const make = `${meter.make} ${meter.model}`;
      if (devices.has(make)) continue;
      meter.faults.clear();
      const device = await scene.register(meter);
      devices.set(make, device);
      const global_device_id = `m${devices.size}`;
      await scene.db.updateTable("meter_devices").set({ global_device_id }).where("id", "=", device).execute();
      if ((meter.settings as { profile?: string }).profile === "tpi-34g") withObjectsOfTheirOwn.add(make);
      if (meter.deviceFields?.has_disconnector !== true) withoutRelay.add(make);
    }
    carryTo = await startCommands(scene);
    assert.ok(devices.size >= 7 && withObjectsOfTheirOwn.size === 1 && withoutRelay.size >= 1, [...devices].join());
  });

  /** What became of the command, by make. */
  async function carry<Name extends CommandName>(
    command: Name,
    parameters: CommandParameters<Name> & Readonly<Record<string, unknown>>,
  ): Promise<ReadonlyMap<string, CommandDeviceRow>> {
    const rows = await carryTo(command, parameters, [...devices.values()]);
    return new Map([...devices.keys()].map((make, index) => [make, rows[index]!]));
  }

  /** Carried out by all, or by all with a relay; the others are refused. */
  async function carriedOut<Name extends CommandName>(
    command: Name,
    parameters: CommandParameters<Name> & Readonly<Record<string, unknown>>,
  ) {
    const rows = await carry(command, parameters);
    const needsRelay = interrupting.has(command);
    for (const [make, { state, statusLevel, cause, remark }] of rows) {
      const expected = needsRelay && withoutRelay.has(make) ? ["refused", 0] : ["succeeded", 5];
      assert.deepEqual([state, statusLevel], expected, `${make}: ${cause} ${remark}`);
    }
    return new Map([...rows].filter(([, { state }]) => state === "succeeded"));
  }

  /** By those that have something to take back. */
  async function carriedOutWithRelay(parameters: CommandParameters<"parameterization_cancellation">) {
    for (const [make, { state, cause, remark }] of await carry("parameterization_cancellation", parameters)) {
      if (withoutRelay.has(make)) assert.equal(cause, "command_unsupported", make);
      else assert.equal(state, "succeeded", `${make}: ${cause} ${remark}`);
    }
  }

  async function read(type: CommandParameters<"on_demand_read">["type"], more: { start_datetime?: string } = {}) {
    const rows = await carriedOut("on_demand_read", { type, ...more });
    return new Map(
      [...rows].map(([make, { result }]) => {
        const { table, rows: found } = result as { table: string; rows: readonly UdilRow[] };
        assert.equal(table, type);
        return [make, found] as const;
      }),
    );
  }

  /** Rows of EVENTS of the last minutes with the code, by make. */
  async function countedEvents(code: number, makes: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const make of makes) {
      const rows = await scene.query(
        `select event_code from udil_event_rows final where event_code = ${code}
         and device_number = ${await scene.numberOf(devices.get(make)!)} and event_datetime > now() - interval 10 minute`,
      );
      counts.set(make, rows.length);
    }
    return counts;
  }

  test("the relay cuts the load and gives it back, unless somebody must press the meter's button", async () => {
    const off = await carriedOut("aux_relay_operations", { relay_operate: 0 });
    for (const [make, { result }] of off) assert.deepEqual(result, { output_state: false, control_state: 0 }, make);
    for (const [make, [row]] of await read("INST")) {
      if (!withoutRelay.has(make)) assert.equal(Number(row!.aggregate_active_pwr_pos), 0, make);
    }
    const on = await carriedOut("aux_relay_operations", { relay_operate: 1 });
    // Told at once, and once, though every make logs it and the log is read afterwards.
    const offs = await countedEvents(203, off.keys());
    await read("EVNT");
    assert.deepEqual(await countedEvents(203, off.keys()), offs);
    for (const [make, count] of offs) assert.equal(count, 1, make);
    for (const [make, count] of await countedEvents(202, on.keys())) {
      const isOn = (on.get(make)!.result as { output_state: boolean }).output_state;
      assert.equal(count, isOn ? 1 : 0, make);
    }
    const states = [...on.values()].map(({ result, remark }) => ({ ...(result as { control_state: number }), remark }));
    assert.ok(states.some(({ control_state }) => control_state === 1));
    for (const { control_state, remark } of states) {
      if (control_state !== 1) assert.match(remark ?? "", /must press its button/);
    }
  });

  test("the clock is set to the second", async () => {
    for (const { device } of scene.meters) device.setClock(Date.now() + 600_000);
    for (const [make, { result }] of await carriedOut("time_synchronization", {})) {
      const { remaining_drift_seconds: left } = result as { remaining_drift_seconds: number };
      assert.ok(Math.abs(left) <= 2, `${make}: ${left} s`);
    }
  });

  test("how well the modem hears its network is in the row of the moment, however the make tells it", async () => {
    const strengths = [...(await read("INST"))].map(([make, [row]]) => [make, row!.signal_strength] as const);
    for (const [make, strength] of strengths) {
      if (strength === undefined) continue;
      withModem.add(make);
      assert.ok(Number(strength) >= -113 && Number(strength) <= -51, `${make}: ${strength}`);
    }
    assert.ok(withModem.size >= 5, `${[...withModem]} of ${[...devices.keys()]}`);
  });

  test("the schedule of the neighbourhood reads rows of the moment: power of every make, signal of its modems", async () => {
    const { task_call, task_kwargs } = dlmsReading.tasks.find(({ name }) => name === "Instantaneous values")!;
    for (const [make, device] of devices) {
      await scene.succeeded(device, task_call, task_kwargs);
      const [row] = await scene.query<{ power: string | null; signal: string | null; current: string | null }>(
        `select aggregate_active_pwr_pos as power, signal_strength as signal, current_total as current from udil_instantaneous_rows final
         where device_number = ${await scene.numberOf(device)} order by meter_datetime desc limit 1`,
      );
      assert.ok(row && row.power !== null && row.current !== null, make);
      assert.equal(row.signal !== null, withModem.has(make), make);
    }
  });

  test("what is set is what the meter then shows, on demand and among its visuals", async () => {
    const limited = await carriedOut("sanctioned_load_control", {
      ...{ load_limit: 20.5, maximum_retries: 10, retry_interval: 60 },
      ...{ threshold_duration: 30, retry_clear_interval: 3_600 },
    });
    for (const when of ["at once", "with the meter's log"]) {
      for (const [make, count] of await countedEvents(303, limited.keys())) assert.equal(count, 1, `${make} ${when}`);
      await read("EVNT");
    }
    for (const [make, { remark }] of limited) {
      assert.doesNotMatch(remark ?? "", /counts no retries/, make);
      if (withObjectsOfTheirOwn.has(make)) assert.equal(remark, null, make);
    }
    await carriedOut("load_shedding_scheduling", {
      ...{ start_datetime: "2037-01-01T12:00:00", end_datetime: "2037-02-01T12:00:00" },
      load_shedding_slabs: [
        { action_time: "18:00", relay_operate: 0 },
        { action_time: "20:30:00", relay_operate: 1 },
      ],
    });
    await carriedOut("update_mdi_reset_date", { mdi_reset_date: 5, mdi_reset_time: "00:30" });
    await carriedOut("update_wake_up_sim_number", {
      ...{ wakeup_number_1: "03001234567", wakeup_number_2: "03007654321", wakeup_number_3: "" },
    });
    const time = (start: string, tariff: number) => ({ start, tariff });
    await carriedOut("update_time_of_use", {
      day_profile: [{ name: "day", tariff_slabs: [time("17:00", 1), time("21:00", 2)] }],
      week_profile: [{ name: "week", weekly_day_profile: Array.from({ length: 7 }, () => "day") }],
      season_profile: [{ name: "year", week_profile_name: "week", start_date: "01-01" }],
      holiday_profile: [{ name: "new year", date: "01-01", day_profile_name: "day" }],
      activation_datetime: "2026-01-01T00:00:00",
    });
    for (const [make, [row]] of await read("VISL")) {
      const shown = row!;
      if (!withoutRelay.has(make)) {
        assert.equal(Number(shown.sanc_load_limit), 20.5, make);
        assert.deepEqual([shown.sanc_threshold_duration, shown.sanc_retry_interval], [30, 60], make);
        assert.deepEqual(
          JSON.parse(String(shown.lsch_load_shedding_slabs)),
          [
            { action_time: "18:00:00", relay_operate: 0 },
            { action_time: "20:30:00", relay_operate: 1 },
          ],
          make,
        );
      }
      assert.deepEqual([shown.mdi_reset_date, shown.mdi_reset_time], [5, "00:30:00"], make);
      assert.deepEqual([shown.wsim_wakeup_number_1, shown.wsim_wakeup_number_2], ["03001234567", "03007654321"], make);
      const [day] = JSON.parse(String(shown.tiou_day_profile)) as { tariff_slabs: unknown }[];
      assert.deepEqual(day!.tariff_slabs, ["17:00", "21:00"], make);
      assert.ok(Number(shown.active_energy_pos_tl) >= 0 && shown.dvtm_meter_clock !== undefined, make);
    }
  });

  test("what was set is taken back, and the calendar where the make keeps that of its factory", async () => {
    await carriedOutWithRelay({ type: "SANC" });
    await carriedOutWithRelay({ type: "LSCH" });
    for (const [make, [row]] of await read("VISL")) {
      if (withoutRelay.has(make)) continue;
      assert.equal(row!.sanc_load_limit, undefined, make);
      assert.deepEqual(JSON.parse(String(row!.lsch_load_shedding_slabs)), [], make);
    }
    for (const [make, { state, cause, remark }] of await carry("parameterization_cancellation", { type: "TIOU" })) {
      if (!withObjectsOfTheirOwn.has(make)) assert.deepEqual([state, cause], ["failed", "command_unsupported"], make);
      else assert.match(remark ?? "", /in force is called "FACTORY"/, `${make}: ${state} ${remark}`);
    }
  });

  test("what only some makes have an object for is refused by the others with the reason", async () => {
    const windows = await carry("activate_meter_optical_port", {
      optical_port_on_datetime: "2037-01-01T00:00:00Z",
      optical_port_off_datetime: "2037-01-01T01:00:00Z",
    });
    for (const [make, { state, cause, remark }] of windows) {
      if (withObjectsOfTheirOwn.has(make)) assert.equal(state, "succeeded", `${make}: ${remark}`);
      else {
        assert.deepEqual([state, cause], ["refused", "command_unsupported"], make);
        assert.match(remark ?? "", /no times between which it is open/);
      }
    }
    const destinations = await carry("update_ip_port", {
      ...{ primary_ip_address: "192.0.2.1", primary_port: 4059 },
      ...{ secondary_ip_address: "192.0.2.2", secondary_port: 4060 },
    });
    for (const [make, { state, remark }] of destinations) {
      assert.equal(state, withObjectsOfTheirOwn.has(make) ? "refused" : "succeeded", `${make}: ${remark}`);
    }
  });

  test("rows of every kind are read, stored and given", async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    for (const [make, rows] of await read("LPRO", { start_datetime: yesterday })) {
      assert.ok(rows.length >= 95 && rows.length <= 97, `${make}: ${rows.length} rows`);
      const [first, second] = rows;
      assert.equal(Number(second!.meter_datetime) - Number(first!.meter_datetime), 900_000, make);
      assert.ok(Number(rows.at(-1)!.active_energy_pos_tl) >= Number(first!.active_energy_pos_tl), make);
    }
    const stored = await scene.query<{ rows: string }>("select count() as rows from udil_load_profile_rows final");
    assert.ok(Number(stored[0]!.rows) >= 95 * devices.size);
    for (const type of ["BILL", "MBIL", "EVNT"] as const) {
      for (const [make, rows] of await read(type)) assert.ok(rows.length > 0, `${type} of ${make}`);
    }
  });

  test("before the period of a profile is changed, its rows are stored", async () => {
    const sampling = await carry("meter_data_sampling", {
      ...{ activation_datetime: "2026-01-01T00:00:00", data_type: "LPRO" },
      ...{ sampling_interval: 30, sampling_initial_time: 0 },
    });
    for (const [make, { state, result, remark }] of sampling) {
      if (withObjectsOfTheirOwn.has(make)) {
        assert.equal(state, "refused", make);
        continue;
      }
      assert.equal(state, "succeeded", `${make}: ${remark}`);
      assert.equal((result as { capture_period: number }).capture_period, 1_800, make);
      assert.match(remark ?? "", /^Before, \d+ rows of 1-0:99\.1\.0 were read/, make);
      assert.ok((await scene.storedReadings(devices.get(make)!)).readings > 100, make);
    }
  });
});

const interrupting: ReadonlySet<CommandName> = new Set([
  "aux_relay_operations",
  "sanctioned_load_control",
  "load_shedding_scheduling",
]);
