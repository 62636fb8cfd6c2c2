/** A head-end with real stores in front of simulated meters on real sockets, for tests. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type MeterDescription, type NeighbourhoodSettings, protocols, startNeighbourhood } from "@anymeter/simulator";
import { Registry } from "prom-client";
import { createEventWriter } from "../../events/event-writer.ts";
import { createProfileRows } from "../../readings/profile-rows/profile-rows.ts";
import { createReadingWriter } from "../../readings/reading-writer.ts";
import { counterReserver } from "../../registry/invocation-counters.ts";
import { staffScope } from "../../registry/scope.ts";
import { Sealer } from "../../registry/sealing.ts";
import { sealSecrets } from "../../registry/secrets.ts";
import { keyOpener } from "../../registry/security-keys.ts";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { cleanUpAfterTests } from "../../stores/testing/clean-up.ts";
import { openTestColumnarStore } from "../../stores/testing/columnar-stores.ts";
import { openTestRelationalStore } from "../../stores/testing/relational-stores.ts";
import { createDrivers } from "../drivers/index.ts";
import { createHeadEnd, type HeadEnd } from "../head-end.ts";
import { invoke } from "../runs/on-demand.ts";
import { readRun } from "../runs/run-queries.ts";
import type { ConnectedMeters } from "../session/contact-session.ts";
import { defaultSettings, type HeadEndSettings } from "../settings.ts";
import { RegistryRows } from "./registry-rows.ts";
import { silentLog } from "./silence.ts";
import { StoredRecords } from "./stored-records.ts";

/** Quick to give up, and no ceilings: loopback needs none. */
export const impatient: Partial<HeadEndSettings> = {
  networkConnectionsPerSecond: 1_000,
  busyInterfaceMilliseconds: 100,
  pollMilliseconds: 100,
  retry: { maxAttempts: 2, firstDelayMilliseconds: 20, maxDelayMilliseconds: 40 },
  session: { ...defaultSettings.session, connectTimeoutMilliseconds: 1_000, idleTimeoutMilliseconds: 400 },
};

/** For tests of a single run: what a second attempt would do is the queue's affair. */
export const oneAttempt = {
  retry: { maxAttempts: 1, firstDelayMilliseconds: 1, maxDelayMilliseconds: 1 },
} as const satisfies Partial<HeadEndSettings>;

export interface SceneStores {
  readonly relational: RelationalStore;
  readonly columnar: ColumnarStore;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
}

/** A head-end over stores, as a process would have it. The caller stops it and closes the stores. */
export function headEndOver(
  { relational, columnar, masterKey }: SceneStores,
  settings: Partial<HeadEndSettings>,
  connected?: ConnectedMeters,
) {
  const { db } = relational;
  const readings = createReadingWriter(db, columnar);
  const events = createEventWriter(db, columnar);
  const profileRows = createProfileRows({ relational, columnar });
  const sealer = new Sealer(masterKey);
  const all = { ...impatient, ...settings };
  const drivers = createDrivers({
    db,
    readings,
    events,
    profileRows: profileRows.store,
    storedRows: profileRows.queries,
    openKeys: keyOpener(db, sealer),
    reserveCounter: counterReserver(db),
    settings: all,
  });
  const headEnd = createHeadEnd({
    relational,
    drivers,
    defaultTimezone: "UTC",
    metrics: new Registry(),
    logger: silentLog,
    settings: all,
    connected,
  });
  const stop = async () => {
    await headEnd.stop();
    await Promise.all([readings.close(), events.close(), profileRows.close()]);
  };
  return { headEnd, stop };
}

export type ReadingScene = Awaited<ReturnType<typeof openReadingScene>>;

