/** The models over real sockets, read with the library's client: habits, truth of the values, and faults. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { type ClientOptions, IFlagClient, type ParameterName, parameterMapOf } from "@anymeter/i-flag";
import { Conversation, lineOver } from "@anymeter/sans-io";
import type { Neighbourhood, NeighbourhoodMeter } from "../../neighbourhood/neighbourhood.ts";
import { startNeighbourhood } from "../../neighbourhood/neighbourhood.ts";
import type { GasSupply } from "../../supply/gas-supply.ts";
import { instantOfLocal } from "../zone.ts";
import { makeIFlagMeter } from "./index.ts";
import { iFlagModels } from "./models.ts";

/** An hour after the clocks went back in 2025, so that the double hour is in yesterday's records. */
const start = Date.UTC(2025, 9, 26, 2);
let now = start;
const streets: Neighbourhood[] = [];
after(() => Promise.all(streets.map((street) => street.close())));

async function converter(model: string): Promise<NeighbourhoodMeter> {
  const others = [{ make: makeIFlagMeter, model, gas: "bakery" as const }];
  const opened = await startNeighbourhood({ seed: 7, meters: 0, others, clock: () => now, historyDays: 3 });
  streets.push(opened);
  return opened.meters[0]!;
}

type Asked = <Result>(request: { readonly id: number; readonly result?: Result }) => Promise<Result>;

/** Talks to a converter, and closes the line whatever comes of it. */
async function reading<Result>(
  meter: NeighbourhoodMeter,
  read: (client: IFlagClient, ask: Asked) => Promise<Result>,
  options: ClientOptions = {},
): Promise<Result> {
  const socket = connect(meter.port, meter.host);
  await once(socket, "connect");
  const client = new IFlagClient({ answerPatience: 300, wakeUpPatience: 300, quiet: 20, ...options });
  const conversation = new Conversation(client, lineOver(socket));
  try {
    return await read(client, (request) => conversation.request(request));
  } finally {
    socket.destroy();
  }
}

for (const { model, map } of iFlagModels) {
  test(`${model} tells its parameters, the gas that flows among them`, async () => {
    const meter = await converter(model);
    const names = Object.keys(parameterMapOf(map.value.used).addresses) as ParameterName[];
    const asked = names.filter((name) => name !== "pressure_2");
    const values = await reading(meter, (client, ask) => ask(client.readNamed(asked, parameterMapOf(map.value.used))));
    assert.deepEqual(Object.keys(values).toSorted(), asked.toSorted());
    const { converted, unconverted } = (meter.supply as GasSupply).volumes(now);
    assert.equal(Number(values.index_converted), converted / 1000);
    assert.equal(Number(values.index_unconverted), unconverted / 1000);
    assert.equal(values.parameter_mapping_version, map.value.told);
    assert.match(String(values.datetime), /^2025-10-26T03:0/);
  });

  test(`${model} keeps every database, the newest record first`, async () => {
    const meter = await converter(model);
    const settings = iFlagModels.find((each) => each.model === model)!;
    for (const [database, least] of [
      ["interval", 3 * 96 - 1],
      ["hourly", 3 * 24 - 1],
      ["daily", 2],
      ["monthly", 1],
    ] as const) {
      const { records, layout } = await reading(meter, (client, ask) =>
        ask(client.readDatabase({ database, float3Exponent: settings.float3Exponent.value })),
      );
      assert.equal(layout?.length, settings.records.value[database]);
      assert.ok(records.length >= least && records.length <= least + 2, `${records.length} of ${database}`);
      for (const record of records) {
        assert.ok(Number(record[`consumption_converted_${database}`]) >= 0);
        assert.ok(Number(record[`pressure_${database}_average`]) > 1);
      }
    }
  });
}

