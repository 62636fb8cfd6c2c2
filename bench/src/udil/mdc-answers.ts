/** LOAD_PROFILE_DATA answered to one MDM over HTTPS, from the store to its last byte, beside the same bytes out of memory. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import type { UdilVersion } from "@anymeter/udil";
import type { FastifyPluginAsync } from "fastify";
import { sql } from "kysely";
import { loadCertificate } from "../../../platform/src/certificate.ts";
import { createHttpApplication } from "../../../platform/src/http/application.ts";
import { listen } from "../../../platform/src/http/listen.ts";
import type { ProfileRow } from "../../../platform/src/readings/profile-rows/profile-row.ts";
import { createProfileRows } from "../../../platform/src/readings/profile-rows/profile-rows.ts";
import { createRegistry } from "../../../platform/src/registry/registry.ts";
import { openColumnarStore } from "../../../platform/src/stores/columnar/columnar-store.ts";
import { openRelationalStore, type RelationalStore } from "../../../platform/src/stores/relational/relational-store.ts";
import { PrivateKeys } from "../../../platform/src/udil/mdc/authorization/keys.ts";
import { createMdc, mdcErrorStyles } from "../../../platform/src/udil/mdc/mdc.ts";
import { median } from "../readings/median.ts";
import type { BenchResult } from "../result.ts";
import type { AnswerCounted, AnswerWanted } from "./mdm-client.ts";
import { loadProfileRow, meters, rowsPerMeter } from "./sample.ts";

const rows = meters * rowsPerMeter;
const rounds = 3;
const target = 5_000;
const chunkBytes = 1024 * 1024;
/** Rows a second of a million meters that keep one every 15 minutes. */
const needed = "1,111 rows/s on average, 6,667 when a day's rows are fetched in 4 hours";

export async function run(): Promise<BenchResult[]> {
  const directory = await mkdtemp(join(tmpdir(), "anymeter-bench-"));
  const relational = await openRelationalStore({});
  const columnar = await openColumnarStore({ directory: join(directory, "columnar") });
  const client = new Worker(new URL("./mdm-client.ts", import.meta.url));
  try {
    await Promise.all([relational.migrate(), columnar.migrate()]);
    const profileRows = createProfileRows({ relational, columnar });
    const certificate = await loadCertificate(directory, {});
    const registry = createRegistry({
      ...{ db: relational.db, masterKey: randomBytes(32), jwtLifetimeSeconds: 1200, pageSize: 100 },
      ...{ defaultMeterTimezone: "UTC", report: (error: unknown) => console.error(error) },
    });
    const memory = { bytes: 0 };
    const app = await createHttpApplication({
      authenticator: registry.authenticator,
      roomPlugins: [
        createMdc({ relational, registry, commands: noCommands, profileRows }).routes,
        answersFromMemory(memory),
      ],
      errorStyles: mdcErrorStyles,
      readiness: async () => undefined,
    });
    const port = await listen(app, { host: "127.0.0.1", port: 0, tls: certificate });
    const ask = askerOf(client, { port, certificate: certificate.cert });
    const organizationNumber = await registerMeters(relational);
    const written: Promise<void>[] = [];
    for (let meter = 0; meter < meters; meter += 10)
      written.push(profileRows.store.write(dayOf(meter, organizationNumber)));
    await Promise.all(written);

    const results: BenchResult[] = [];
    for (const [version, accept] of [
      ["v1", "application/json"],
      ["v1", "application/xml"],
      ["v3.3", "application/json"],
    ] as const) {
      const key = await keyOf(relational, version);
      results.push(await measured({ version, accept, key, ask, memory }));
    }
    await app.close();
    await profileRows.close();
    return results;
  } finally {
    await client.terminate();
    await columnar.close();
    await relational.close();
    await rm(directory, { recursive: true, force: true });
  }
}

type Ask = (wanted: Pick<AnswerWanted, "path" | "headers" | "body">) => Promise<AnswerCounted>;

