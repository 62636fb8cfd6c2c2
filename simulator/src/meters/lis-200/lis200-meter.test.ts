/** The models over real sockets, read with the library's client: habits, truth of the values, and faults. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { type ArchiveRow, Lis200Client, type Lis200ClientOptions } from "@anymeter/lis-200";
import { Conversation, lineOver, ProtocolError, scale } from "@anymeter/sans-io";
import type { Neighbourhood, NeighbourhoodMeter } from "../../neighbourhood/neighbourhood.ts";
import { startNeighbourhood } from "../../neighbourhood/neighbourhood.ts";
import type { GasSupply } from "../../supply/gas-supply.ts";
import { makeLis200Meter } from "./index.ts";

/** An hour after the clocks went back in 2025, so that the double hour is in yesterday's rows. */
const start = Date.UTC(2025, 9, 26, 2);
let now = start;
const streets: Neighbourhood[] = [];
after(() => Promise.all(streets.map((street) => street.close())));

async function street(...models: readonly string[]): Promise<readonly NeighbourhoodMeter[]> {
  const others = models.map((model) => ({ make: makeLis200Meter, model, gas: "bakery" as const }));
  const opened = await startNeighbourhood({ seed: 7, meters: 0, others, clock: () => now, historyDays: 3 });
  streets.push(opened);
  return opened.meters;
}

/** Talks to a meter, and closes the line whatever comes of it. */
async function reading<Result>(
  meter: NeighbourhoodMeter,
  read: (client: Lis200Client, conversation: Conversation, received: Uint8Array[]) => Promise<Result>,
  options: Lis200ClientOptions = {},
): Promise<Result> {
  const socket = connect(meter.port, meter.host);
  await once(socket, "connect");
  const received: Uint8Array[] = [];
  socket.on("data", (bytes) => received.push(bytes));
  const client = new Lis200Client({ answerTimeout: 500, wakeUp: { pause: 1 }, ...options });
  const conversation = new Conversation(client, lineOver(socket));
  try {
    await conversation.request(client.connect());
    return await read(client, conversation, received);
  } finally {
    socket.destroy();
  }
}

const refusedAs = (code: string) => (error: unknown) => error instanceof ProtocolError && error.code === code;
const codeOf = (meter: NeighbourhoodMeter) => meter.secrets!.iec62056_21_password!;

test("a converter's archive holds the gas that flowed, at the times its clock showed", async () => {
  const [meter] = await street("VC280");
  const { rows, repeated, layout } = await reading(meter!, (client, conversation) =>
    conversation.request(client.readArchive({ archive: 3, rowsPerBlock: 50 })),
  );
  const supply = meter!.supply as GasSupply;
  const regular = rows.filter(({ kind }) => kind === "interval");
  assert.equal(regular.length, 3 * 96 + 2 * 4 + 1);
  assert.equal(rows.length - regular.length, 3);
  assert.equal(repeated, Math.floor(rows.length / 50));
  const clockError = meter!.device.clockTime - now;
  for (const row of regular.slice(-4)) {
    const winter = row.summerTime ? 120 : 60;
    const shown = Date.parse(`${row.time}Z`) - winter * 60_000;
    const base = row.values.find(({ column }) => column.source === "2:302.0")!;
    assert.equal(base.text, scale(supply.volumes(shown - Math.round(clockError)).converted, -3));
  }
  assert.equal(layout.columns.find(({ source }) => source === "6:310_1.0")!.unit, "°C");
});

test("in the hour that comes twice, message 16 tells which pass a row is of", async () => {
  const [meter] = await street("VC280");
  const double = await reading(meter!, (client, conversation) =>
    conversation.request(
      client.readArchive({ archive: 3, position: 3, from: "2025-10-26,02:00:00", to: "2025-10-26,02:59:59" }),
    ),
  );
  const passes = (row: ArchiveRow) => `${row.time.slice(11, 16)} ${row.summerTime ? "summer" : "winter"}`;
  const regular = double.rows.filter(({ kind }) => kind === "interval").map(passes);
  const quarters = ["02:00", "02:15", "02:30", "02:45"];
  assert.deepEqual(regular, [...quarters.map((each) => `${each} summer`), ...quarters.map((each) => `${each} winter`)]);
});

