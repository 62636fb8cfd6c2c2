/** The models behind a gateway on a real socket, read with the library's client: habits, truth of the values, and faults. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import {
  formatSecondaryAddress,
  MbusClient,
  type MbusTarget,
  parseSecondaryAddress,
  type ReadOptions,
  type Readout,
  recordName,
  timeText,
} from "@anymeter/mbus";
import { bytesFromHex, Conversation, lineOver, ProtocolError, scale } from "@anymeter/sans-io";
import { type Neighbourhood, type NeighbourhoodMeter, startNeighbourhood } from "../../neighbourhood/neighbourhood.ts";
import type { HeatSupply } from "../../supply/heat-supply.ts";
import type { WaterSupply } from "../../supply/water-supply.ts";
import { makeMbusMeter } from "./index.ts";

/** Noon of a summer day. */
const now = Date.UTC(2025, 6, 15, 10);
const make = { make: makeMbusMeter, gateway: "cellar" } as const;
let street: Neighbourhood;
before(async () => {
  street = await startNeighbourhood({
    ...{ seed: 7, meters: 0, clock: () => now, historyDays: 3 },
    others: [
      { ...make, model: "HM100", heat: "apartment" },
      { ...make, model: "HM200", heat: "apartment" },
      { ...make, model: "KW5", heat: "house" },
      { ...make, model: "KW5-W", water: "house" },
      { ...make, model: "Q4", water: "house" },
      { ...make, model: "Q7", water: "apartment" },
      { ...make, model: "R2", water: "hot tap" },
      { ...make, model: "R3", water: "apartment", trait: { clockError: 90_000, because: "nobody sets it" } },
    ],
  });
});
after(() => street.close());

const meterOf = (model: string): NeighbourhoodMeter => street.meters.find((meter) => meter.model === model)!;

/** One connection to the gateway. */
async function talking<Result>(talk: (client: MbusClient, bus: Conversation) => Promise<Result>): Promise<Result> {
  const { port, host } = street.meters[0]!;
  const socket = connect(port, host);
  await once(socket, "connect");
  const client = new MbusClient({ baud: 38400, latency: 450, retries: 1 });
  try {
    return await talk(client, new Conversation(client, lineOver(socket)));
  } finally {
    socket.destroy();
  }
}

function targetOf({ ownSettings }: NeighbourhoodMeter): MbusTarget {
  const { secondary_address, primary_address } = ownSettings as Record<string, never>;
  return secondary_address ? { secondary: parseSecondaryAddress(secondary_address) } : { primary: primary_address! };
}

const read = (meter: NeighbourhoodMeter, options: ReadOptions = {}): Promise<Readout> =>
  talking((client, bus) => bus.request(client.readMeter(targetOf(meter), options)));

/** Values by the record's name. */
function valuesOf({ telegrams }: Readout): Record<string, unknown> {
  const records = telegrams.flatMap((telegram) => telegram.records);
  return Object.fromEntries(
    records.map((record) => [recordName(record), record.kind === "time" ? timeText(record.value) : record.value]),
  );
}

test("a heat meter tells the present, its set date and the months before in three telegrams", async () => {
  const meter = meterOf("HM100");
  const readout = await read(meter);
  assert.deepEqual([readout.telegrams.length, readout.end, readout.primaryAddress], [3, "complete", 1]);
  const values = valuesOf(readout);
  const supply = meter.supply as HeatSupply;
  const { energy, volume } = supply.registers(now);
  assert.equal(values.energy, `${Math.floor(energy / 1000)}000`);
  assert.equal(values.volume, scale(volume, -3));
  assert.equal(values["fabrication number"], meter.name.slice(3));
  // Winter time all year: noon of UTC+2 is eleven.
  assert.match(String(values["date and time"]), /^2025-07-15T(10:59|11:00)$/);
  assert.equal(values["date, storage 1"], "2025-07-01");
  assert.equal(values["date, storage 4"], "2025-04-01");
  const april = supply.registers(Date.UTC(2025, 2, 31, 23)).energy;
  assert.equal(values["energy, storage 4"], `${Math.floor(april / 1000)}000`);
});

test("an enciphered meter opens to its key alone", async () => {
  const meter = meterOf("HM200");
  const key = bytesFromHex(meter.secrets!.mbus_key!);
  const values = valuesOf(await read(meter, { key }));
  assert.equal(values.energy, `${Math.floor((meter.supply as HeatSupply).registers(now).energy / 1000)}000`);
  const shut = await read(meter);
  assert.deepEqual(shut.telegrams[0]!.records, []);
  assert.deepEqual(
    shut.telegrams[0]!.problems.map(({ code }) => code),
    ["key_missing"],
  );
  meter.faults.set({ otherKey: true } as never);
  const wrong = await read(meter, { key });
  meter.faults.clear();
  assert.deepEqual(
    wrong.telegrams[0]!.problems.map(({ code }) => code),
    ["key_wrong"],
  );
});

