import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { CsvFolder } from "@anymeter/simulator";
import { temporaryDirectory } from "../../../stores/testing/temporary-directory.ts";
import type { MdcFailure } from "../connection/failures.ts";
import { type MdmScene, openMdmScene } from "../testing/mdm-scene.ts";
import { csvLines } from "./csv.ts";
import { tableOfFile } from "./file-poll.ts";

describe("CSV", () => {
  const read = async (...pieces: string[]) => {
    const lines: string[][] = [];
    for await (const line of csvLines(pieces)) lines.push(line);
    return lines;
  };
  const cases: [string, string[], string[][]][] = [
    [
      "plain",
      ["a,b\nc,d\n"],
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF, a byte order mark, no last line end",
      ["\uFEFFa,b\r\n", "c,d"],
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["quotes, commas and line ends inside", ['a,"b ""c"", d\r\ne"\n'], [["a", 'b "c", d\r\ne']]],
    [
      "divided anywhere",
      ["a", ',"x', '""', '","', 'y"\r', "\nz,,\n"],
      [
        ["a", 'x"', "y"],
        ["z", "", ""],
      ],
    ],
    [
      "semicolons and empty lines",
      ["a;b\n\n1;2,5\n"],
      [
        ["a", "b"],
        ["1", "2,5"],
      ],
    ],
  ];
  for (const [name, pieces, expected] of cases) {
    test(name, async () => assert.deepEqual(await read(...pieces), expected));
  }
  test("damage is told with its line", async () => {
    await assert.rejects(read('a,b\n"c"d,e\n'), /line 2: there is "d" behind a closing quote/);
    await assert.rejects(read('a,b\n"c'), /line 2: a quoted cell has no end/);
    await assert.rejects(read(`${"a,".repeat(600)}\n`), /more than 500 columns/);
    await assert.rejects(read(`"${"a".repeat(100_001)}`), /more than 100000 characters/);
  });
});

test("files are known by the names of tables and their codes", () => {
  const names = {
    "load_profile_data-20261121-1.csv": "LPRO",
    "LPRO_1.csv": "LPRO",
    "events.csv": "EVNT",
    "BILL-7.CSV": "BILL",
  };
  for (const [name, table] of Object.entries(names)) assert.equal(tableOfFile(name), table, name);
  for (const name of ["other.csv", "lprox.csv", "billing.csv"]) assert.equal(tableOfFile(name), undefined, name);
});

describe("a folder of an MDC", () => {
  let scene: MdmScene;
  before(async () => {
    scene = await openMdmScene();
  });
  const atRest = (folder: string) => {
    const past = Date.now() / 1000 - 60;
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), past, past);
  };
  let seed = 70;
  const dropped = async (version: "v1" | "v3.3" = "v1") => {
    const folder = temporaryDirectory();
    const vendor = await scene.vendor({ seed: ++seed, version, transports: [new CsvFolder(folder)] });
    await vendor.settled();
    atRest(folder);
    const organization = await scene.organization(`Utility ${seed}`);
    const mdc = await scene.register(organization, vendor, { transport: "file", folder }, false);
    return { folder, vendor, mdc };
  };
  const count = async (mdc: string) => {
    const { number } = await scene.store.db
      .selectFrom("udil_mdcs")
      .select("number")
      .where("id", "=", mdc)
      .executeTakeFirstOrThrow();
    const [row] = await scene.select<[number]>(
      `SELECT toUInt32(count()) FROM udil_load_profile_rows FINAL WHERE source = ${number}`,
    );
    return row![0];
  };

  for (const version of ["v1", "v3.3"] as const) {
    test(`is emptied of files of ${version}, which go to done/`, async () => {
      const { folder, vendor, mdc } = await dropped(version);
      const files = readdirSync(folder);
      assert.ok(files.length > 2);
      const { stored, setAside } = await scene.poll(mdc);
      assert.equal(setAside, 0);
      assert.ok(stored > 100);
      assert.deepEqual(readdirSync(folder), ["done"]);
      assert.deepEqual(readdirSync(join(folder, "done")).sort(), files.sort());
      const meters = new Set(vendor.meters.values());
      assert.equal(await count(mdc), vendor.collector.tables.select("LPRO", { meters, by: "db_datetime" }).length);
      // Taken once more, as after a crash before it was moved.
      const profile = files.find((name) => name.startsWith("load"))!;
      renameSync(join(folder, "done", profile), join(folder, profile));
      scene.restart();
      const before = await count(mdc);
      await scene.poll(mdc);
      assert.equal(await count(mdc), before);
    });
  }

  test("has what is no table, or damaged, moved aside with a reason, and the good part stored", async () => {
    const { folder, mdc } = await dropped();
    const good = "m97170001,100,2026-11-21 10:00:00,0,30,5.5,2026-11-21 10:01:00,2026-11-21 10:01:00";
    const header =
      "global_device_id,msn,meter_datetime,channel_id,interval,active_energy_tl,mdc_read_datetime,db_datetime";
    writeFileSync(join(folder, "strange.csv"), "a,b\n1,2\n");
    writeFileSync(join(folder, "lpro-zz.csv"), `${header}\n${good}\n${good.replace("10:00:00", "no time")}\n"broken`);
    atRest(folder);
    writeFileSync(join(folder, "events-being-written.csv"), "global_device_id");
    await scene.poll(mdc);
    assert.deepEqual(readdirSync(join(folder, "refused")).sort(), ["lpro-zz.csv", "strange.csv"]);
    assert.ok(readdirSync(folder).includes("events-being-written.csv"));
    const reasons = (await scene.setAside(mdc)).map(({ reason }) => reason).join("\n");
    assert.match(reasons, /strange\.csv begins with no table/);
    assert.match(reasons, /lpro-zz\.csv cannot be read on: line 4: a quoted cell has no end/);
    assert.match(reasons, /meter_datetime is "2026-11-21 no time"/);
    const [row] = await scene.select<[string]>(
      "SELECT toString(active_energy_abs_tl) FROM udil_load_profile_rows FINAL WHERE meter_datetime = '2026-11-21 05:00:00' AND active_energy_abs_tl = 5.5",
    );
    assert.equal(row?.[0], "5.5");
  });

  test("that is not there is told", async () => {
    const { mdc } = await dropped();
    const gone = join(temporaryDirectory(), "gone");
    await scene.send("PATCH", `/v1/udil/mdcs/${mdc}`, { folder: gone });
    await assert.rejects(scene.poll(mdc), (error: MdcFailure) => error.code === "folder");
    mkdirSync(gone);
    assert.deepEqual(await scene.poll(mdc), { stored: 0, repeated: 0, setAside: 0 });
  });
});
