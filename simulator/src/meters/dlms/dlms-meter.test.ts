import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  captureObjectsFromData,
  type Data,
  decodeDateTime,
  encodeDateTime,
  formatObis,
  fromEpochMilliseconds,
  long,
  octetString,
  toEpochMilliseconds,
} from "@anymeter/dlms-cosem";
import { type Neighbourhood, startNeighbourhood } from "../../neighbourhood/neighbourhood.ts";
import { openMeter } from "../../testing/meter-client.ts";
import { decodeRows, rangeOf } from "../../testing/meters.ts";
import type { DlmsMeter } from "./dlms-meter.ts";
import { makes } from "./makes.ts";

const profile = "1.0.99.1.0.255";
const start = Date.UTC(2026, 9, 26, 12, 7);
let now = start;
let neighbourhood: Neighbourhood;
before(async () => {
  neighbourhood = await startNeighbourhood({ seed: 7, meters: 60, historyDays: 5, clock: () => now });
});
after(() => neighbourhood.close());

for (const make of makes) {
  test(`${make.manufacturer}: association, columns and a day of profile by range, in blocks where its answers are short`, async () => {
    const meter = meterOf(make.flag);
    const client = await openMeter(meter);
    const columns = captureObjectsFromData(await client.read(7, profile, 3));
    const captured = columns.filter(({ classId }) => classId === 3 || classId === 4);
    const names = captured.map(({ logicalName }) => formatObis(logicalName));
    assert.deepEqual(
      names,
      meter.series.map(({ name }) => name),
    );
    const to = Math.floor(start / 900_000) * 900_000;
    const buffer = await client.read(7, profile, 2, rangeOf(to - 86_400_000 + 900_000, to));
    const rows = decodeRows(meter, buffer, columns, 900);
    assert.equal(rows.length, 96);
    assert.equal(rows.at(-1)!.epochMilliseconds, to);
    const energy = columns.findIndex(({ logicalName }) => logicalName === "1.0.1.8.0.255");
    const { supply } = meter.device.measurements;
    const registers = supply.registers(meter.device.measurements.instantOf(to)!);
    const shown = Number(rows.at(-1)!.values[energy]!.data!.value) * 10 ** make.resolutions.energy;
    assert.ok(shown <= registers.import && shown > registers.import - 10 ** make.resolutions.energy);
    await client.close();
  });

  test(`${make.manufacturer}: tells who it is, what it holds and what flows now`, async () => {
    const meter = meterOf(make.flag);
    const client = await openMeter(meter);
    const name = await client.read(1, "0.0.42.0.0.255", 2);
    assert.equal(
      Buffer.from(name.value as Uint8Array)
        .toString("hex")
        .toUpperCase(),
      meter.device.registration.deviceFields?.dlms_logical_device_name,
    );
    const list = await client.read(15, "0.0.40.0.0.255", 2);
    const objects = (list.value as Data[]).map(({ value }) => value as Data[]);
    assert.ok(objects.length >= 24);
    for (const [classId, , logicalName] of objects) {
      const ownName = await client.read(classId!.value as number, (logicalName!.value as Uint8Array).join("."), 1);
      assert.deepEqual(ownName, logicalName);
    }
    const volts = await client.read(3, "1.0.32.7.0.255", 2);
    assert.ok(Math.abs((volts.value as number) * 10 ** make.resolutions.volts - 230) < 20);
    const [scaler, unit] = (await client.read(3, "1.0.32.7.0.255", 3)).value as Data[];
    assert.deepEqual([scaler!.value, unit!.value], [make.resolutions.volts, 35]);
    await client.close();
  });

  test(`${make.manufacturer}: takes its clock and obeys it`, async () => {
    const meter = meterOf(make.flag);
    const client = await openMeter(meter);
    const wanted = now + 5 * 60_000;
    assert.equal(
      await client.set(8, "0.0.1.0.0.255", 2, octetString(encodeDateTime(fromEpochMilliseconds(wanted)))),
      0,
    );
    assert.equal(meter.device.clockTime, wanted);
    const shown = decodeDateTime((await client.read(8, "0.0.1.0.0.255", 2)).value as Uint8Array);
    const zoneOffset = () => (meter.timezone === "UTC" ? 0 : 60);
    assert.equal(toEpochMilliseconds(shown, { zoneOffset }), wanted);
    const shift = { method: { classId: 8, logicalName: "0.0.1.0.0.255", method: 6 }, parameter: long(-300) };
    assert.equal((await client.action(shift)).result, 0);
    assert.ok(Math.abs(meter.device.clockTime - now) < 1);
    assert.notEqual(await client.set(8, "0.0.1.0.0.255", 2, long(5)), 0, "a number is no time");
    await client.close();
  });
}