test("single values, the clock's refusal without its lock, and its setting with it", async () => {
  const [meter] = await street("VC280");
  await reading(meter!, async (client, conversation) => {
    const ask = conversation.request.bind(conversation);
    const supply = meter!.supply as GasSupply;
    assert.deepEqual(await ask(client.read("2.302")), {
      address: "2:302.0",
      text: scale(supply.volumes(now).converted, -3),
      unit: "m3",
    });
    assert.equal((await ask(client.read("6:310_1"))).unit, "°C");
    await assert.rejects(ask(client.read("1:200.0")), refusedAs("address_unknown"));
    await assert.rejects(ask(client.setClock("2025-10-26T03:00:00")), refusedAs("write_not_authorized"));
    await assert.rejects(ask(client.openLock(3, "00000000")), refusedAs("access_code_wrong"));
    await ask(client.openLock(3, codeOf(meter!)));
    await assert.rejects(ask(client.write("2:302.0", "0")), refusedAs("value_constant"));
    await ask(client.setClock("2025-10-26T02:30:00"));
    assert.equal(await ask(client.readClock()), "2025-10-26T02:30:00");
    await ask(client.disconnect());
  });
  // Without summer time in the message, the first of the two passes is meant.
  assert.equal(Math.round((meter!.device.clockTime - Date.UTC(2025, 9, 26, 0, 30)) / 1000), 0);
});

test("a data logger sleeps, wants its lock for archives, and fills its rows", async () => {
  const [meter] = await street("GL230");
  await assert.rejects(
    reading(meter!, async () => {}, { wakeUp: undefined, answerTimeout: 50, attempts: 1 }),
    refusedAs("no_answer"),
  );
  await assert.rejects(
    reading(meter!, async () => {}, { address: "1111111", answerTimeout: 50, attempts: 1 }),
    refusedAs("no_answer"),
  );
  const address = meter!.deviceFields!.iec62056_21_address as string;
  const options = { address, wakeUp: { pause: 1 } };
  await reading(
    meter!,
    async (client, conversation, received) => {
      const ask = conversation.request.bind(conversation);
      await assert.rejects(ask(client.readArchive({ archive: 2 })), refusedAs("read_not_authorized"));
      await ask(client.openLock(5, codeOf(meter!)));
      const from = "2025-10-25,12:00:00";
      const { rows, damaged } = await ask(client.readArchive({ archive: 2, position: 3, from, rowsPerBlock: 7 }));
      assert.equal(damaged.length, 0);
      assert.equal(rows.filter(({ kind }) => kind === "interval").length, 15 * 4 + 1);
      assert.equal(rows[0]!.event?.number, 0x8105);
      assert.ok(Buffer.concat(received).includes(Buffer.from(")\xff(", "latin1")), "FF between values");
    },
    options,
  );
});

test("monthly and daily archives have a row for each period that ended", async () => {
  const [meter] = await street("VC280");
  await reading(meter!, async (client, conversation) => {
    const daily = await conversation.request(client.readArchive({ archive: 7 }));
    assert.deepEqual(
      daily.rows.map(({ time }) => time),
      ["2025-10-23T06:00:00", "2025-10-24T06:00:00", "2025-10-25T06:00:00"],
    );
    const monthly = await conversation.request(client.readArchive({ archive: 1 }));
    assert.equal(monthly.rows.at(-1)!.time, "2025-10-01T06:00:00");
    await assert.rejects(conversation.request(client.readArchive({ archive: 2 })), refusedAs("archive_missing"));
  });
});

test("the utility has the wrong code of the older converter", async () => {
  const [meter] = await street("VC260");
  await reading(meter!, async (client, conversation) => {
    await assert.rejects(conversation.request(client.openLock(4, codeOf(meter!))), refusedAs("access_code_wrong"));
    await assert.rejects(conversation.request(client.readArchive({ archive: 3 })), refusedAs("read_not_authorized"));
  });
});

test("codes that were changed, a locked device, damaged records and wrong checks", async () => {
  const [meter] = await street("VC280");
  meter!.faults.set({ codesChanged: true });
  await reading(meter!, (client, conversation) =>
    assert.rejects(conversation.request(client.openLock(3, codeOf(meter!))), refusedAs("access_code_wrong")),
  );
  meter!.faults.set({ codesChanged: undefined, locked: true });
  await reading(meter!, (client, conversation) =>
    assert.rejects(conversation.request(client.readArchive({ archive: 3 })), refusedAs("function_locked")),
  );
  meter!.faults.set({ locked: undefined, damagedRecordsEvery: 10, wrongChecksEvery: 3 });
  const { rows } = await reading(meter!, (client, conversation) =>
    conversation.request(client.readArchive({ archive: 3, rowsPerBlock: 30 })),
  );
  assert.equal(rows.filter(({ check }) => check === "damaged").length, Math.floor(rows.length / 10));
});

test("rows written later come with new numbers, and those before stay as they were", async () => {
  const [meter] = await street("VC280");
  const read = () =>
    reading(meter!, (client, conversation) =>
      conversation.request(client.readArchive({ archive: 3, rowsPerBlock: 99 })),
    );
  const before = await read();
  now += 3_600_000;
  const later = await read();
  now = start;
  const kept = new Map(later.rows.map((row) => [row.globalNumber, row]));
  for (const row of before.rows) {
    const again = kept.get(row.globalNumber);
    if (again) assert.deepEqual(again.values, row.values);
  }
  assert.equal(later.rows.at(-1)!.globalNumber! - before.rows.at(-1)!.globalNumber!, 4);
});
