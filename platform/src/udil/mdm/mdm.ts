/** The room as MDM: we read and command the meters of vendors' head-ends (MDCs) through UDIL. */
import { isAbsolute, join } from "node:path";
import type { FastifyPluginAsync } from "fastify";
import type { Commands } from "../../commands/commands.ts";
import type { EventWriter } from "../../events/event-writer.ts";
import { type Clock, systemClock } from "../../head-end/clock.ts";
import type { HeadEndLog } from "../../head-end/log.ts";
import type { ProfileRows } from "../../readings/profile-rows/profile-rows.ts";
import type { ReadingWriter } from "../../readings/reading-writer.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { PeerCarrier } from "./commands/peer-carrier.ts";
import { Connections } from "./connection/connections.ts";
import { ContactsOfRows } from "./intake/contacts-of-rows.ts";
import { MeterDirectory } from "./intake/meter-directory.ts";
import { RowIntake } from "./intake/row-intake.ts";
import { mdcs } from "./peers/mdcs.ts";
import { Cursors } from "./polling/cursors.ts";
import { Poller } from "./polling/poller.ts";
import { mdcRoutes } from "./routes.ts";
import { SetAside } from "./set-aside/set-aside.ts";
import type { OpenPeerDatabase } from "./transports/database-poll.ts";

export interface MdmOptions {
  readonly relational: RelationalStore;
  readonly columnar: ColumnarStore;
  readonly registry: Pick<Registry, "sealer" | "changes" | "routesOf">;
  readonly commands: Pick<Commands, "submit" | "takeForPeers" | "report" | "onChanged">;
  readonly profileRows: Pick<ProfileRows, "store" | "visuals">;
  readonly readings: Pick<ReadingWriter, "writeWide">;
  readonly events: Pick<EventWriter, "write">;
  /** Folders of MDCs that are not absolute are below it. */
  readonly dataDirectory: string;
  /** Rows of a page without `limit`. */
  readonly pageSize: number;
  readonly logger: HeadEndLog;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly openDatabase?: OpenPeerDatabase;
}

export interface Mdm {
  readonly intake: RowIntake;
  /** Administration of MDCs, their state, and what is set aside. */
  readonly routes: FastifyPluginAsync;
  /** Begins to poll MDCs and to carry commands to them. */
  start(): Promise<void>;
  /** Resolves when what was read is durable. What was sent is asked for by whoever starts next. */
  stop(): Promise<void>;
}

export function createMdm(options: MdmOptions): Mdm {
  const { relational, columnar, registry, commands, profileRows, readings, events, dataDirectory, logger } = options;
  const { clock = systemClock, random = Math.random } = options;
  const { db } = relational;
  const { sealer, changes } = registry;
  const now = () => clock.now();
  const connections = new Connections(now);
  const setAside = new SetAside(db, now);
  const meters = new MeterDirectory({ db, changes, now });
  const intake = new RowIntake({
    ...{ meters, setAside, readings, events, contacts: new ContactsOfRows(db, now), now },
    profileRows: profileRows.store,
    visuals: profileRows.visuals,
  });
  const poller = new Poller({
    ...{ db, sealer, connections, clock, random, logger, columnar, commands },
    services: { intake, setAside, cursors: new Cursors(db, now) },
    folderOf: (folder) => (isAbsolute(folder) ? folder : join(dataDirectory, folder)),
    openDatabase: options.openDatabase,
  });
  changes.onChange(async ({ resource, id, action }) => {
    if (resource !== mdcs.name) return;
    if (action === "deleted") poller.forget(String(id));
    else await poller.settingsChanged(String(id));
  });
  const administration = registry.routesOf(mdcs);
  let carrier: PeerCarrier | undefined;
  return {
    intake,
    routes: async (app) => {
      await app.register(administration);
      await app.register(mdcRoutes({ db, sealer, poller, setAside, meters, pageSize: options.pageSize, now }));
    },
    async start() {
      if (relational.engine === "pglite") await poller.leases.recover();
      poller.start();
      carrier ??= new PeerCarrier({ db, sealer, connections, commands, intake, clock, random, logger });
      carrier.start();
    },
    async stop() {
      await Promise.all([poller.stop(), carrier?.stop()]);
      connections.close();
    },
  };
}
