/** The driver against simulated meters behind gateways on real sockets, into real stores. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { before, describe, test } from "node:test";
import { MbusBus, MbusGatewaySession, SlaveStation } from "@anymeter/mbus";
import { bytesFromHex } from "@anymeter/sans-io";
import type { MeterDescription, NeighbourhoodMeter, OtherMeter } from "@anymeter/simulator";
import { makeMbusMeter } from "../../../../../simulator/src/meters/mbus/index.ts";
import { cleanUpAfterTests } from "../../../stores/testing/clean-up.ts";
import { oneAttempt, openReadingScene, type ReadingScene } from "../../testing/reading-scene.ts";

const make = { make: makeMbusMeter, gateway: "north" } as const;
const others: readonly OtherMeter[] = [
  { ...make, model: "HM100", heat: "apartment" },
  { ...make, model: "HM200", heat: "apartment" },
  { ...make, model: "KW5", heat: "house" },
  { ...make, model: "KW5-W", water: "house" },
  { ...make, model: "Q4", water: "house" },
  { ...make, model: "Q7", water: "apartment" },
  { ...make, model: "R2", water: "hot tap", gateway: "south" },
  { ...make, model: "R3", water: "apartment", gateway: "south" },
] as const;
/** Loopback is quick: what is silent is given up soon. The KW5 answers after 400 ms. */
const quick = { baud: 38400, gateway_latency_seconds: 0.3, retries: 1 };

