/**
 * The composition root: opens the stores, puts the rooms together, and starts what this process's roles ask for.
 * The command line starts it; nothing else imports it.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { loadCertificate } from "./certificate.ts";
import { createCommands } from "./commands/commands.ts";
import type { Configuration } from "./configuration.ts";
import { createEvents } from "./events/events.ts";
import { commandsOfProtocol, createDrivers } from "./head-end/drivers/index.ts";
import { createHeadEnd } from "./head-end/head-end.ts";
import { createPushListener, type PushListener } from "./head-end/push/push-listener.ts";
import { headEndRoutes } from "./head-end/routes.ts";
import { createHttpApplication } from "./http/application.ts";
import { listen } from "./http/listen.ts";
import { createMetrics } from "./http/metrics.ts";
import { createLogger } from "./logging.ts";
import { openStores } from "./open-stores.ts";
import { createProfileRows } from "./readings/profile-rows/profile-rows.ts";
import { createReadings } from "./readings/readings.ts";
import type { NewAdministrator } from "./registry/administrator.ts";
import { loadMasterKey } from "./registry/master-key.ts";
import { createRegistry } from "./registry/registry.ts";
import { createMdc, mdcErrorStyles } from "./udil/mdc/mdc.ts";
import { createMdm } from "./udil/mdm/mdm.ts";
import { createUdilTables } from "./udil/tables/udil-tables.ts";

export interface Platform {
  /** Where HTTP is served; absent when this process has no role `api`. */
  readonly address?: string;
  /** Where HTTPS is served. */
  readonly secureAddress?: string;
  /** The staff user this start made, with the only copy of its secrets. */
  readonly administrator?: NewAdministrator;
  /** Takes no new work, ends sessions, writes what is in hand, closes the stores. */
  close(): Promise<void>;
}

/**
 * Starts the platform.
 * @param log where the JSON log lines go; absent = standard output
 * @throws Error when a store cannot be opened, a port is taken, or the master key file is damaged
 */
