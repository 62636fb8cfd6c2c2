/** A head-end with embedded stores on disk in front of meters that are all the same. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import { Registry } from "prom-client";
import { createEventWriter } from "../../../platform/src/events/event-writer.ts";
import { createDrivers } from "../../../platform/src/head-end/drivers/index.ts";
import { createHeadEnd } from "../../../platform/src/head-end/head-end.ts";
import { createProfileRows } from "../../../platform/src/readings/profile-rows/profile-rows.ts";
import { createReadings } from "../../../platform/src/readings/readings.ts";
import { createRegistry } from "../../../platform/src/registry/registry.ts";
import { Sealer } from "../../../platform/src/registry/sealing.ts";
import { sealSecrets } from "../../../platform/src/registry/secrets.ts";
import { openColumnarStore } from "../../../platform/src/stores/columnar/columnar-store.ts";
import type { Database } from "../../../platform/src/stores/relational/database.ts";
import { openRelationalStore } from "../../../platform/src/stores/relational/relational-store.ts";
import { capturedRegisters, keys, profileRows, systemTitle } from "../dlms/benchmark-meter.ts";

export const readingsPerSession = profileRows * capturedRegisters.length;

export interface Plant {
  /** Makes a task due for every meter, and resolves when every run is recorded as succeeded. */
  readonly readAll: () => Promise<void>;
  close(): Promise<void>;
}

/** @param sessionsAtOnce the head-end's ceiling */
export async function openPlant(ports: readonly number[], meters: number, sessionsAtOnce: number): Promise<Plant> {
  const directory = mkdtempSync(join(tmpdir(), "anymeter-bench-"));
  const relational = await openRelationalStore({ directory: join(directory, "relational") });
  const columnar = await openColumnarStore({ directory: join(directory, "columnar") });
  await Promise.all([relational.migrate(), columnar.migrate()]);
  const { db } = relational;
  const masterKey = randomBytes(32);
  const report = (error: unknown) => console.error(error);
  const common = { defaultMeterTimezone: "UTC", pageSize: 100, report };
  const registry = createRegistry({ ...common, db, masterKey, jwtLifetimeSeconds: 1200 });
  const readings = createReadings({
    ...common,
    relational,
    columnar,
    changes: registry.changes,
    stagedRetentionDays: 30,
  });
  const events = createEventWriter(db, columnar);
  const profileRows = createProfileRows({ relational, columnar });
  await register(db, new Sealer(masterKey), ports, meters);

  const openHeadEnd = () =>
    createHeadEnd({
      relational,
      drivers: createDrivers({
        db,
        readings: readings.writer,
        events,
        profileRows: profileRows.store,
        openKeys: registry.openKeys,
        reserveCounter: registry.reserveCounter,
      }),
      defaultTimezone: "UTC",
      metrics: new Registry(),
      logger: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
      settings: {
        maxSessions: sessionsAtOnce,
        networkMaxSessions: sessionsAtOnce,
        networkConnectionsPerSecond: 100_000,
      },
    });

  return {
    readAll: async () => {
      const task = await addTask(db);
      const headEnd = openHeadEnd();
      await headEnd.start();
      await allSucceeded(db, task, meters);
      await headEnd.stop();
    },
    close: async () => {
      await Promise.all([readings.close(), events.close(), profileRows.close()]);
      await Promise.all([columnar.close(), relational.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A task of yesterday: its latest period is due as soon as somebody looks. */
async function addTask(db: Kysely<Database>): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with task as (
      insert into amr_tasks (organization, name, schedule, meter_execution_type, task_call, task_kwargs, created_at)
      select id, gen_random_uuid()::text, 'quarterly', 'generic_dlms', 'read_profile',
        '{"obis": "1-0:99.1.0", "start_date": "2026-11-19"}', now() - interval '1 day'
      from organizations
      returning id)
    insert into meter_device_tasks (meter_device, amr_task) select d.id, task.id from meter_devices d, task
    returning amr_task as id`.execute(db);
  return rows[0]!.id;
}

/** Polls seldom: the questions go to the store that is measured. */
async function allSucceeded(db: Kysely<Database>, task: string, meters: number): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ succeeded: number; readings: number; cause: string | null }>`
      select count(*) filter (where state = 'succeeded')::integer as succeeded,
        sum(readings_stored)::integer as readings, max(cause || ' ' || cause_detail) as cause
      from amr_runs where amr_task = ${task}`.execute(db);
    const { succeeded, readings, cause } = rows[0]!;
    if (cause !== null) throw new Error(`a run failed: ${cause}`);
    if (succeeded === meters) {
      if (readings !== meters * readingsPerSession) throw new Error(`${readings} readings were stored`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function register(db: Kysely<Database>, sealer: Sealer, ports: readonly number[], meters: number): Promise<void> {
  const dlms = { client_sap: 1, authentication: "gmac", ciphering: "authenticated-encrypted", release: "plain" };
  await sql`insert into organizations (name) values ('Bench')`.execute(db);
  await sql`insert into meter_device_configs (organization, name, timezone) select id, 'Bench', 'UTC' from organizations`.execute(
    db,
  );
  for (const name of capturedRegisters) {
    await sql`
      with series as (
        insert into meter_reading_series (organization, name, unit) select id, ${name}, 'Wh' from organizations returning id)
      insert into meter_device_config_series (meter_device_config, meter_reading_series)
      select c.id, series.id from meter_device_configs c, series`.execute(db);
  }
  await sql`
    insert into meter_device_types (organization, name, manufacturer, manufacturer_model, config, dlms_settings)
    select organization, 'Bench', 'Bench', 'Bench', id, ${JSON.stringify(dlms)}::jsonb from meter_device_configs`.execute(
    db,
  );
  await sql`
    insert into network_interfaces (id, organization, static_ip_address, port)
    select lpad(to_hex(n), 32, '0')::uuid, o.id, '127.0.0.1', (${JSON.stringify(ports)}::jsonb ->> (n % ${ports.length}::integer))::integer
    from organizations o, generate_series(1, ${meters}::integer) n`.execute(db);
  await sql`
    insert into meter_devices (organization, name, protocol, type, network_interface, dlms_system_title)
    select i.organization, i.id::text, 'dlms-cosem', t.id, i.id, ${Buffer.from(systemTitle).toString("hex")}
    from network_interfaces i, meter_device_types t`.execute(db);
  const secrets = {
    dlms_global_unicast_encryption_key: Buffer.from(keys.unicastEncryption).toString("hex"),
    dlms_global_authentication_key: Buffer.from(keys.authentication).toString("hex"),
  };
  const devices = await db.selectFrom("meter_devices").select(["id", "organization"]).execute();
  for (const { id, organization } of devices) {
    await db
      .insertInto("meter_security_keys")
      .values({ organization, meter: id, ...sealSecrets(secrets, id, sealer) } as never)
      .execute();
  }
}