async function measured({
  version,
  accept,
  key,
  ask,
  memory,
}: {
  version: UdilVersion;
  accept: string;
  key: string;
  ask: Ask;
  memory: { bytes: number };
}): Promise<BenchResult> {
  const ids = JSON.stringify(Array.from({ length: meters }, (_, meter) => `m${meter}`));
  const body = new URLSearchParams({ global_device_id: ids }).toString();
  const headers = { privatekey: key, accept, "content-type": "application/x-www-form-urlencoded" };
  const answered: number[] = [];
  const limit: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const answer = await ask({ path: "/load_profile_data", headers, body });
    assert.equal(answer.status, 200);
    answered.push(rows / (answer.milliseconds / 1000));
    memory.bytes = answer.bytes;
    const fromMemory = await ask({ path: "/from-memory", headers: {}, body: "" });
    assert.equal(fromMemory.bytes, answer.bytes);
    limit.push(rows / (fromMemory.milliseconds / 1000));
  }
  const [figure, peerFigure] = [median(answered), median(limit)];
  const notation = accept.endsWith("xml") ? "XML" : "JSON";
  return {
    name: `load-profile rows of ${version} answered to one client over HTTPS as ${notation}`,
    figure,
    unit: "rows/s",
    peer: "the same number of bytes out of memory over the same connection",
    peerFigure,
    ratio: figure / peerFigure,
    target,
    notes: `median of ${rounds} rounds of ${rows} rows, ${Math.round(memory.bytes / rows)} bytes each; a million meters at 15 minutes need ${needed}`,
  };
}

/** What TLS and HTTP alone take for an answer. */
function answersFromMemory(memory: { bytes: number }): FastifyPluginAsync {
  const chunk = Buffer.alloc(chunkBytes, "x");
  return async (app) => {
    app.post("/from-memory", (_, reply) => {
      const whole = Math.floor(memory.bytes / chunkBytes);
      const chunks = Array.from({ length: whole }, () => chunk);
      return reply.send(
        Readable.from([...chunks, chunk.subarray(0, memory.bytes % chunkBytes)], { objectMode: false }),
      );
    });
  };
}

function askerOf(client: Worker, place: Pick<AnswerWanted, "port" | "certificate">): Ask {
  return async (wanted) => {
    client.postMessage({ ...place, ...wanted } satisfies AnswerWanted);
    const [answer] = (await once(client, "message")) as [AnswerCounted];
    return answer;
  };
}

/** @returns the organization's key in the columnar store; the meters' are 1 and so on */
async function registerMeters({ db }: RelationalStore): Promise<number> {
  const organization = await sql<{ id: string; number: number }>`
    insert into organizations (name) values ('bench') returning id, number`.execute(db);
  const { id, number } = organization.rows[0]!;
  await sql`
    insert into meter_devices (organization, name, protocol, global_device_id, msn)
    select ${id}::uuid, 'm' || i, 'dlms-cosem', 'm' || i, (3697000000 + i)::text
    from generate_series(0, ${meters - 1}::integer) i order by i`.execute(db);
  const first = await sql<{ first: number }>`select min(number) as first from meter_devices`.execute(db);
  assert.equal(first.rows[0]!.first, 1);
  return number;
}

async function keyOf({ db }: RelationalStore, version: UdilVersion): Promise<string> {
  const made = await sql<{ id: string }>`
    insert into udil_mdm_clients (organization, name, username, password_hash, code, version, switches)
    select id, ${randomBytes(8).toString("hex")}, 'bench', '', ${randomBytes(8).toString("hex")}, ${version},
      '{"reads_by": "meter_datetime"}'
    from organizations limit 1 returning id`.execute(db);
  return await new PrivateKeys(db, Date.now).issue(made.rows[0]!.id);
}

function dayOf(firstMeter: number, organizationNumber: number): ProfileRow[] {
  return Array.from({ length: 10 * rowsPerMeter }, (_, index) => {
    const row = loadProfileRow(firstMeter, index);
    return { ...row, organizationNumber, deviceNumber: row.deviceNumber + 1 };
  });
}

/** Reads ask for none. */
const refuse = (): never => {
  throw new Error("the benchmark gives no commands");
};
const noCommands = {
  ...{ submit: refuse, cancel: refuse, statusRows: refuse, statusPages: refuse },
  onChanged: () => undefined,
};
