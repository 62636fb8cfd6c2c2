/**
 * Rows of three vendors' MDCs, asked for over HTTPS, read, and stored as profile rows and as readings, until they are durable;
 * beside what the engine takes of the same rows when they are handed to it in its own format, with nothing asked, read or checked.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { modelFields, obisOfField, pakistanTime, udilTables } from "@anymeter/udil";
import { createEventWriter } from "../../../platform/src/events/event-writer.ts";
import { systemClock } from "../../../platform/src/head-end/clock.ts";
import { createProfileRows } from "../../../platform/src/readings/profile-rows/profile-rows.ts";
import { blockColumns, RowBlock } from "../../../platform/src/readings/profile-rows/row-block.ts";
import { createReadingWriter } from "../../../platform/src/readings/reading-writer.ts";
import { RegistryChanges } from "../../../platform/src/registry/changes.ts";
import { type ColumnarStore, openColumnarStore } from "../../../platform/src/stores/columnar/columnar-store.ts";
import { insertNative } from "../../../platform/src/stores/columnar/native-insert.ts";
import { openRelationalStore, type RelationalStore } from "../../../platform/src/stores/relational/relational-store.ts";
import { createMdcConnection } from "../../../platform/src/udil/mdm/connection/mdc-connection.ts";
import { ContactsOfRows } from "../../../platform/src/udil/mdm/intake/contacts-of-rows.ts";
import { MeterDirectory } from "../../../platform/src/udil/mdm/intake/meter-directory.ts";
import { RowIntake } from "../../../platform/src/udil/mdm/intake/row-intake.ts";
import { certificatePin } from "../../../platform/src/udil/mdm/peers/certificate-pin.ts";
import type { Mdc } from "../../../platform/src/udil/mdm/peers/mdc.ts";
import { pollByApi } from "../../../platform/src/udil/mdm/polling/api-poll.ts";
import { Cursors } from "../../../platform/src/udil/mdm/polling/cursors.ts";
import { RecentRows } from "../../../platform/src/udil/mdm/polling/recent-rows.ts";
import { SetAside } from "../../../platform/src/udil/mdm/set-aside/set-aside.ts";
import type { BenchResult } from "../result.ts";
import { idOf, minutes, newest, vendorMeters, vendorRow } from "./vendor-rows-sample.ts";

const vendors = 3;
const days = 2;
const rows = (vendors * vendorMeters * days * 24 * 60) / minutes;
const target = 50_000;

export async function run(): Promise<BenchResult[]> {
  const obis = modelFields.LPRO.flatMap(({ model, unit = "", kind }) => {
    const [best] =
      kind === "decimal" && udilTables.v1.LPRO.fields.some((field) => field.model === model) ? obisOfField(model) : [];
    return best === undefined ? [] : [{ name: best.obis, unit }];
  });
  return [await measured(obis.slice(0, 12), true), await measured(obis, false)];
}

async function measured(series: readonly { name: string; unit: string }[], isFirst: boolean): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "anymeter-bench-"));
  const relational = await openRelationalStore({});
  const columnar = await openColumnarStore({ directory });
  const children = Array.from({ length: vendors }, (_, vendor) =>
    spawn(process.execPath, [join(import.meta.dirname, "mdc-process.ts"), String(vendor + 1), String(days)], {
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  try {
    await Promise.all([relational.migrate(), columnar.migrate()]);
    const peers = await Promise.all(
      children.map(async ({ stdout }) => {
        const [line] = (await once(createInterface(stdout), "line")) as [string];
        return JSON.parse(line) as { port: number; cert: string };
      }),
    );
    const mdcs = await register(relational, peers, series);
    const figure = await polled(relational, columnar, mdcs);
    const peerFigure = await handedOver(columnar);
    return {
      name: `load-profile rows of ${vendors} vendors' MDCs to durable rows and readings of ${series.length} series`,
      figure,
      unit: "rows/s",
      peer: "the engine given the same rows in its own format, with nothing asked, read, checked or made a reading",
      peerFigure,
      ratio: figure / peerFigure,
      ...(isFirst && { target }),
      notes: `${rows} rows of 50 columns by HTTPS; a million meters at 15 minutes need 1,111 a second, 6,667 in a window of four hours`,
    };
  } finally {
    for (const child of children) child.stdin.end();
    await columnar.close();
    await relational.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function register(
  { db }: RelationalStore,
  peers: readonly { port: number; cert: string }[],
  series: readonly { name: string; unit: string }[],
): Promise<Mdc[]> {
  const organization = await db
    .insertInto("organizations")
    .values({ name: "Utility" })
    .returning(["id", "number"])
    .executeTakeFirstOrThrow();
  for (const one of series) {
    await db
      .insertInto("meter_reading_series")
      .values({ ...one, organization: organization.id })
      .execute();
  }
  return await Promise.all(
    peers.map(async ({ port, cert }, vendor): Promise<Mdc> => {
      const values = { organization: organization.id, name: `Vendor ${vendor}` };
      const { id, number } = await db
        .insertInto("udil_mdcs")
        .values(values as never)
        .returning(["id", "number"])
        .executeTakeFirstOrThrow();
      const meters = Array.from({ length: vendorMeters }, (_, meter) => idOf(vendor + 1, meter));
      await db
        .insertInto("meter_devices")
        .values(
          meters.map(
            (name) =>
              ({
                organization: organization.id,
                name,
                global_device_id: name,
                protocol: "udil",
                udil_mdc: id,
              }) as never,
          ),
        )
        .execute();
      return {
        ...{ id, number, name: values.name, organization: organization.id, organizationNumber: organization.number },
        ...{
          transport: "api",
          version: "v1",
          zone: pakistanTime,
          pollMilliseconds: 60_000,
          overlapMilliseconds: 900_000,
        },
        historyMilliseconds: (days + 1) * 86_400_000,
        service: {
          baseUrl: `https://127.0.0.1:${port}`,
          credentials: { username: "u", password: "p", code: "c" },
          ...{ format: "json", verify: true, pin: certificatePin(cert) },
        },
        ...{ dsn: undefined, folder: undefined, deviceType: undefined, createsDevices: false, fillsHoles: false },
        ...{ switches: {}, peerSwitches: {}, tables: ["LPRO"], devicesPerRequest: 500, revision: 1 },
      };
    }),
  );
}

/** @returns rows a second, from the first request to the last durable row */
async function polled(relational: RelationalStore, columnar: ColumnarStore, mdcs: readonly Mdc[]): Promise<number> {
  const clock = { ...systemClock, now: () => newest + 60_000 };
  const { now } = clock;
  const { db } = relational;
  const profileRows = createProfileRows({ relational, columnar });
  const readings = createReadingWriter(db, columnar);
  const events = createEventWriter(db, columnar);
  const setAside = new SetAside(db, now);
  const meters = new MeterDirectory({ db, now, changes: new RegistryChanges(() => undefined) });
  const intake = new RowIntake({
    ...{ meters, setAside, readings, events, now },
    contacts: new ContactsOfRows(db, now),
    profileRows: profileRows.store,
    visuals: profileRows.visuals,
  });
  const connections = mdcs.map((mdc) => createMdcConnection(mdc, now));
  const begun = performance.now();
  const totals = await Promise.all(
    connections.map((connection) => {
      const recent = new RecentRows();
      return pollByApi(connection, {
        ...{ db, intake, setAside, cursors: new Cursors(db, now) },
        retrying: { clock, random: () => 0.5, stopped: () => false },
        recent: () => recent,
      });
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  assert.equal(
    totals.reduce((sum, { stored }) => sum + stored, 0),
    rows,
  );
  for (const connection of connections) connection.close();
  await Promise.all([profileRows.close(), readings.close(), events.close()]);
  return rows / seconds;
}

/** Into the same table, as another organization's. */
async function handedOver(columnar: ColumnarStore): Promise<number> {
  const perPart = 20_000;
  const blocks: Uint8Array[] = [];
  for (let first = 0; first < rows; first += perPart) {
    const block = new RowBlock("LPRO", perPart);
    block.add(
      Array.from({ length: Math.min(perPart, rows - first) }, (_, offset) => {
        const index = first + offset;
        const at = newest - Math.floor(index / vendorMeters) * minutes * 60_000;
        const deviceNumber = index % vendorMeters;
        const fields = vendorRow(9, deviceNumber, at);
        return { organizationNumber: 99, deviceNumber, table: "LPRO" as const, at, readAt: at, source: 9, fields };
      }),
    );
    blocks.push(block.bytes(1_700_000_000_000_000 + first));
  }
  const begun = performance.now();
  for (const block of blocks) await insertNative(columnar, "udil_load_profile_rows", blockColumns.LPRO, [block]);
  return rows / ((performance.now() - begun) / 1000);
}
