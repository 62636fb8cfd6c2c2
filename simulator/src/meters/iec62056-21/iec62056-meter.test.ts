/** The models over real sockets, read with the library's client: habits, truth of the values, and faults. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { ClientSession, type ClientSettings, epochOf, type MeterTime, type Readout } from "@anymeter/iec62056-21";
import { Conversation, lineOver, ProtocolError, scale } from "@anymeter/sans-io";
import { type Neighbourhood, type NeighbourhoodMeter, startNeighbourhood } from "../../neighbourhood/neighbourhood.ts";
import type { SupplyPoint } from "../../supply/supply-point.ts";
import { makeIec62056Meter } from "./index.ts";

/** An hour after the clocks went back in 2025, so that the double hour is in yesterday's rows. */
const start = Date.UTC(2025, 9, 26, 2);
let now = start;
const streets: Neighbourhood[] = [];
after(() => Promise.all(streets.map((street) => street.close())));

async function meterOf(model: string): Promise<NeighbourhoodMeter> {
  const others = [{ make: makeIec62056Meter, model, electricity: "house" as const }];
  const street = await startNeighbourhood({ seed: 7, meters: 0, others, clock: () => now, historyDays: 3 });
  streets.push(street);
  return street.meters[0]!;
}

/** Talks to a meter, and closes the line whatever comes of it. */
async function reading<Result>(
  meter: NeighbourhoodMeter,
  settings: ClientSettings,
  read: (client: ClientSession, ask: Conversation["request"]) => Promise<Result>,
): Promise<Result> {
  const socket = connect(meter.port, meter.host);
  await once(socket, "connect");
  const client = new ClientSession({ answerTimeout: 500, quietTime: 20, ...settings });
  const conversation = new Conversation(client, lineOver(socket));
  try {
    return await read(client, (request) => conversation.request(request));
  } finally {
    socket.destroy();
  }
}

const refusedAs = (code: string) => (error: unknown) => error instanceof ProtocolError && error.code === code;
const passwordOf = (meter: NeighbourhoodMeter) => meter.secrets!.iec62056_21_password!;
const addressOf = (meter: NeighbourhoodMeter) => meter.deviceFields!.iec62056_21_address as string;
const shown = ({ dataSets }: Pick<Readout, "dataSets">, address: string) =>
  dataSets.find((dataSet) => dataSet.address === address)?.values[0];
const kilowattHours = (wattHours: number) => scale(wattHours, -3).padStart(10, "0");
const summerAndWinter = (time: MeterTime) => new Date(epochOf(time, 60)!).toISOString().slice(11, 16);

for (const [model, settings, address] of [
  ["D3Z", {}, "1.8.0"],
  ["E4P", { parity: "even", protocol: "2" }, "1-0:1.8.0*255"],
  ["B1", { wakeUp: { count: 20, pause: 1 } }, "1.8.0"],
] as const) {
  test(`the readout of ${model} holds the energy that was used, by its habits`, async () => {
    const meter = await meterOf(model);
    const supply = meter.supply as SupplyPoint;
    const readout = await reading(meter, settings, (client, ask) => ask(client.readReadout()));
    assert.deepEqual(shown(readout, address), { value: kilowattHours(supply.registers(now).import), unit: "kWh" });
    assert.equal(readout.identification.model, model);
    const stored = readout.dataSets.filter(({ values }) => values.length === 2);
    assert.equal(stored.length, 8, "two months of four registers");
    assert.equal(stored[0]!.values[1]!.value, "2510010000");
    // The meter speaks to nobody who does not know its habits.
    if (Object.keys(settings).length > 0) {
      await assert.rejects(
        reading(meter, { attempts: 1, answerTimeout: 100 }, (client, ask) => ask(client.readReadout())),
        (error) => refusedAs("no_answer")(error) || refusedAs("answer_unreadable")(error),
      );
    }
  });
}

test("a load profile: its rows, its double hour, its partial blocks", async () => {
  const meter = await meterOf("L6Q");
  const supply = meter.supply as SupplyPoint;
  const settings = { address: addressOf(meter), password: passwordOf(meter) };
  const { rows, problems } = await reading(meter, settings, async (client, ask) => {
    await ask(client.openProgramming());
    return await ask(client.readLoadProfile({ command: "R6" }));
  });
  assert.deepEqual(problems, []);
  assert.ok(rows.length >= 3 * 96, `${rows.length} rows`);
  const double = rows.filter(({ time }) => time.day === 26 && time.hour === 2);
  assert.deepEqual(
    double.map(({ time }) => `${summerAndWinter(time)} ${time.season}`),
    [
      ...["00:00", "00:15", "00:30", "00:45"].map((each) => `${each} daylight-saving`),
      ...["01:00", "01:15", "01:30", "01:45"].map((each) => `${each} normal`),
    ],
  );
  assert.deepEqual(
    rows.filter(({ header }) => header.status & 0x08).map(({ time }) => summerAndWinter(time)),
    ["01:00"],
  );
  const clockError = meter.device.clockTime - now;
  for (const { time, values } of rows.slice(-4)) {
    const end = epochOf(time, 60)! - clockError;
    const used = supply.registers(end).import - supply.registers(end - 900_000).import;
    assert.ok(Math.abs(Number(values[0]!.value) - used / 250) < 0.05, `${values[0]!.value} kW for ${used} Wh`);
  }
});