export async function startPlatform(
  configuration: Configuration,
  log?: { write(line: string): void },
): Promise<Platform> {
  const closing: (() => Promise<void>)[] = [];
  /** In reverse order of starting; all are tried even when one fails. */
  const close = async () => {
    const failures: unknown[] = [];
    for (const step of closing.splice(0).reverse()) await step().catch((error) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "the platform did not end cleanly");
  };
  try {
    return { ...(await start(configuration, log, closing)), close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** @param closing receives what to undo, in the order of starting */
async function start(
  configuration: Configuration,
  log: { write(line: string): void } | undefined,
  closing: (() => Promise<void>)[],
): Promise<Omit<Platform, "close">> {
  await mkdir(configuration.dataDirectory, { recursive: true, mode: 0o700 });
  const masterKey = await loadMasterKey(configuration.masterKeyFile);
  const stores = await openStores(configuration);
  closing.push(() => stores.close());
  const { relational, columnar } = stores;
  await relational.migrate();
  await columnar.migrate();

  const { defaultMeterTimezone, pageSize, stagedRetentionDays, jwtLifetimeSeconds, roles } = configuration;
  const metrics = createMetrics();
  const logger = createLogger(configuration.logLevel, log);
  const report = (error: unknown) => logger.error({ err: error }, "work in the background failed");
  const registry = createRegistry({
    db: relational.db,
    masterKey,
    jwtLifetimeSeconds,
    pageSize,
    defaultMeterTimezone,
    report,
  });
  const administrator = await registry.ensureAdministrator(configuration.administrator);
  const { changes } = registry;
  const readings = createReadings({ ...stores, changes, defaultMeterTimezone, stagedRetentionDays, pageSize, report });
  closing.push(() => readings.close());
  const events = createEvents({ ...stores, defaultMeterTimezone, pageSize });
  closing.push(() => events.close());
  const profileRows = createProfileRows({ relational, columnar });
  closing.push(() => profileRows.close());

  const udilTables = createUdilTables({ relational, columnar, profileRows, changes, defaultMeterTimezone, report });

  const meterServices = {
    db: relational.db,
    readings: readings.writer,
    events: events.writer,
    profileRows: profileRows.store,
    storedRows: profileRows.queries,
    openKeys: registry.openKeys,
    reserveCounter: registry.reserveCounter,
  };
  const drivers = createDrivers(meterServices);
  const push = roles.has("head-end")
    ? createPushListener({
        ...meterServices,
        defaultTimezone: defaultMeterTimezone,
        metrics,
        logger,
        ...configuration.dlmsPush,
        runsMayBegin: () => headEnd?.wake(),
      })
    : undefined;
  const headEnd = roles.has("head-end")
    ? createHeadEnd({
        relational,
        drivers,
        defaultTimezone: defaultMeterTimezone,
        metrics,
        logger,
        connected: push?.bound,
        contacted: (contact) => udilTables.contacted(contact),
      })
    : undefined;
  if (headEnd !== undefined && push !== undefined) {
    if (await listenForPushes(push, configuration.dlmsPush, logger)) closing.push(() => push.stop());
    await headEnd.start();
    // Ends before the port: sessions with meters that dialled in run over its connections.
    closing.push(() => headEnd.stop());
  }
  const commands = createCommands({
    relational,
    headEnd,
    pageSize,
    commandsOf: (protocol) => commandsOfProtocol(drivers, protocol),
    changes,
    logger,
    metrics,
  });
  commands.onChanged((rows) => udilTables.commandsChanged(rows));
  await udilTables.start();
  closing.push(() => udilTables.stop());
  const mdm = createMdm({
    ...{ relational, columnar, registry, commands, profileRows, pageSize, logger },
    readings: readings.writer,
    events: events.writer,
    dataDirectory: configuration.dataDirectory,
  });
  // It hears of the first change that the pipeline tells, and ends before it.
  if (roles.has("head-end")) await mdm.start();
  await commands.start();
  closing.push(() => commands.stop());
  closing.push(() => mdm.stop());
  const started = administrator && { administrator };
  if (!roles.has("api")) return { ...started };

  await readings.start();
  const app = await createHttpApplication({
    authenticator: registry.authenticator,
    roomPlugins: [
      registry.routes,
      readings.routes,
      events.routes,
      headEndRoutes({ relational, pageSize, ...(headEnd && { headEnd }) }),
      commands.routes,
      mdm.routes,
      createMdc({ relational, registry, commands, profileRows, plainHttp: configuration.udilOverPlainHttp }).routes,
    ],
    errorStyles: mdcErrorStyles,
    trustedProxies: configuration.trustedProxies,
    readiness: async () => {
      await Promise.all([relational.ping(), columnar.ping()]);
    },
    logger,
    version: await version(),
    metrics,
    portalDirectory,
  });
  closing.push(() => app.close());
  const { host, port, tls } = configuration;
  const certificate = await loadCertificate(configuration.dataDirectory, tls);
  const plain = await listen(app, { host, port });
  const secure = await listen(app, { host, port: tls.port, tls: certificate });
  return { ...started, address: `http://${inUrl(host)}:${plain}`, secureAddress: `https://${inUrl(host)}:${secure}` };
}

/**
 * A platform whose push port another program has still reads its meters: only one that was asked for by name must be free.
 * @returns whether it listens
 */
async function listenForPushes(
  push: PushListener,
  { port, mustListen }: Configuration["dlmsPush"],
  logger: Logger,
): Promise<boolean> {
  try {
    await push.start();
    return true;
  } catch (error) {
    if (mustListen) throw error;
    logger.warn({ err: error, port }, "no pushes are taken: the port is not free; set ANYMETER_DLMS_PUSH_PORT");
    return false;
  }
}

/** An IPv6 address stands in brackets. */
function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

const portalDirectory = join(import.meta.dirname, "..", "..", "portal", "dist");

async function version(): Promise<string> {
  const manifest = await readFile(join(import.meta.dirname, "..", "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
