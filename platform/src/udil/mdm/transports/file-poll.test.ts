import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { before, describe, mock, test } from "node:test";
import { CsvFolder } from "@anymeter/simulator";
import { temporaryDirectory } from "../../../stores/testing/temporary-directory.ts";
import type { MdcFailure } from "../connection/failures.ts";
import { Cursors } from "../polling/cursors.ts";
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
      "a first line in pieces",
      ["\uFEFFa", ";b", "\n1;2"],
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["nothing but a first line", ["a\t", "b"], [["a", "b"]]],
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

const original = Cursors.prototype.advance;
const time = (second: number) => new Date(second * 1000).toISOString().slice(11, 19);

describe("a folder of an MDC", () => {
  let scene: MdmScene;
  before(async () => {
    scene = await openMdmScene();
  });
  const atRest = (folder: string) => {
    const past = Date.now() / 1000 - 60;
    for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()))
      utimesSync(join(folder, name), past, past);
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
  const namesOfTables = {
    INST: "instantaneous",
    BILL: "billing",
    MBIL: "monthly_billing",
    LPRO: "load_profile",
    EVNT: "event",
  };
  const keyColumns = ["global_device_id", "meter_datetime", "event_datetime", "event_code"];
  const linesOf = async (path: string) => {
    const lines: string[][] = [];
    for await (const line of csvLines([readFileSync(path, "utf8")])) lines.push(line);
    return lines;
  };
  const count = async (mdc: string, table = "load_profile") => {
    const { number } = await scene.store.db
      .selectFrom("udil_mdcs")
      .select("number")
      .where("id", "=", mdc)
      .executeTakeFirstOrThrow();
    const [row] = await scene.select<[number]>(
      `SELECT toUInt32(count()) FROM udil_${table}_rows FINAL WHERE source = ${number}`,
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
      const { length } = vendor.collector.tables.select("LPRO", { meters, by: "db_datetime" });
      assert.equal(await count(mdc), length);
      for (const [table, name] of Object.entries(namesOfTables)) {
        const keys = new Set<string>();
        for (const file of files.filter((one) => tableOfFile(one) === table)) {
          const [columns = [], ...rows] = await linesOf(join(folder, "done", file));
          const places = keyColumns.map((column) => columns.indexOf(column)).filter((place) => place >= 0);
          for (const row of rows) keys.add(places.map((place) => row[place]).join(" "));
        }
        assert.ok(keys.size > 0 || table === "EVNT", table);
        assert.equal(await count(mdc, name), keys.size, table);
      }
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

  const header = "global_device_id,msn,meter_datetime,channel_id,interval,active_energy_tl,db_datetime";
  const line = (id: string, minute: number, energy: string) =>
    `${id},,2026-11-21 10:${String(minute).padStart(2, "0")}:00,0,30,${energy},2026-11-21 10:59:00`;
  /** An MDC of files that the test writes. */
  const handmade = async (files: Record<string, string | Uint8Array>, settings: object = {}) => {
    const folder = temporaryDirectory();
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    atRest(folder);
    const organization = await scene.organization(`Utility ${++seed}`);
    const mdc = await scene.create("/v1/udil/mdcs", {
      ...{ organization, name: "Files", transport: "file", folder, fills_holes: false },
      ...settings,
    });
    const energies = async () =>
      (
        await scene.select<[string]>(
          `SELECT toString(active_energy_abs_tl) FROM udil_load_profile_rows FINAL WHERE source = ${mdc.number} ORDER BY meter_datetime`,
        )
      ).map(([energy]) => energy);
    return { folder, mdc: mdc.id as string, energies };
  };

  test("has rows that lost or won cells set aside: no value lands in another column", async () => {
    const lines = [
      header,
      line("f1", 0, "1"),
      line("f1", 1, "2,5"),
      `${line("f1", 2, "3")},,`,
      "f1,,2026-11-21 10:03:00,0,30,4",
    ];
    const { mdc, energies } = await handmade({ "lpro.csv": lines.join("\n") });
    await scene.poll(mdc);
    assert.deepEqual(await energies(), ["1", "3"]);
    const reasons = (await scene.setAside(mdc)).map(({ reason }) => reason);
    assert.deepEqual(reasons, [
      "Row 3 has 8 cells where the first line names 7 columns.",
      "Row 5 has 6 cells where the first line names 7 columns.",
    ]);
  });

  test("has files without a header, with one that names a column twice, or of a table that is not read refused whole", async () => {
    const { mdc, folder, energies } = await handmade(
      {
        "lpro-1.csv": `${line("f2", 0, "1")}\n${line("f2", 1, "1")}\n`,
        "lpro-2.csv": `${header},Active_energy_tl\n${line("f2", 2, "1")},7\n`,
        "events.csv": "global_device_id,event_datetime,event_code\n",
      },
      { switches: { tables: ["LPRO"] } },
    );
    await scene.poll(mdc);
    assert.deepEqual(await energies(), []);
    assert.equal(readdirSync(join(folder, "refused")).length, 3);
    const reasons = (await scene.setAside(mdc)).map(({ reason }) => reason).join("\n");
    assert.match(reasons, /lpro-1\.csv cannot be read on: line 1: there is no column global_device_id/);
    assert.match(reasons, /lpro-2\.csv cannot be read on: line 1: the column active_energy_tl is named twice/);
    assert.match(reasons, /events\.csv is of EVNT, which is not read from this MDC/);
    // A replay cannot help a file, and keeps what it says.
    const replayed = await scene.send("POST", `/v1/udil/mdcs/${mdc}/set-aside/replay`, { all: true });
    assert.deepEqual(replayed.body, { stored: 0, refused: 3, asked_again: 0 });
    assert.equal((await scene.setAside(mdc)).map(({ reason }) => reason).join("\n"), reasons);
  });

  test("has files in UTF-16 read, and others of no encoding refused where they break", async () => {
    const utf16 = Buffer.from(`\uFEFF${header}\r\n${line("f3", 0, "1")}\r\n`, "utf16le");
    const broken = Buffer.from(`${header}\n${line("f3", 1, "2")}\n${line("f3\u00e9", 2, "3")}\n`, "latin1");
    const { mdc, energies, folder } = await handmade({ "lpro-1.csv": utf16, "lpro-2.csv": broken });
    await scene.poll(mdc);
    assert.equal((await energies())[0], "1");
    assert.deepEqual(readdirSync(join(folder, "refused")), ["lpro-2.csv"]);
    assert.match((await scene.setAside(mdc))[0]!.reason, /are no UTF-8: save it as UTF-8/);
  });

  test("keeps what is done under a name that comes again, follows no links, and takes the others when one cannot be", async () => {
    const { mdc, energies, folder } = await handmade({ "lpro.csv": `${header}\n${line("f4", 0, "1")}\n` });
    const secret = join(temporaryDirectory(), "secret.csv");
    writeFileSync(secret, `${header}\n${line("f4", 1, "2")}\n`);
    symlinkSync(secret, join(folder, "lpro-a.csv"));
    await scene.poll(mdc);
    writeFileSync(join(folder, "lpro.csv"), `${header}\n${line("f4", 2, "3")}\n`);
    atRest(folder);
    await scene.poll(mdc);
    assert.deepEqual(await energies(), ["1", "3"]);
    assert.deepEqual(readdirSync(join(folder, "done")).sort(), ["lpro-2.csv", "lpro.csv"]);
    // done/ that leads elsewhere is not written to.
    rmSync(join(folder, "done"), { recursive: true });
    symlinkSync(temporaryDirectory(), join(folder, "done"));
    for (const name of ["lpro-5.csv", "lpro-6.csv"]) {
      writeFileSync(join(folder, name), `${header}\n${line("f4", Number(name[5]), "9")}\n`);
    }
    atRest(folder);
    await assert.rejects(
      scene.poll(mdc),
      (error: MdcFailure) => error.code === "folder" && /done is a link/.test(error.message),
    );
    assert.deepEqual(await energies(), ["1", "3", "9", "9"]);
  });

  test("has a file that is written on while it is read taken again", async () => {
    const many = Array.from(
      { length: 6_000 },
      (_, index) => `f5,,2026-11-20 ${time(index)},0,30,1,2026-11-20 23:00:00`,
    );
    const { mdc, energies, folder } = await handmade({ "lpro.csv": `${[header, ...many].join("\n")}\n` });
    const path = join(folder, "lpro.csv");
    const advance = mock.method(
      Cursors.prototype,
      "advance",
      async function (this: Cursors, ...given: Parameters<Cursors["advance"]>) {
        if (advance.mock.callCount() === 0) appendFileSync(path, `${line("f5", 9, "2")}\n`);
        return await Reflect.apply(original, this, given);
      },
    );
    await scene.poll(mdc);
    advance.mock.restore();
    assert.ok(existsSync(path));
    atRest(folder);
    await scene.poll(mdc);
    assert.ok(!existsSync(path));
    assert.equal((await energies()).at(-1), "2");
    assert.equal((await energies()).length, 6_001);
  });

  test("with a stamp of the year 2099 moves no cursor there", async () => {
    const { mdc } = await handmade({
      "lpro.csv": `${header}\n${line("f6", 0, "1").replace(/2026-11-21 10:59/, "2099-01-01 00:00")}\n`,
    });
    await scene.poll(mdc);
    const { body } = await scene.send("GET", `/v1/udil/mdcs/${mdc}/state`);
    assert.equal(body.tables[0].read_until, null);
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