test("limits of a profile are kept, and an empty range has no rows", async () => {
  const meter = await meterOf("L6Q");
  const settings = { address: addressOf(meter), password: passwordOf(meter) };
  const time = (hour: number) => ({
    year: 2025,
    month: 10,
    day: 25,
    hour,
    minute: 0,
    second: 0,
    season: "daylight-saving" as const,
  });
  await reading(meter, settings, async (client, ask) => {
    await ask(client.openProgramming());
    const { rows } = await ask(client.readLoadProfile({ from: time(10), to: time(12) }));
    assert.deepEqual([rows.length, rows[0]!.time, rows.at(-1)!.time], [9, time(10), time(12)]);
    const before = { ...time(10), year: 2020 };
    assert.deepEqual(await ask(client.readLoadProfile({ from: before, to: before })), { rows: [], problems: [] });
    await assert.rejects(ask(client.readLoadProfile({ argument: "now;" })), refusedAs("meter_error"));
  });
});

test("registers, the clock's refusal without the password, and its setting with it", async () => {
  const meter = await meterOf("L6Q");
  const address = addressOf(meter);
  await reading(meter, { address }, async (client, ask) => {
    const { operand, granted } = await ask(client.openProgramming());
    assert.deepEqual([operand, granted], [address, false]);
    const [energy] = await ask(client.read("1.8.0"));
    assert.equal(energy!.values[0]!.value, kilowattHours((meter.supply as SupplyPoint).registers(now).import));
    await assert.rejects(ask(client.read("9.9.9")), refusedAs("meter_error"));
    await assert.rejects(ask(client.write("0.9.1", "0120000")), refusedAs("meter_error"));
    await ask(client.endDialogue());
  });
  await reading(meter, { address, password: passwordOf(meter) }, async (client, ask) => {
    await ask(client.openProgramming());
    await ask(client.write("0.9.2", "0251026"));
    await ask(client.write("0.9.1", "0040000"));
    assert.equal((await ask(client.read("0.9.1")))[0]!.values[0]!.value, "0040000");
    await assert.rejects(ask(client.write("0.9.1", "0250000")), refusedAs("meter_error"));
  });
  assert.equal(Math.round((meter.device.clockTime - Date.UTC(2025, 9, 26, 3)) / 1000), 0);
});

test("the utility has the wrong password of the older meter", async () => {
  const meter = await meterOf("L5Q");
  await reading(meter, { password: passwordOf(meter) }, async (client, ask) => {
    await assert.rejects(ask(client.openProgramming()), refusedAs("password_refused"));
  });
});

test("a P1 port sends telegrams by itself, and who connects comes in the middle of one", async () => {
  const meter = await meterOf("P5");
  const pushed = await reading(meter, {}, (client, ask) => ask(client.readPushed({ patience: 5_000 })));
  assert.deepEqual([pushed.form, pushed.checked, pushed.identification], ["p1", "checksum", "ZLD5\\2P5"]);
  assert.deepEqual(shown(pushed, "1-0:1.8.0"), {
    value: kilowattHours((meter.supply as SupplyPoint).registers(now).import),
    unit: "kWh",
  });
  assert.equal(shown(pushed, "0-0:1.0.0")!.value.at(-1), "W");
});

test("wrong checks, refusals, pieces, repetitions and echoes are got over, changed passwords and a lock are not", async () => {
  const meter = await meterOf("L6Q");
  const settings = { address: addressOf(meter), password: passwordOf(meter) };
  const profile = () =>
    reading(meter, settings, async (client, ask) => {
      await ask(client.openProgramming());
      return await ask(client.readLoadProfile({ command: "R6" }));
    });
  const { rows } = await profile();
  meter.faults.set({ wrongChecksEvery: 3 });
  assert.deepEqual((await profile()).rows, rows);
  meter.faults.set({ wrongChecksEvery: undefined, refusesEvery: 2 });
  assert.deepEqual((await profile()).rows, rows);
  meter.faults.set({ refusesEvery: undefined, chunkSize: 64 });
  assert.deepEqual((await profile()).rows, rows);
  meter.faults.set({ repeated: true });
  assert.deepEqual((await profile()).rows, rows);
  meter.faults.set({ repeated: undefined, echo: true });
  assert.deepEqual((await profile()).rows, rows);
  meter.faults.set({ chunkSize: undefined, echo: undefined, passwordChanged: true });
  await assert.rejects(profile(), refusedAs("password_refused"));
  meter.faults.set({ passwordChanged: undefined, locked: true });
  await assert.rejects(profile(), refusedAs("access_locked"));
});

test("a meter of the neighbourhood runs on with its clock", async () => {
  const meter = await meterOf("D3Z");
  const before = await reading(meter, {}, (client, ask) => ask(client.readReadout()));
  now = start + 86_400_000;
  const afterwards = await reading(meter, {}, (client, ask) => ask(client.readReadout()));
  now = start;
  assert.ok(shown(afterwards, "1.8.0")!.value > shown(before, "1.8.0")!.value);
});
