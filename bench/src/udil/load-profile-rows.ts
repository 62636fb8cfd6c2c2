/** LOAD_PROFILE_DATA as the role of an MDC answers it: rows of the store, page by page, as strict JSON, beside what the engine gives. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pakistanTime, type UdilVersion, udilTables, writeResponse } from "@anymeter/udil";
import { createProfileRows, type ProfileRows } from "../../../platform/src/readings/profile-rows/profile-rows.ts";
import { positionOf, type RowPosition } from "../../../platform/src/readings/profile-rows/row-queries.ts";
import { type ColumnarStore, openColumnarStore } from "../../../platform/src/stores/columnar/columnar-store.ts";
import { openRelationalStore } from "../../../platform/src/stores/relational/relational-store.ts";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import { loadProfileRow, meters, organizationNumber, rowsPerMeter } from "./sample.ts";

const rows = meters * rowsPerMeter;
const rowsPerPage = 5_000;
const rounds = 5;
const target = 5_000;

export async function run(): Promise<BenchResult[]> {
  const directory = await mkdtemp(join(tmpdir(), "anymeter-bench-"));
  const relational = await openRelationalStore({});
  const columnar = await openColumnarStore({ directory });
  try {
    await Promise.all([relational.migrate(), columnar.migrate()]);
    const profileRows = createProfileRows({ relational, columnar });
    const results = [await measuredWrites(profileRows)];
    for (const version of ["v1", "v3.3"] as const) results.push(await measuredReads(version, profileRows, columnar));
    await profileRows.close();
    return results;
  } finally {
    await columnar.close();
    await relational.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Rows of a day of every meter, and what they tell METER_VISUALS. */
async function measuredWrites({ store }: ProfileRows): Promise<BenchResult> {
  const start = performance.now();
  const writes: Promise<void>[] = [];
  for (let meter = 0; meter < meters; meter += 10) {
    writes.push(store.write(Array.from({ length: 10 * rowsPerMeter }, (_, index) => loadProfileRow(meter, index))));
  }
  await Promise.all(writes);
  const figure = rows / ((performance.now() - start) / 1000);
  return {
    name: "load-profile rows to durable, deduplicated rows",
    figure,
    unit: "rows/s",
    peer: "what a million meters at 15 minutes need in a window of four hours",
    peerFigure: 6_667,
    ratio: figure / 6_667,
    notes: `${rows} rows, 960 a call, ${Object.keys(loadProfileRow(0, 0).fields).length} values each`,
  };
}

async function measuredReads(
  version: UdilVersion,
  profileRows: ProfileRows,
  columnar: ColumnarStore,
): Promise<BenchResult> {
  const answered: number[] = [];
  const engine: number[] = [];
  const names = udilTables[version].LPRO.fields.map(({ model }) => model);
  const own = names.filter((name) => !["msn", "global_device_id", "db_datetime", "is_synced", "id"].includes(name));
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    answered.push(
      await rate(async () => {
        bytes = await answerAll(version, profileRows, names);
      }),
    );
    engine.push(
      await rate(async () => {
        const query = `SELECT ${own.join(", ")} FROM udil_load_profile_rows FINAL
        WHERE organization_number = ${organizationNumber} ORDER BY device_number, meter_datetime, channel_id`;
        const answer = await columnar.client.query({ query, format: "JSONEachRow" });
        assert.ok((await answer.text()).length > rows);
      }),
    );
  }
  const [figure, peerFigure] = [median(answered), median(engine)];
  return {
    name: `load-profile rows of ${version} answered as JSON from the store`,
    figure,
    unit: "rows/s",
    peer: "the engine's own JSON of the same columns, in one statement",
    peerFigure,
    ratio: figure / peerFigure,
    target,
    notes: `median of ${rounds} rounds of ${rows} rows in pages of ${rowsPerPage}; ${Math.round(bytes / rows)} bytes a row`,
  };
}

/** @returns bytes of all answers */
async function answerAll(version: UdilVersion, { queries }: ProfileRows, fields: readonly string[]): Promise<number> {
  const devices = Array.from({ length: meters }, (_, meter) => meter);
  let after: RowPosition | undefined;
  let bytes = 0;
  let count = 0;
  for (;;) {
    const page = await queries.rows({ table: "LPRO", organizationNumber, devices, fields, after, limit: rowsPerPage });
    const named = page.map(({ deviceNumber, fields }) => ({
      ...fields,
      global_device_id: `m${deviceNumber}`,
      msn: String(3_697_000_000 + deviceNumber),
    }));
    const answer = { kind: "rows", status: 1, table: "LPRO", rows: named, message: "" } as const;
    bytes += writeResponse(answer, { version, format: "json", zone: pakistanTime }).length;
    count += page.length;
    if (page.length < rowsPerPage) break;
    after = positionOf("LPRO", page.at(-1)!);
  }
  assert.equal(count, rows);
  return bytes;
}

async function rate(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return rows / ((performance.now() - start) / 1000);
}