describe("M-Bus meters", () => {
  let scene: ReadingScene;
  before(async () => {
    scene = await openReadingScene({ meters: 0, others });
    await scene.openHeadEnd(oneAttempt).start();
  });

  const meterOf = (model: string): NeighbourhoodMeter => scene.others.find((meter) => meter.model === model)!;
  const register = (meter: MeterDescription, settings: Record<string, unknown> = {}) => {
    const patience = meter.model.startsWith("KW5") ? { gateway_latency_seconds: 1 } : {};
    return scene.register({ ...meter, ownSettings: { ...quick, ...patience, ...meter.ownSettings, ...settings } });
  };
  const readingsOf = async (device: string) =>
    (await scene.readingsOf(device)).map((reading) => ({ ...reading, value: Number(reading.value) }));
  const truthOf = (meter: NeighbourhoodMeter) => meter.supply as unknown as Supplies;

  test("three telegrams of a heat meter become readings in the units of their series, stored ones at their dates", async () => {
    const meter = meterOf("HM100");
    const device = await register(meter);
    const begun = Date.now();
    const done = await scene.succeeded(device, "read_meter");
    const readings = await readingsOf(device);
    assert.equal(readings.length, done.readings_stored);
    assert.deepEqual(new Set(readings.map(({ name }) => name)), new Set(meter.series.map(({ name }) => name)));
    const energy = readings.find(({ name }) => name === "6-0:1.0.0")!;
    assert.equal(energy.unit, "kWh");
    assert.ok(energy.at >= begun - 1000 && energy.at <= Date.now() && energy.at % 1000 === 0);
    assert.equal(energy.value, Math.floor(truthOf(meter).registers(energy.at).energy / 1000));
    const power = readings.find(({ name }) => name === "6-0:8.0.0")!;
    assert.equal(power.unit, "kW");
    assert.ok(Math.abs(power.value - truthOf(meter).now(energy.at).power / 1000) < 0.5, `${power.value} kW`);
    const due = readings.find(({ name }) => name === "energy/storage 1")!;
    // Winter time all year: midnight of the month's first day is 23:00 UTC of the day before.
    const local = new Date(Date.now() + 3_600_000);
    assert.equal(due.at, Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1) - 3_600_000);
    assert.equal(due.value, Math.floor(truthOf(meter).registers(due.at).energy / 1000));
    const shown = done.result as Record<string, { value: string; unit: string | null; timestamp: string }>;
    assert.deepEqual(shown["6-0:1.0.0"], {
      value: String(energy.value * 1000),
      unit: "Wh",
      timestamp: new Date(energy.at).toISOString(),
    });
    assert.equal(shown["fabrication number"]!.value, numberOf(meter));
    assert.match(done.notes!.join(" "), /no such series: .*operating time/);
  });

  test("an enciphered meter is read with its key by its secondary address", async () => {
    const meter = meterOf("HM200");
    const device = await register(meter);
    await scene.succeeded(device, "read_meter");
    const energy = (await readingsOf(device)).find(({ name }) => name === "6-0:1.0.0")!;
    assert.equal(energy.value, Math.floor(truthOf(meter).registers(energy.at).energy / 1000));
  });

  test("a key that is missing or wrong is the cause, and nothing is stored", async () => {
    const meter = meterOf("HM200");
    const keyless = await register({ ...meter, secrets: {} });
    const missing = await scene.run(keyless, "read_meter");
    assert.deepEqual([missing.state, missing.cause], ["failed", "key_missing"]);
    assert.match(missing.cause_detail!, /enciphered/);
    meter.faults.set({ otherKey: true } as never);
    const device = await register(meter);
    const wrong = await scene.run(device, "read_meter");
    meter.faults.clear();
    assert.deepEqual([wrong.state, wrong.cause, wrong.readings_stored], ["failed", "wrong_key", 0]);
  });

  test("a negative difference in BCD stays negative", async () => {
    const device = await register(meterOf("KW5"));
    await scene.succeeded(device, "read_meter");
    const difference = (await readingsOf(device)).find(({ name }) => name === "6-0:12.0.0")!;
    assert.ok(difference.value < -10 && difference.value > -60, `${difference.value} K`);
    assert.equal(difference.unit, "K");
  });

  test("a date without a time is the end of its day where the settings say so", async () => {
    const meter = meterOf("KW5-W");
    const device = await register(meter);
    await scene.succeeded(device, "read_meter");
    const due = (await readingsOf(device)).find(({ name }) => name === "volume/storage 1")!;
    const local = new Date(Date.now() + 3_600_000);
    assert.equal(due.at, Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), 1) - 3_600_000);
    assert.equal(due.value, truthOf(meter).volume(due.at) / 1000);
  });

  test("a fixed structure tells its volume; what it stored bears no date and has no series, and that is said", async () => {
    const meter = meterOf("Q4");
    const device = await register(meter);
    const done = await scene.succeeded(device, "read_meter");
    const readings = await readingsOf(device);
    assert.deepEqual(
      readings.map(({ name }) => name),
      [meter.series[0]!.name],
    );
    assert.equal(readings[0]!.value, truthOf(meter).volume(readings[0]!.at) / 1000);
    assert.deepEqual(done.notes, ["Not stored, because the meter's config has no such series: volume/storage 1."]);
  });

  test("a meter that repeats its telegram for ever is read once, and that is said", async () => {
    const device = await register(meterOf("Q7"));
    const done = await scene.succeeded(device, "read_meter");
    assert.match(done.notes!.join(" "), /repeats one it sent before/);
    assert.ok((await readingsOf(device)).some(({ name }) => name === "8-0:1.0.0"));
  });

  test("hot water by its number alone: wildcards stand for the rest, and A is 9", async () => {
    const device = await register(meterOf("R2"));
    await scene.succeeded(device, "read_meter");
    assert.ok((await readingsOf(device)).some(({ name }) => name === "9-0:1.0.0"));
  });

  test("a secondary address that nobody has is a cause that tells what to do, and the search finds who is there", async () => {
    const device = await register(meterOf("R3"), { gateway_latency_seconds: 0.1 });
    const failed = await scene.run(device, "read_meter");
    assert.deepEqual([failed.state, failed.cause], ["failed", "secondary_address_missing"]);
    assert.match(failed.cause_detail!, new RegExp(String(meterOf("R3").ownSettings!.secondary_address)));
    const searched = await scene.succeeded(device, "search", { mask: "61000FFF" });
    const { meters, complete } = searched.result as { meters: Record<string, unknown>[]; complete: boolean };
    assert.equal(complete, true);
    const serials = [meterOf("R2"), meterOf("R3")].map(numberOf);
    assert.deepEqual(
      meters.map(({ secondary_address }) => String(secondary_address).slice(0, 8)),
      serials,
    );
    assert.deepEqual(
      meters.map(({ medium }) => medium),
      ["warm water", "cold water"],
    );
  });

  test("primary addresses can be searched too", async () => {
    const device = await register(meterOf("Q7"), { gateway_latency_seconds: 0 });
    const { result } = await scene.succeeded(device, "search", {
      by: "primary-address",
      first_address: 4,
      last_address: 7,
    });
    const { meters } = result as { meters: { primary_address: number }[] };
    assert.deepEqual(
      meters.map(({ primary_address }) => primary_address),
      [5, 6],
    );
  });

  test("chosen records are stored alone; one that the meter does not tell is the cause, what was read is kept", async () => {
    const device = await register(meterOf("HM100"));
    const one = await scene.succeeded(device, "read_records", { records: ["volume"] });
    assert.deepEqual(Object.keys(one.result as object), ["6-0:2.0.0"]);
    const failed = await scene.run(device, "read_records", { records: ["6-0:1.0.0", "pressure"] });
    assert.deepEqual([failed.state, failed.cause, failed.readings_stored], ["failed", "object_missing", 1]);
    assert.match(failed.cause_detail!, /does not tell pressure/);
    const names = (await readingsOf(device)).map(({ name }) => name);
    assert.deepEqual(new Set(names), new Set(["6-0:1.0.0", "6-0:2.0.0"]));
  });

  test("records go to series of other names where the settings say so", async () => {
    const names = { "volume/storage 1": "6-0:2.0.0", "energy/storage 3": "volume/storage 1" };
    const device = await register(meterOf("HM100"), { series_names: names });
    const done = await scene.succeeded(device, "read_meter");
    const readings = await readingsOf(device);
    assert.equal(readings.filter(({ name }) => name === "6-0:2.0.0").length, 2, "the present one and the stored one");
    assert.match(
      done.notes!.join(" "),
      /volume\/storage 1 is not stored: the meter tells Wh, the series is kept in m³/,
    );
  });

  test("present values may carry the meter's own clock", async () => {
    const device = await register(meterOf("HM200"), { reading_time: "meter" });
    await scene.succeeded(device, "read_meter");
    const energy = (await readingsOf(device)).find(({ name }) => name === "6-0:1.0.0")!;
    assert.equal(energy.at % 60_000, 0, "type F has no seconds");
    assert.ok(Math.abs(energy.at - Date.now()) < 120_000, new Date(energy.at).toISOString());
  });

  test("a meter that may be read only so often is left alone until then", async () => {
    const device = await register(meterOf("HM200"), { minimum_interval_seconds: 3_600 });
    await scene.succeeded(device, "read_meter");
    const early = await scene.run(device, "read_meter");
    assert.deepEqual([early.state, early.cause, early.bytes_sent], ["failed", "readout_too_early", 0]);
    await scene.db
      .updateTable("amr_device_profiles")
      .set({ read_until: new Date(Date.now() - 3_601_000) })
      .where("meter_device", "=", device)
      .execute();
    await scene.succeeded(device, "read_meter");
  });

  test("a primary address is changed, and given back", async () => {
    const meter = meterOf("Q4");
    const device = await register(meter);
    const changed = await scene.succeeded(device, "set_primary_address", { address: 99 });
    assert.deepEqual(changed.notes, ["Set primary_address to 99 in the meter's mbus_settings."]);
    const moved = await register({ ...meter, ownSettings: { primary_address: 99 } });
    await scene.succeeded(moved, "read_meter");
    const taken = await scene.run(moved, "set_primary_address", { address: 1 });
    assert.deepEqual([taken.state, taken.cause], ["failed", "invalid_call"]);
    assert.match(taken.cause_detail!, /answers at the primary address 1 already/);
    await scene.succeeded(moved, "set_primary_address", { address: 5 });
    await scene.succeeded(device, "read_meter");
  });

  test("a reset is sent with its subcode, before a readout too", async () => {
    const device = await register(meterOf("R2"), { reset_subcode: 0x50 });
    await scene.succeeded(device, "reset", { subcode: 0x10 });
    await scene.succeeded(device, "read_meter");
  });

  test("an alarm is announced with the values and told by its own call", async () => {
    const meter = meterOf("HM100");
    const device = await register(meter);
    assert.deepEqual((await scene.succeeded(device, "read_alarm")).result, { alarm: null });
    meter.faults.set({ alarm: true } as never);
    const read = await scene.succeeded(device, "read_meter");
    const told = await scene.succeeded(device, "read_alarm");
    meter.faults.clear();
    assert.match(read.notes!.join(" "), /The meter reports: permanent error\. The meter has an alarm/);
    assert.deepEqual(told.result, { alarm: "08" });
  });

  const failures = [
    ["that hangs on no bus", "HM100", { absent: true }, "no_answer", /primary address 1/],
    ["that limits its readouts", "HM100", { limitsReadouts: true }, "readout_too_early", /too many readouts/],
    [
      "behind a gateway that says nothing",
      "R2",
      { silent: true },
      "secondary_address_missing",
      /none took the selection/,
    ],
    ["behind a gateway that makes noise", "HM100", { garbage: "instead" }, "bus_disturbed", /no frame but/],
    ["behind a gateway that hangs up", "HM100", { resetAfter: 1 }, "connection_reset", /./],
  ] as const;
  for (const [what, model, faults, cause, detail] of failures) {
    test(`a meter ${what} has the cause ${cause}`, async () => {
      const meter = meterOf(model);
      const device = await register(meter);
      meter.faults.set(faults as never);
      const failed = await scene.run(device, "read_meter");
      meter.faults.clear();
      assert.deepEqual([failed.state, failed.cause], ["failed", cause], failed.cause_detail ?? "");
      assert.match(failed.cause_detail!, detail);
      await scene.succeeded(device, "read_meter");
    });
  }

  test("odd acknowledgements, noise before answers and bytes one by one change nothing", async () => {
    const meter = meterOf("HM100");
    const device = await register(meter);
    for (const faults of [{ oddAcknowledgements: true }, { garbage: "before" }, { chunkSize: 3 }]) {
      meter.faults.set(faults as never);
      const done = await scene.succeeded(device, "read_meter");
      meter.faults.clear();
      assert.equal(done.readings_stored, meter.series.length);
    }
  });

  test("a meter without an address in its settings is not guessed", async () => {
    const device = await scene.register({ ...meterOf("HM100"), ownSettings: quick });
    const failed = await scene.run(device, "read_meter");
    assert.deepEqual([failed.state, failed.cause], ["failed", "settings_invalid"]);
    assert.match(failed.cause_detail!, /primary_address or secondary_address/);
  });

  test("of one energy in two units the one that fits the series is stored, whichever comes first", async () => {
    // FB 08: 0.1 GJ; 06: kWh. 200.7 GJ are 55750 kWh.
    const records = "0CFB08 07200000 0C06 50570500";
    const port = await openGateway(`72 78563412 A732 04 04 01 00 0000 ${records}`);
    const meter = { ...meterOf("HM100"), make: "Two units", port };
    const device = await register(meter, { primary_address: 1 });
    const done = await scene.succeeded(device, "read_meter");
    assert.deepEqual(
      (await readingsOf(device)).map(({ name, value }) => [name, value]),
      [["6-0:1.0.0", 55750]],
    );
    assert.deepEqual(done.notes, []);
    const shown = done.result as Record<string, { value: string; unit: string }>;
    assert.deepEqual([shown["6-0:1.0.0"]!.unit, shown["6-0:1.0.0#2"]!.unit], ["GJ", "Wh"]);
  });

  test("six meters behind one gateway follow each other without a pause", async () => {
    const meters = scene.others.filter(({ port }) => port === meterOf("HM100").port);
    const devices = await Promise.all(meters.map((meter) => register(meter)));
    const runs = await Promise.all(devices.map((device) => scene.ask(device, "read_meter")));
    const begun = performance.now();
    const done = await Promise.all(runs.map((id) => scene.over(id)));
    const seconds = (performance.now() - begun) / 1000;
    assert.deepEqual(
      done.map(({ state, cause }) => cause ?? state),
      meters.map(() => "succeeded"),
    );
    // The KW5 takes 0.8 s of it; a pause of the queue after each meter would be more.
    assert.ok(seconds < 5, `${seconds} s`);
  });
});

/** A gateway with one meter at 1 that says these bytes. @returns its port */
async function openGateway(telegram: string): Promise<number> {
  const device = { primaryAddress: 1, secondaryAddress: undefined, telegrams: () => [bytesFromHex(telegram)] };
  const bus = new MbusBus([new SlaveStation(device)]);
  const server = createServer((socket) => {
    const session = new MbusGatewaySession(bus);
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
  return address.port;
}

/** A device's name is maker and number. */
function numberOf({ name }: NeighbourhoodMeter): string {
  return name.slice(3, 11);
}

interface Supplies {
  registers(at: number): { energy: number };
  now(at: number): { power: number };
  volume(at: number): number;
}
