/** The driver against simulated meters on real sockets, into real stores. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { before, describe, test } from "node:test";
import { type ModbusDevice, ModbusServer, registerMap } from "@anymeter/modbus";
import type { MeterDescription, NeighbourhoodMeter, OtherMeter } from "@anymeter/simulator";
import { makeModbusMeter } from "../../../../../simulator/src/meters/modbus/index.ts";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { oneAttempt, openReadingScene, type ReadingScene } from "../../testing/reading-scene.ts";

const three = { make: makeModbusMeter, electricity: "house" } as const;
const others: readonly OtherMeter[] = [
  { ...three, model: "T3-630" },
  { ...three, model: "T1-120", electricity: "home", gateway: "RS-485" },
  { ...three, model: "CG-340", gateway: "RS-485" },
  { ...three, model: "BE-23" },
  { ...three, model: "SF-203" },
  { ...three, model: "J-96" },
];

describe("Modbus meters", () => {
  let scene: ReadingScene;
  before(async () => {
    scene = await openReadingScene({ meters: 0, others });
    await scene.openHeadEnd(oneAttempt).start();
  });

  const meterOf = (model: string): NeighbourhoodMeter => scene.others.find((meter) => meter.model === model)!;

  for (const { model } of others.filter((one) => one.model !== "J-96")) {
    test(`${model}: every value is stored at the time it was read, in the unit of its series`, async () => {
      const meter = meterOf(model);
      const device = await scene.register(meter);
      const [begun, done] = [Date.now(), await scene.succeeded(device, "read_registers")];
      const readings = await scene.readingsOf(device);
      assert.equal(readings.length, done.readings_stored);
      assert.ok(readings.length >= 8, `${readings.length} readings`);
      for (const { at } of readings) {
        assert.ok(at >= begun - 1000 && at <= Date.now() && at % 1000 === 0, String(at));
      }
      const supply = meter.supply as { registers(at: number): { import: number } };
      const imported = readings.find(({ name }) => name === "1-0:1.8.0")!;
      assert.equal(imported.unit, "Wh");
      const truth = supply.registers(imported.at).import;
      assert.ok(Math.abs(Number(imported.value) - truth) <= 101 + truth * 2 ** -23, `${imported.value} of ${truth} Wh`);
      const volts = readings.find(({ name }) => name === "1-0:32.7.0")!;
      assert.ok(volts.unit === "V" && Number(volts.value) > 200 && Number(volts.value) < 260, volts.value);
    });
  }

  test("chosen series are read alone and shown on the run as the meter told them", async () => {
    const device = await scene.register(meterOf("T3-630"));
    const done = await scene.succeeded(device, "read_registers", { series: ["1-0:1.8.0", "1-0:13.7.0"] });
    assert.deepEqual(Object.keys(done.result as object), ["1-0:1.8.0", "1-0:13.7.0"]);
    const shown = done.result as Record<string, { value: string; unit: string | null; timestamp: string }>;
    assert.equal(shown["1-0:1.8.0"]!.unit, "kWh");
    assert.equal(shown["1-0:13.7.0"]!.unit, null);
    assert.deepEqual(done.notes, ["1-0:13.7.0 is not stored: the meter's config has no such series."]);
    assert.deepEqual(
      (await scene.readingsOf(device)).map(({ name }) => name),
      ["1-0:1.8.0"],
    );
  });

  test("a value that the meter does not have is told, and is no reading", async () => {
    const device = await scene.register(meterOf("T3-630"));
    meterOf("T3-630").faults.set({ noValues: true } as never);
    const done = await scene.succeeded(device, "read_registers", { series: ["1-0:32.7.0"] });
    meterOf("T3-630").faults.clear();
    assert.equal(done.readings_stored, 0);
    assert.match(done.notes!.join(" "), /1-0:32\.7\.0: the meter has no value now/);
  });

  test("a register that the meter refuses is the run's cause; what was read beside it is stored", async () => {
    const device = await scene.register(meterOf("J-96"));
    const failed = await scene.run(device, "read_registers");
    assert.deepEqual([failed.state, failed.cause], ["failed", "object_missing"]);
    assert.match(failed.cause_detail!, /read 2 holding registers from 19050 \(0x4A6A\): illegal data address/);
    assert.match(
      failed.cause_detail!,
      /^Not read: 1-0:14\.7\.0; the other \d+ were\. Leave it out by the series of the task/,
    );
    assert.match(failed.cause_detail!, /check the register map and whether it counts from 0 or from 1.* at once\.$/);
    assert.match(failed.cause_advice!, /what else was read is stored/);
    assert.equal(failed.readings_stored, registerMap("janitza-umg96rm").entries.length - 1);
    assert.equal((await scene.readingsOf(device)).length, registerMap("janitza-umg96rm").entries.length - 1);
  });

  test("that is left out as the detail says, the run succeeds", async () => {
    const device = await scene.register({ ...meterOf("J-96"), make: "Left out" });
    const series = registerMap("janitza-umg96rm").entries.map((entry) => entry.series);
    const done = await scene.succeeded(device, "read_registers", {
      series: series.filter((name) => name !== "1-0:14.7.0"),
    });
    assert.deepEqual([done.readings_stored, done.notes], [series.length - 1, []]);
  });

  test("any register can be looked at, in any type and order", async () => {
    const device = await scene.register(meterOf("CG-340"));
    const volts = { function: 4, address: 0, count: 4, type: "int32", exponent: -1 };
    const { result } = await scene.succeeded(device, "read_raw", { ...volts, order: "CDAB" });
    const { registers, values } = result as { registers: string; values: Record<string, string> };
    assert.match(registers, /^[0-9A-F]{16}$/);
    assert.deepEqual(Object.keys(values), ["0", "2"]);
    assert.ok(Number(values["0"]) > 200 && Number(values["0"]) < 260, values["0"]);
    const refused = await scene.run(device, "read_raw", { function: 1, address: 0, count: 8 });
    assert.equal(refused.cause, "object_missing");
    assert.match(refused.cause_detail!, /illegal function \(exception 01\)/);
  });

  test("a meter says what it is", async () => {
    const device = await scene.register(meterOf("BE-23"));
    const { result } = await scene.succeeded(device, "read_identification");
    assert.deepEqual(result, { VendorName: "Brevik", ProductCode: "BE-23", MajorMinorRevision: "3.2" });
  });

  describe("writing", () => {
    const words = new Map([
      [10, 4],
      [11, 0],
    ]);
    let takes = true;
    const device: ModbusDevice = {
      readRegisters: (_, address, quantity) =>
        Uint8Array.from({ length: quantity * 2 }, (_byte, index) => {
          const word = words.get(address + (index >> 1)) ?? 0;
          return index % 2 ? word & 0xff : word >> 8;
        }),
      writeRegisters(address, bytes) {
        for (let at = 0; takes && at < bytes.length; at += 2)
          words.set(address + at / 2, (bytes[at]! << 8) | bytes[at + 1]!);
        return undefined;
      },
    };
    let meter: MeterDescription;
    before(async () => {
      const server = createServer((socket) => {
        const session = new ModbusServer({ device: () => device });
        socket.on("error", () => socket.destroy());
        socket.on("data", (bytes) => {
          session.receive(bytes);
          for (let output = session.takeOutput(); output; output = session.takeOutput()) socket.write(output);
        });
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      cleanUpAfterTests(() => void server.close());
      const address = server.address();
      assert.ok(address !== null && typeof address === "object");
      meter = { ...meterOf("SF-203"), make: "Writable", port: address.port };
    });

    test("happens where the registers hold what is expected, and once only", async () => {
      const id = await scene.register(meter);
      const change = { address: 10, values: [5], expected: [4], function: 6 };
      assert.deepEqual((await scene.succeeded(id, "write_registers", change)).result, {
        before: "0004",
        after: "0005",
      });
      assert.equal(words.get(10), 5);
      const again = await scene.succeeded(id, "write_registers", change);
      assert.match(again.notes!.join(" "), /held the values already: nothing was written/);
    });

    test("of a wider type goes out in its order", async () => {
      const id = await scene.register(meter);
      words.set(10, 0).set(11, 0);
      await scene.succeeded(id, "write_registers", {
        address: 10,
        values: ["230"],
        expected: ["0"],
        type: "float32",
        order: "CDAB",
      });
      assert.deepEqual([words.get(10), words.get(11)], [0, 0x4366]);
    });

    test("is left alone where they hold something else, and told when the meter did not keep it", async () => {
      const id = await scene.register(meter);
      words.set(10, 7);
      const refused = await scene.run(id, "write_registers", { address: 10, values: [5], expected: [4] });
      assert.equal(refused.cause, "invalid_call");
      assert.match(refused.cause_detail!, /hold 0007 instead of 0004: nothing was written/);
      takes = false;
      const lost = await scene.run(id, "write_registers", { address: 10, values: [5], expected: [7] });
      takes = true;
      assert.equal(lost.cause, "request_refused");
      assert.match(lost.cause_detail!, /hold 0007 instead of 0005/);
      const crooked = await scene.run(id, "write_registers", { address: 10, values: [5, 6], expected: [7] });
      assert.match(crooked.cause_detail!, /as many registers/);
    });
  });

  test("a meter without a map is read by registers of its own settings", async () => {
    const own = { ...meterOf("T3-630"), make: "Own registers" };
    const registers = [
      { series: "1-0:1.8.0", unit: "kWh", address: 0x48, table: "input", type: "float32" },
      { series: "1-0:32.7.0", unit: "mV", address: 0, table: "input", type: "float32" },
    ];
    const device = await scene.register({ ...own, settings: { framing: "rtu", registers, max_registers: 10 } });
    const done = await scene.succeeded(device, "read_registers");
    assert.equal(done.readings_stored, 2);
    const volts = (await scene.readingsOf(device)).find(({ name }) => name === "1-0:32.7.0")!;
    assert.ok(Number(volts.value) < 1, "230 mV in V");
  });

  const failures: readonly (readonly [
    name: string,
    model: string,
    settings: Record<string, unknown>,
    faults: Record<string, unknown>,
    kwargs: Record<string, unknown>,
    cause: string,
    detail: RegExp,
  ])[] = [
    ["a busy meter", "T3-630", {}, { busy: true }, {}, "meter_busy", /exception 06.*longer pause/],
    ["a unit that is not there", "BE-23", { unit: 9 }, {}, {}, "no_answer", /No answer/],
    ["a silent line", "T3-630", {}, { silent: true }, {}, "no_answer", /No answer/],
    ["a gateway that does not convert", "SF-203", {}, { wrongFraming: true }, {}, "garbage", /Set the framing to rtu/],
    ["a gateway that converts", "CG-340", {}, { wrongFraming: true }, {}, "garbage", /Set the framing to tcp/],
    [
      "foreign transaction ids",
      "BE-23",
      { check_transaction_id: true },
      {},
      {},
      "no_answer",
      /check_transaction_id to false/,
    ],
    ["a series the map lacks", "SF-203", {}, {}, { series: ["1-0:9.9.9"] }, "invalid_call", /It has: .*1-0:1\.8\.0/],
    ["no SunSpec meter", "T3-630", { map: "sunspec-meter" }, {}, {}, "object_missing", /no marker "SunS"/],
    ["nothing to read by", "T3-630", { map: undefined }, {}, {}, "settings_invalid", /Neither a map nor registers/],
    ["a reset line", "T3-630", {}, { resetAfter: 1 }, {}, "connection_reset", /./],
  ];
  for (const [name, model, settings, faults, kwargs, cause, detail] of failures) {
    test(`${name}: ${cause}, and what to do`, async () => {
      const meter = meterOf(model);
      const changed = JSON.parse(JSON.stringify({ ...meter.settings, timeout_seconds: 0.2, ...settings }));
      const device = await scene.register({ ...meter, make: name, settings: changed });
      // Behind a gateway the first meter's faults are those of the line.
      const gateway = scene.others.find(({ port }) => port === meter.port)!;
      gateway.faults.set(faults as never);
      try {
        const failed = await scene.run(device, "read_registers", kwargs);
        assert.deepEqual([failed.state, failed.cause], ["failed", cause], failed.cause_detail ?? "");
        assert.match(failed.cause_detail ?? "", detail);
        assert.ok(failed.cause_sentence && failed.cause_advice);
      } finally {
        gateway.faults.clear();
      }
    });
  }
});
