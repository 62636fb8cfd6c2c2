/**
 * The platform of the readings benchmarks: registry, readings and HTTP on embedded stores in a new directory. Sends its
 * port and Token, then answers each `direct` request with the time the columnar engine takes for the same rows.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import Type from "typebox";
import { createHttpApplication } from "../../../platform/src/http/application.ts";
import { listen } from "../../../platform/src/http/listen.ts";
import { route } from "../../../platform/src/http/route.ts";
import { ReadingRows, readingColumns, seriesPrefix } from "../../../platform/src/readings/reading-rows.ts";
import { createReadings } from "../../../platform/src/readings/readings.ts";
import { createRegistry } from "../../../platform/src/registry/registry.ts";
import { openColumnarStore } from "../../../platform/src/stores/columnar/columnar-store.ts";
import { tableStatements } from "../../../platform/src/stores/columnar/migrate.ts";
import { meterReadings } from "../../../platform/src/stores/columnar/migrations/0001-meter-readings.ts";
import { openRelationalStore } from "../../../platform/src/stores/relational/relational-store.ts";
import { deviceName, devices, seriesName, timestampOf, valueText } from "./sample.ts";

/** First message: where the platform listens. */
export interface PlatformReady {
  readonly port: number;
  readonly token: string;
}

/** Rows to give to the engine directly; answered with the seconds it took. */
export interface DirectRequest {
  readonly direct: { readonly rows: number; readonly round: number };
}

/** Which readings are in the store; answered with their number. */
export interface CountRequest {
  readonly count: true;
}

const directory = mkdtempSync(join(tmpdir(), "anymeter-bench-"));
process.once("SIGTERM", () => void end());
process.once("disconnect", () => void end());

const relational = await openRelationalStore({ directory: join(directory, "relational") });
const columnar = await openColumnarStore({ directory: join(directory, "columnar") });
await Promise.all([relational.migrate(), columnar.migrate()]);
const token = randomBytes(20).toString("hex");
const report = (error: unknown) => console.error(error);
const common = { defaultMeterTimezone: "UTC", pageSize: 100, report };
const registry = createRegistry({ ...common, db: relational.db, masterKey: randomBytes(32), jwtLifetimeSeconds: 1200 });
await registry.ensureAdministrator({ username: "bench", token });
const readings = createReadings({
  ...common,
  relational,
  columnar,
  changes: registry.changes,
  stagedRetentionDays: 30,
});
const app = await createHttpApplication({
  authenticator: registry.authenticator,
  roomPlugins: [registry.routes, readings.routes, limitRoute],
  readiness: async () => {},
});
await register();

process.on("message", async (message: DirectRequest | CountRequest) => {
  if ("count" in message) process.send!(await readings.queries.count({}));
  else process.send!(await insertDirectly(message.direct.rows, message.direct.round));
});
process.send!({ port: await listen(app, { host: "127.0.0.1", port: 0 }), token } satisfies PlatformReady);

async function end(): Promise<void> {
  await app.close();
  await readings.close();
  await Promise.all([columnar.close(), relational.close()]);
  rmSync(directory, { recursive: true, force: true });
  process.exit(0);
}

/** The limit of single readings: the same body parsed and validated, and nothing done with it. */
async function limitRoute(scope: Parameters<typeof readings.routes>[0]): Promise<void> {
  const text = Type.String({ minLength: 1, maxLength: 64 });
  route(scope, {
    ...{ method: "POST", path: "/limit", operationId: "limit", tag: "limit", summary: "", access: "public" },
    body: Type.Object({ meter_device_name: text, series_name: text, timestamp: text, value: text }, { $id: "Limit" }),
    responses: { 201: { description: "", schema: Type.Unsafe({}) } },
    handler: ({ body }) => body,
  });
}

async function register(): Promise<void> {
  const { db } = relational;
  const organization = (await db
    .insertInto("organizations")
    .values({ name: "Bench" })
    .returning("id")
    .executeTakeFirst())!.id;
  await db.insertInto("meter_reading_series").values({ organization, name: seriesName, unit: "Wh" }).execute();
  const rows = Array.from({ length: devices }, (_, device) => ({
    organization,
    name: deviceName(device),
    protocol: "mbus",
  }));
  await db.insertInto("meter_devices").values(rows).execute();
}

/** @returns seconds the engine takes for the rows, encoded beforehand, in inserts of the size the writer makes at most */
async function insertDirectly(rows: number, round: number): Promise<number> {
  const table = `direct_${round}`;
  const [statement] = tableStatements({ ...meterReadings.tables[0]!, name: table }, undefined);
  await columnar.client.command({ query: statement! });
  const perInsert = 100_000;
  const groups: Uint8Array[] = [];
  for (let first = 0; first < rows; first += perInsert) {
    const group = new ReadingRows(perInsert, first + 1, Date.now() * 1000);
    for (let row = first; row < Math.min(rows, first + perInsert); row++) {
      const value = Buffer.from(valueText(row));
      group.add(seriesPrefix(1, 1 + (row % devices), 1), timestampOf(row, round), value, 0, value.length);
    }
    groups.push(group.compactBytes());
  }
  const start = performance.now();
  for (const group of groups) {
    const values = Readable.from([group], { objectMode: false });
    await columnar.client.insert({ table, columns: [...readingColumns], format: "TabSeparated", values });
  }
  const seconds = (performance.now() - start) / 1000;
  await columnar.client.command({ query: `DROP TABLE ${table}` });
  return seconds;
}