test("the public client sees identity and counter of a secured meter, and no more", async () => {
  const client = await openMeter(meterOf("DLF"), { asPublic: true });
  assert.equal((await client.read(1, "0.0.43.1.0.255", 2)).type, "double-long-unsigned");
  const list = await client.read(15, "0.0.40.0.0.255", 2);
  assert.ok((list.value as Data[]).length < 10);
  assert.deepEqual(await client.get({ classId: 7, logicalName: profile, attribute: 2 }), [{ error: 3 }]);
  assert.equal(await client.set(8, "0.0.1.0.0.255", 2, octetString(new Uint8Array(12))), 3);
  await client.close();
});

test("objects that are not there and classes that do not fit are refused by their codes", async () => {
  const client = await openMeter(meterOf("ALM"));
  const refusals = await client.get(
    { classId: 3, logicalName: "1.0.99.99.99.255", attribute: 2 },
    { classId: 1, logicalName: "1.0.1.8.0.255", attribute: 2 },
    { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 9 },
  );
  assert.deepEqual(refusals, [{ error: 4 }, { error: 9 }, { error: 4 }]);
  await client.close();
});

test("the switch opens and closes, and the load follows", async () => {
  const meter = meterOf("BOR");
  const client = await openMeter(meter);
  const act = (method: number) =>
    client.action({
      method: { classId: 70, logicalName: "0.0.96.3.10.255", method },
      parameter: { type: "integer", value: 0 },
    });
  const state = async () => (await client.read(70, "0.0.96.3.10.255", 3)).value;
  assert.equal(await state(), 1);
  assert.equal((await act(1)).result, 0);
  assert.equal(await state(), 0);
  const before = await client.read(3, "1.0.1.8.0.255", 2);
  now += 2 * 3_600_000;
  assert.deepEqual(await client.read(3, "1.0.1.8.0.255", 2), before, "energy stood still for two hours");
  assert.equal((await act(2)).result, 0);
  assert.equal(await state(), 1);
  now += 3_600_000;
  assert.notDeepEqual(await client.read(3, "1.0.1.8.0.255", 2), before);
  await client.close();
});

test("an old invocation counter is refused with the one that is waited for", async () => {
  const meter = meterOf("DLF");
  await (await openMeter(meter, { counter: 5_000 })).close();
  await assert.rejects(openMeter(meter, { counter: 100 }), { code: "invocation_counter_rejected" });
  await (await openMeter(meter, { counter: 6_000 })).close();
});

test("a wrong key and a wrong password are refused", async () => {
  await assert.rejects(openMeter(meterOf("DLF"), { counter: 9_000, encryptionKey: "00".repeat(16) }));
  const lls = meterOf("BOR");
  await assert.rejects(openMeter({ ...lls, secrets: { dlms_secret: "WRONG" } }), { code: "authentication_failed" });
});

test("two clients at once get their own answers, and one that vanishes harms nobody", async () => {
  const meter = meterOf("BOR");
  const [one, other] = await Promise.all([openMeter(meter), openMeter(meter)]);
  const vanished = one.read(7, profile, 2);
  vanished.catch(() => undefined);
  one.destroy();
  const buffer = await other.read(7, profile, 2, rangeOf(start - 86_400_000, start));
  assert.equal((buffer.value as Data[]).length, 96);
  await other.close();
});

function meterOf(flag: string): Neighbourhood["dlmsMeters"][number] & { meter: DlmsMeter } {
  const meter = neighbourhood.dlmsMeters.find(({ name }) => name.startsWith(flag))!;
  return { ...meter, meter: meter.device };
}
