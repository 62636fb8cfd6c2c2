import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { type ColumnarStore, openColumnarStore } from "../stores/columnar/columnar-store.ts";
import { selectRows } from "../stores/columnar/row-queries.ts";
import { openRelationalStore } from "../stores/relational/relational-store.ts";
import { columnarForms } from "../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../stores/testing/relational-stores.ts";
import { temporaryDirectory } from "../stores/testing/temporary-directory.ts";
import { createReadingWriter, type Reading } from "./reading-writer.ts";

const reading = (deviceNumber: number, timestamp: number, value: string): Reading => ({
  organizationNumber: 1,
  deviceNumber,
  seriesNumber: 4294967295,
  timestamp,
  value,
});

const stored = async (columnar: ColumnarStore) =>
  (
    await selectRows<[number, string | number, string]>(
      columnar,
      `SELECT device_number, toUnixTimestamp64Milli(timestamp), toDecimalString(value, 6) FROM meter_readings FINAL
       ORDER BY organization_number, device_number, series_number, timestamp`,
    )
  ).map(([device, timestamp, value]) => [device, Number(timestamp), value]);

for (const form of columnarForms()) {
  test(`${form.name}: every instant and value arrives exactly, and the later of two values counts`, async () => {
    const [relational, columnar] = [await openTestRelationalStore(), await form.open()];
    await Promise.all([relational.migrate(), columnar.migrate()]);
    const writer = createReadingWriter(relational.db, columnar);
    const instants = [
      ...[-2208988800000, -62_167, -1001, -1, 0, 1, 999, 1e9, 1e10, 9908870399999, 9908870400000, 999999999999],
      ...[1e12, 1767225600123, 1e13 - 1, 1e13, Date.UTC(2299, 11, 31, 23, 59, 59, 999)],
    ];
    const values = ["0", "-0.000001", "999999999999.999999", "-999999999999.999999", "123456789012.100001"];
    const rows = instants.map((instant, index) => reading(index + 1, instant, values[index % values.length]!));
    const { firstId, createdAt } = await writer.write(rows);
    assert.ok(firstId > 0 && Math.abs(Date.now() - createdAt) < 60_000);
    const exact = rows.map(({ deviceNumber, timestamp, value }) => [
      deviceNumber,
      timestamp,
      { "0": "0.000000" }[value] ?? value,
    ]);
    assert.deepEqual(await stored(columnar), exact);

    await writer.write([reading(1, instants[0]!, "1"), reading(1, instants[0]!, "2")]);
    await writer.write([reading(2, instants[1]!, "3")]);
    await Promise.all([writer.write([reading(3, instants[2]!, "4")]), writer.write([reading(3, instants[2]!, "5")])]);
    const after = (await stored(columnar)).slice(0, 3).map(([, , value]) => value);
    assert.deepEqual(after, ["2.000000", "3.000000", "5.000000"]);

    await assert.rejects(
      writer.write([reading(1, 1, "1"), reading(1, 2, "1e12")]),
      /reading 1: value "1e12": .*12 digits/,
    );
    await assert.rejects(writer.write([reading(1, 1e15, "1")]), /reading 0: timestamp 1000000000000000 is outside/);
    await assert.rejects(writer.write([reading(-1, 1, "1")]), /reading 0: deviceNumber -1/);
    assert.equal((await stored(columnar)).length, instants.length);
    await writer.close();
    await assert.rejects(writer.write([reading(1, 1, "1")]), /closed/);
    await columnar.close();
  });
}

test("kill -9 at any moment loses no acknowledged reading and doubles none", async () => {
  const directory = temporaryDirectory();
  const [relationalDirectory, columnarDirectory] = [join(directory, "relational"), join(directory, "columnar")];
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  // Writers that each write the next readings as soon as the last are acknowledged, some of them twice.
  const program = `
    const { openRelationalStore } = await import(${module("../stores/relational/relational-store.ts")});
    const { openColumnarStore } = await import(${module("../stores/columnar/columnar-store.ts")});
    const { createReadingWriter } = await import(${module("reading-writer.ts")});
    const relational = await openRelationalStore({ directory: ${JSON.stringify(relationalDirectory)} });
    const columnar = await openColumnarStore({ directory: ${JSON.stringify(columnarDirectory)} });
    await Promise.all([relational.migrate(), columnar.migrate()]);
    const writer = createReadingWriter(relational.db, columnar);
    for (let device = 1; device <= 8; device++) (async () => {
      for (let from = 0; ; from += 50) {
        const rows = Array.from({ length: 60 }, (_, index) => ({ organizationNumber: 1, deviceNumber: device,
          seriesNumber: 1, timestamp: from + index, value: String(from + index) }));
        await writer.write(rows);
        console.log(device, from + 60);
      }
    })();`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const acknowledged = new Map<number, number>();
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    const [device, upTo] = line.split(" ").map(Number);
    acknowledged.set(device!, upTo!);
    if (++lines === 200) child.kill("SIGKILL");
  }
  await exited;
  assert.ok(lines >= 200, "the writers were at work when they were killed");

  const columnar = await openColumnarStore({ directory: columnarDirectory });
  const relational = await openRelationalStore({ directory: relationalDirectory });
  const rows = await selectRows<[number, number, number, number]>(
    columnar,
    `SELECT device_number, toUInt32(count()), toUInt32(uniqExact(timestamp)), toUInt32(countIf(value != toUnixTimestamp64Milli(timestamp)))
     FROM meter_readings FINAL GROUP BY device_number ORDER BY device_number`,
  );
  assert.equal(rows.length, 8);
  for (const [device, count, distinct, wrong] of rows) {
    assert.ok(
      count >= acknowledged.get(device)!,
      `device ${device}: ${count} of ${acknowledged.get(device)} acknowledged`,
    );
    assert.deepEqual([distinct, wrong], [count, 0]);
  }
  // Ids go on above those handed out before.
  const [[greatest]] = (await selectRows<[string | number]>(columnar, "SELECT max(id) FROM meter_readings")) as [
    [string],
  ];
  const writer = createReadingWriter(relational.db, columnar);
  assert.ok((await writer.write([reading(9, 1, "1")])).firstId > Number(greatest));
  await writer.close();
  await columnar.close();
  await relational.close();
});
