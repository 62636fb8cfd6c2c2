import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type MeterDescription, otherMeters } from "@anymeter/simulator";
import type { UdilRow } from "@anymeter/udil";
import type { CommandName, CommandParameters } from "../../registry/commands/index.ts";
import { openReadingScene } from "../testing/reading-scene.ts";
import { type Carry, startCommands } from "./testing/carried-commands.ts";

/** One meter of each protocol that can be opened. */
const models = ["VC280", "KV100", "HM100", "T3-630", "L6Q"];

describe("commands to meters of other protocols", () => {
  let carryTo: Carry;
  const devices = new Map<string, { readonly id: string; readonly meter: MeterDescription }>();
  before(async () => {
    const scene = await openReadingScene({ meters: 1, others: otherMeters, historyDays: 1 });
    for (const meter of scene.others) {
      if (!models.includes(meter.model) || devices.has(meter.protocol)) continue;
      devices.set(meter.protocol, { id: await scene.register(meter), meter });
    }
    carryTo = await startCommands(scene);
    assert.deepEqual([...devices.keys()].sort(), ["i-flag", "iec62056-21", "lis-200", "mbus", "modbus"]);
  });

  /** What became of the command, by protocol. */
  async function carry<Name extends CommandName>(
    command: Name,
    parameters: CommandParameters<Name> & Readonly<Record<string, unknown>>,
  ) {
    const rows = await carryTo(
      command,
      parameters,
      [...devices.values()].map(({ id }) => id),
    );
    return new Map([...devices.keys()].map((protocol, index) => [protocol, rows[index]!]));
  }

  test("clocks are set by the call that sets them; meters without one are refused", async () => {
    const rows = await carry("time_synchronization", {});
    for (const [protocol, { state, statusLevel, timesSent, cause, result }] of rows) {
      if (protocol === "mbus" || protocol === "modbus") {
        assert.deepEqual([state, statusLevel, cause], ["refused", 0, "command_unsupported"], protocol);
        continue;
      }
      assert.deepEqual([state, statusLevel, timesSent], ["succeeded", 5, 1], protocol);
      const { remaining_drift_seconds: left } = result as { remaining_drift_seconds: number };
      assert.ok(Math.abs(left) <= 2, `${protocol}: ${left} s`);
    }
  });

  test("present values of electricity meters are a row of INST, whether UDIL knows the meter or not", async () => {
    const rows = await carry("on_demand_read", { type: "INST" });
    for (const protocol of ["modbus", "iec62056-21"]) {
      const { state, remark, result } = rows.get(protocol)!;
      assert.equal(state, "succeeded", `${protocol}: ${remark}`);
      const { table, rows: found } = result as { table: string; rows: readonly UdilRow[] };
      assert.deepEqual([table, found.length], ["INST", 1], protocol);
      assert.ok(Number(found[0]!.active_energy_pos_tl) > 0 && Number(found[0]!.voltage_phase_a) > 200, protocol);
      assert.ok(Math.abs(Number(found[0]!.meter_datetime) - Date.now()) < 60_000, protocol);
    }
    assert.equal(rows.get("i-flag")!.state, "refused");
  });

  test("a kind of rows the protocol has no call for is refused, and rows without UDIL's columns are told", async () => {
    const rows = await carry("on_demand_read", { type: "LPRO" });
    const modbus = rows.get("modbus")!;
    assert.deepEqual([modbus.state, modbus.cause], ["failed", "command_unsupported"]);
    assert.match(modbus.remark ?? "", /keep no rows of LPRO/);
    const { state, result, remark } = rows.get("iec62056-21")!;
    assert.equal(state, "succeeded", remark ?? "");
    // Its load profile holds the energy of each interval, where UDIL has registers.
    assert.deepEqual(result, { table: "LPRO", rows: [] });
    assert.match(remark ?? "", /^\d+ rows were read, none of whose columns is one of UDIL's\.$/);
  });
});