test("swapped sensors make a negative difference", async () => {
  const values = valuesOf(await read(meterOf("KW5")));
  const difference = Number(values["flow temperature"]) - Number(values["return temperature"]);
  assert.ok(difference < -15);
  assert.equal(Number(values["temperature difference"]).toFixed(1), difference.toFixed(1));
});

test("water meters: the pulse input by the day that ends, the fixed structure, the one that repeats itself, wildcards", async () => {
  const litres = (model: string, instant = now) => scale((meterOf(model).supply as WaterSupply).volume(instant), -3);
  const pulses = valuesOf(await read(meterOf("KW5-W")));
  assert.equal(pulses.volume, litres("KW5-W"));
  assert.equal(pulses["date, storage 1"], "2025-06-30");
  const fixed = await read(meterOf("Q4"));
  assert.equal(fixed.telegrams[0]!.controlInformation, 0x73);
  assert.equal(valuesOf(fixed).volume, litres("Q4"));
  assert.equal(valuesOf(fixed)["volume, storage 1"], litres("Q4", Date.UTC(2025, 5, 30, 23)));
  const stubborn = await read(meterOf("Q7"));
  assert.deepEqual([stubborn.telegrams.length, stubborn.end], [1, "repeated"]);
  assert.equal(valuesOf(await read(meterOf("R2"))).volume, litres("R2"));
});

test("a meter that was exchanged is missed at its old address, and found by a search", async () => {
  const meter = meterOf("R3");
  await assert.rejects(read(meter), (error) => error instanceof ProtocolError && error.code === "selection_unanswered");
  const number = meter.name.slice(3);
  const { meters } = await talking((client, bus) =>
    bus.request(client.search(parseSecondaryAddress(`${number.slice(0, 7)}F`))),
  );
  assert.deepEqual(
    meters.map(({ secondary }) => formatSecondaryAddress(secondary!)),
    [`${number}-ROH-0B-16`],
  );
  assert.equal(Math.round((meter.device.clockTime - now) / 10_000), 9);
});

test("a heat meter and its pulse input share a number, and are told apart by their media", async () => {
  const number = meterOf("KW5").name.slice(3);
  assert.ok(meterOf("KW5-W").name.includes(number));
  const search = (medium: string) =>
    talking((client, bus) => bus.request(client.search(parseSecondaryAddress(`${number}-TLW-02-${medium}`))));
  assert.deepEqual(
    [...(await search("07")).meters, ...(await search("0D")).meters].map(({ primary }) => primary),
    [0, 3],
  );
  assert.deepEqual((await search("04")).meters, []);
});

test("faults: absent, odd acknowledgements, limited readouts, an alarm", async () => {
  const meter = meterOf("HM100");
  const failing = (code: string) =>
    assert.rejects(read(meter), (error) => error instanceof ProtocolError && error.code === code);
  meter.faults.set({ absent: true } as never);
  await failing("meter_silent");
  meter.faults.set({ absent: undefined, limitsReadouts: true } as never);
  await failing("readouts_limited");
  meter.faults.set({ limitsReadouts: undefined, oddAcknowledgements: true, alarm: true } as never);
  const readout = await read(meter);
  assert.equal(readout.alarmWaiting, true);
  assert.equal(readout.telegrams[0]!.header!.status, 0x08);
  const alarm = await talking((client, bus) => bus.request(client.readAlarm(targetOf(meter))));
  meter.faults.clear();
  assert.equal(alarm!.alarm, 0x08);
});

test("a new primary address is kept by the meter", async () => {
  const meter = meterOf("Q4");
  await talking((client, bus) => bus.request(client.setPrimaryAddress(targetOf(meter), 77)));
  const { primaryAddress } = await talking((client, bus) => bus.request(client.readMeter({ primary: 77 })));
  assert.equal(primaryAddress, 77);
  await talking((client, bus) => bus.request(client.setPrimaryAddress({ primary: 77 }, 5)));
});

test("every name of the registration is a value the meter tells, as the platform names it", async () => {
  for (const meter of street.meters) assert.ok(meter.series.length > 0, meter.model);
  const names = valuesOf(await read(meterOf("HM100")));
  const stored = meterOf("HM100").series.filter(({ name }) => name.includes("/"));
  for (const { name } of stored) assert.ok(name.replaceAll("/", ", ") in names, name);
});