test("volumes of the records add up to the index, in pulses of the weight", async () => {
  const meter = await converter("KV100");
  const { records } = await reading(meter, (client, ask) => ask(client.readDatabase({ database: "hourly" })));
  const clockError = meter.device.clockTime - now;
  const trueEnd = (end: unknown) =>
    instantOfLocal("central-european-standard", Date.parse(`${String(end)}Z`)) - Math.round(clockError);
  const supply = meter.supply as GasSupply;
  const used = records.reduce((sum, record) => sum + Number(record.consumption_unconverted_hourly), 0);
  const [newest, oldest] = [records[0]!.end_date, records.at(-1)!.start_date];
  const flowed = supply.volumes(trueEnd(newest)).unconverted - supply.volumes(trueEnd(oldest)).unconverted;
  assert.ok(Math.abs(used - flowed / 1000) < 0.2, `${used} of ${flowed / 1000} m³`);
});

test("a MID converter's records hold indexes and a second pressure, and converted volumes to the litre", async () => {
  const meter = await converter("KV300M");
  const { records } = await reading(meter, (client, ask) => ask(client.readDatabase({ database: "daily" })));
  const [newest, before] = records;
  const used = Number(newest!.index_converted) - Number(before!.index_converted);
  assert.equal(Number(newest!.consumption_converted_daily).toFixed(3), used.toFixed(3));
  assert.ok(Number(newest!.pressure_2_daily_average) > Number(newest!.pressure_daily_average));
  assert.match(String(newest!.end_date), /T06:00:00$/);
});

test("a month's record holds the peak interval and its time", async () => {
  const meter = await converter("KV100");
  const { records } = await reading(meter, (client, ask) => ask(client.readDatabase({ database: "monthly" })));
  const [month] = records;
  assert.equal(month!.end_date, "2025-10-01T06:00:00");
  const peak = String(month!.consumption_converted_monthly_maximum_date);
  assert.ok(peak > "2025-09-01T06:00:00" && peak <= "2025-10-01T06:00:30", peak);
  assert.ok(Number(month!.consumption_converted_monthly_maximum) > 0);
});

test("in the hour that comes twice, records are told apart by their order alone", async () => {
  const meter = await converter("KV300M");
  const { records } = await reading(meter, (client, ask) =>
    ask(client.readDatabase({ database: "interval", newest: "2025-10-26T02:59:59", oldest: "2025-10-26T02:00:00" })),
  );
  const times = records.map(({ end_date }) => String(end_date).slice(11, 16));
  assert.deepEqual(times, ["02:45", "02:30", "02:15", "02:00", "02:45", "02:30", "02:15", "02:00"]);
});

test("a second pressure that is not there is refused", async () => {
  const meter = await converter("KV100");
  await assert.rejects(
    reading(meter, (client, ask) => ask(client.readParameters([{ id: 397, type: "float" }]))),
    { code: "parameters_refused" },
  );
});

test("the clock is set, remembered, and the status of the record tells it", async () => {
  const meter = await converter("KV100");
  const clock = parameterMapOf("G0003").addresses.datetime!;
  const write = { ...clock, value: "2025-10-26T03:10:00" };
  await reading(meter, (client, ask) => ask(client.writeParameters([write])));
  assert.ok(Math.abs(meter.device.clockTime - Date.UTC(2025, 9, 26, 2, 10)) < 1_000);
  now = start + 3_600_000;
  const { records } = await reading(meter, (client, ask) => ask(client.readDatabase({ database: "hourly" })));
  now = start;
  assert.equal(records[0]!.status, 8);
  assert.equal(records[1]!.status, 0);
  meter.faults.set({ writeProtected: true });
  await assert.rejects(
    reading(meter, (client, ask) => ask(client.writeParameters([write]))),
    { code: "parameters_refused" },
  );
});

test("bad checksums, lost acknowledgements and frames out of order are overcome", async () => {
  const meter = await converter("GC7");
  const read = () =>
    reading(meter, (client, ask) => ask(client.readDatabase({ database: "hourly" })), { answerPatience: 40 });
  const healthy = await read();
  for (const fault of [{ wrongChecksumsEvery: 7 }, { lostAcknowledgementsEvery: 20 }, { disorderedFramesEvery: 9 }]) {
    meter.faults.set(fault);
    assert.deepEqual((await read()).records, healthy.records, JSON.stringify(fault));
    meter.faults.clear();
  }
  meter.faults.set({ wrongChecksumsEvery: 1 });
  await assert.rejects(read, { code: "checksum_wrong" });
});
