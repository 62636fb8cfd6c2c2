/** The models over real sockets, read with the library's client: truth of the values, habits and faults. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, describe, test } from "node:test";
import { type ClientSettings, type MapReading, ModbusClient, objectText, registerMap } from "@anymeter/modbus";
import { Conversation, lineOver } from "@anymeter/sans-io";
import { type Neighbourhood, type NeighbourhoodMeter, startNeighbourhood } from "../../neighbourhood/neighbourhood.ts";
import type { SupplyPoint } from "../../supply/supply-point.ts";
import { makeModbusMeter } from "./index.ts";
import { models } from "./models.ts";
import type { ModbusSettings } from "./registration.ts";

const now = Date.UTC(2026, 1, 3, 18, 20);
const streets: Neighbourhood[] = [];
after(() => Promise.all(streets.map((street) => street.close())));

type Place = {
  readonly model: string;
  readonly at?: "house" | "home" | "house with heat pump";
  readonly gateway?: string;
};

async function street(...places: readonly Place[]): Promise<readonly NeighbourhoodMeter[]> {
  const others = places.map(({ at = "house", ...place }) => ({ make: makeModbusMeter, electricity: at, ...place }));
  const opened = await startNeighbourhood({ seed: 7, meters: 0, others, clock: () => now });
  streets.push(opened);
  return opened.meters;
}

async function talk<Result>(
  meter: NeighbourhoodMeter,
  ask: (client: ModbusClient, conversation: Conversation) => Promise<Result>,
  own: ClientSettings = {},
): Promise<Result> {
  const settings = meter.settings as ModbusSettings;
  const socket = connect(meter.port, meter.host);
  await once(socket, "connect");
  const client = new ModbusClient({
    framing: settings.framing ?? "tcp",
    checkTransactionId: settings.check_transaction_id ?? true,
    unit: (meter.ownSettings?.unit as number | undefined) ?? 1,
    timeoutMilliseconds: 300,
    settleMilliseconds: 20,
    ...own,
  });
  try {
    return await ask(client, new Conversation(client, lineOver(socket)));
  } finally {
    socket.destroy();
  }
}

const readMap = (meter: NeighbourhoodMeter, own: ClientSettings = {}) =>
  talk(
    meter,
    (client, conversation) => conversation.request(client.readMap(registerMap((meter.settings as ModbusSettings).map))),
    own,
  );

/** Values in Wh, W, V, A and Hz by the last part of their names, "1.8.0". */
function values({ values }: MapReading): Record<string, number | undefined> {
  return Object.fromEntries(
    values.map(({ entry, value }) => [
      entry.series.slice("1-0:".length),
      value === undefined ? undefined : Number(value) * (entry.unit.startsWith("k") ? 1000 : 1),
    ]),
  );
}

/** Steps of counters, in Wh, where they are coarser than 1. */
const steps: Readonly<Record<string, number>> = { "CG-340": 100, "BE-23": 10 };

describe("every model tells what its supply point measures", () => {
  for (const { model, map, lacks } of models) {
    test(`${model}, by the map ${map}`, async () => {
      const [meter] = await street({ model, at: model === "T1-120" ? "home" : "house with heat pump" });
      const reading = await readMap(meter!);
      const told = values(reading);
      const supply = meter!.supply as SupplyPoint;
      const [energy, means] = [supply.registers(now), supply.now(now)];
      const imported = told["1.8.0"] ?? told["1.8.1"]!;
      // A float32 has 24 binary digits.
      const tolerance = (steps[model] ?? 1) + energy.import * 2 ** -23;
      assert.ok(Math.abs(imported - energy.import) <= tolerance, `${imported} of ${energy.import} Wh`);
      const watts = means.watts.reduce((sum, one) => sum + one, 0);
      assert.ok(Math.abs(told["16.7.0"]! - watts) <= 5.1, `${told["16.7.0"]} of ${watts} W`);
      const volts = means.volts.find((one) => one > 0)!;
      assert.ok(Math.abs(told["32.7.0"]! - volts) <= 0.06, `${told["32.7.0"]} of ${volts} V`);
      const missing = reading.problems.flatMap(({ entries }) => entries.map(({ series }) => series));
      assert.deepEqual(missing, lacks.value);
      for (const { error } of reading.problems) assert.equal(error.code, "illegal_data_address");
    });
  }
});

describe("a phase that is not connected", () => {
  for (const [model, shown] of [
    ["T3-630", undefined],
    ["BE-23", undefined],
    ["SF-203", undefined],
    ["CG-340", 0],
    ["J-96", 0],
  ] as const) {
    test(`of ${model} is ${shown ?? "not available"}`, async () => {
      const [meter] = await street({ model, at: "home" });
      const told = values(await readMap(meter!));
      assert.ok(told["32.7.0"]! > 200);
      assert.equal(told["52.7.0"], shown);
    });
  }
});

test("meters behind one gateway are told apart by their units", async () => {
  const [first, second] = await street(
    { model: "T1-120", at: "home", gateway: "RS-485" },
    { model: "CG-340", gateway: "RS-485" },
  );
  assert.equal(first!.port, second!.port);
  assert.deepEqual([first!.ownSettings, second!.ownSettings], [undefined, { unit: 2 }]);
  assert.ok(values(await readMap(first!))["1.8.0"]! > 0);
  assert.ok(values(await readMap(second!))["72.7.0"]! > 200);
  second!.faults.set({ absent: true } as never);
  await assert.rejects(readMap(second!), { code: "no_answer" });
  assert.ok(values(await readMap(first!))["1.8.0"]! > 0);
});

test("a gateway with transaction id 0 is noticed, and read when ids are not checked", async () => {
  const [meter] = await street({ model: "BE-23" });
  await assert.rejects(readMap(meter!, { checkTransactionId: true }), /check_transaction_id to false/);
  assert.ok(values(await readMap(meter!))["1.8.0"]! > 0);
});

test("more registers than the model takes are refused with exception 03", async () => {
  const [meter] = await street({ model: "CG-340" });
  const asked = talk(meter!, (client, conversation) => conversation.request(client.readInputRegisters(0, 51)));
  await assert.rejects(asked, { code: "illegal_data_value" });
});

describe("faults", () => {
  test("busy, without values, and set up in the wrong framing", async () => {
    const [meter] = await street({ model: "BE-23" });
    const faults = meter!.faults as { set(faults: Record<string, boolean | undefined>): void };
    faults.set({ busy: true });
    await assert.rejects(readMap(meter!, { busyMilliseconds: 10 }), { code: "device_busy" });
    faults.set({ busy: undefined, noValues: true });
    assert.ok((await readMap(meter!)).values.every(({ value }) => value === undefined));
    faults.set({ noValues: undefined, wrongFraming: true });
    await assert.rejects(readMap(meter!), { code: "framing_is_rtu" });
  });

  test("of the line: noise before RTU answers and single bytes are read through", async () => {
    const [meter] = await street({ model: "iE-3155" });
    meter!.faults.set({ garbage: "before" });
    assert.ok(values(await readMap(meter!))["1.8.0"]! > 0);
    meter!.faults.set({ garbage: undefined, byteInterval: 1 });
    assert.ok(values(await readMap(meter!))["1.8.0"]! > 0);
  });
});

test("a meter says what it is", async () => {
  const [meter] = await street({ model: "SF-203" });
  const { objects } = await talk(meter!, (client, conversation) => conversation.request(client.readIdentification()));
  assert.deepEqual([...objects.values()].map(objectText), ["Sonnfeld", "SF-203", "5.0"]);
});