export async function openReadingScene(neighbourhood: Omit<NeighbourhoodSettings, "seed">, given?: SceneStores) {
  const stores = given ?? {
    relational: await openTestRelationalStore(),
    columnar: await openTestColumnarStore(),
    masterKey: randomBytes(32),
  };
  const { relational, columnar } = stores;
  await relational.migrate();
  await columnar.migrate();
  const { db } = relational;
  const sealer = new Sealer(stores.masterKey);
  const rows = new RegistryRows(db);
  const organization = await rows.organization();
  const street = await startNeighbourhood({ seed: 7, historyDays: 2, ...neighbourhood });
  cleanUpAfterTests(() => street.close());
  const makes = new Map<string, string>();
  const lines = new Map<string, string>();
  const executionTypes = new Map<string, string>();
  const known = new Set<string>();

  /** A head-end of its own, as another process would be. It is stopped after the tests. */
  const openHeadEnd = (settings: Partial<HeadEndSettings> = {}): HeadEnd => {
    const { headEnd, stop } = headEndOver(stores, settings);
    cleanUpAfterTests(stop);
    return headEnd;
  };

  /** Meters behind one gateway have one interface. */
  const interfaceOf = async ({ host, port, name, dialsIn }: MeterDescription) => {
    const line = dialsIn ? name : `${host}:${port}`;
    const address = dialsIn ? { static_ip_address: null, port: null } : { static_ip_address: host, port };
    const id = lines.get(line) ?? (await rows.networkInterface(organization, address));
    lines.set(line, id);
    return id;
  };

  /** A serial number names one device: a meter that is registered once more, with other settings, goes without. */
  const fieldsOf = ({ protocol, name, deviceFields }: MeterDescription) => {
    const meter = `${protocol} ${name}`;
    const again = known.has(meter);
    known.add(meter);
    return { ...deviceFields, ...(again && deviceFields?.msn !== undefined && { msn: null }) };
  };

  /** Registers a meter as its utility would: the type of its make, its series, its keys. @returns the device's id */
  const register = async (meter: MeterDescription, more: { series?: readonly string[] } = {}) => {
    const make = `${meter.make} ${meter.model}`;
    const shared = more.series ? undefined : makes.get(make);
    const type = shared ?? (await rows.meterType(organization, make, meter, more.series));
    if (!more.series) makes.set(make, type);
    const network = await interfaceOf(meter);
    const device = await rows.device(organization, {
      type,
      network_interface: network,
      protocol: meter.protocol,
      ...fieldsOf(meter),
      ...(meter.ownSettings && { [protocols[meter.protocol].settingsField]: JSON.stringify(meter.ownSettings) }),
    });
    executionTypes.set(device, protocols[meter.protocol].executionType);
    const secrets = meter.secrets ?? {};
    await db
      .insertInto("meter_security_keys")
      .values({ organization, meter: device, ...sealSecrets(secrets, device, sealer) } as never)
      .execute();
    return device;
  };

  const ask = (device: string, task_call: string, task_kwargs: Record<string, unknown> = {}) =>
    invoke(
      db,
      {
        meter_device: device,
        meter_execution_type: executionTypes.get(device) ?? "generic_dlms",
        ...{ task_call, task_kwargs },
      },
      staffScope,
      Date.now(),
      100,
    );
  /** The run when it is over. */
  const over = async (id: number) => {
    for (;;) {
      const run = await readRun(db, id, staffScope);
      if (run?.state === "succeeded" || run?.state === "failed") return run;
      await pause(10);
    }
  };
  const run = async (device: string, call: string, kwargs?: Record<string, unknown>) =>
    await over(await ask(device, call, kwargs));
  /** The run, which must have succeeded. */
  const succeeded = async (...call: Parameters<typeof run>) => {
    const done = await run(...call);
    assert.equal(done.state, "succeeded", `${done.cause}: ${done.cause_detail}`);
    return done;
  };
  const { query, numberOf, readingsOf, eventsOf, storedReadings, forget } = new StoredRecords(db, columnar);

  return {
    db,
    relational,
    organization,
    rows,
    /** The DLMS meters, and those of other protocols. */
    meters: street.dlmsMeters,
    others: street.meters.filter(({ protocol }) => protocol !== "dlms-cosem"),
    ...{ openHeadEnd, register },
    ...{ ask, over, run, succeeded },
    ...{ query, numberOf, readingsOf, eventsOf, storedReadings, forget },
  };
}
