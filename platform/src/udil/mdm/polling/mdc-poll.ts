/** One poll of an MDC, by whichever transport it has; and after it what was owed from earlier ones. */
import type { Commands } from "../../../commands/commands.ts";
import type { ColumnarStore } from "../../../stores/columnar/columnar-store.ts";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import { replayAnswers } from "../set-aside/replay.ts";
import { type OpenPeerDatabase, pollDatabase } from "../transports/database-poll.ts";
import { pollFolder } from "../transports/file-poll.ts";
import { type PolledRows, type PollServices, pollByApi } from "./api-poll.ts";
import { type AskedHoles, askMeters, findHoles, type Hole } from "./holes.ts";
import { metersOf } from "./mdc-meters.ts";
import { PageReader } from "./page-reader.ts";

export interface MdcPollOptions {
  readonly services: PollServices;
  readonly columnar: Pick<ColumnarStore, "client">;
  readonly commands: Pick<Commands, "submit">;
  readonly asked: AskedHoles;
  /** Where an MDC's folder is. */
  readonly folderOf: (folder: string) => string;
  readonly openDatabase?: OpenPeerDatabase | undefined;
}

const hour = 3_600_000;
/** Holes further back are history. */
const holesReach = 7 * 24 * hour;
/** Rows that were stamped with the time at which they should have come. */
const usualDelay = 2 * hour;

/** @throws MdcFailure */
export async function pollMdc(connection: MdcConnection, options: MdcPollOptions): Promise<PolledRows> {
  const { mdc } = connection;
  const { services, folderOf, openDatabase } = options;
  if (mdc.transport === "database") return await pollDatabase(mdc, mdc.dsn!, services, openDatabase);
  if (mdc.transport === "file") return await pollFolder(mdc, folderOf(mdc.folder!), services);
  const total = await pollByApi(connection, services);
  await replayAnswers(connection, services);
  return total;
}

/** @returns the number of holes that were asked of the meters */
export async function fillHoles(connection: MdcConnection, options: MdcPollOptions): Promise<number> {
  const { mdc } = connection;
  const { services, columnar, commands, asked } = options;
  const { clock } = services.retrying;
  const tables = mdc.tables;
  const now = clock.now();
  const since = now - Math.min(holesReach, mdc.historyMilliseconds);
  const meters = await metersOf(services.db, mdc);
  const find = async () => {
    const found = await findHoles(columnar, mdc, meters, since, now);
    return asked.next(
      found.filter(({ table }) => tables.includes(table)),
      now,
    );
  };
  const holes = await find();
  if (holes.length === 0 || services.retrying.stopped()) return 0;
  if (mdc.transport === "api") await readAgain(connection, services, holes);
  if (mdc.service === undefined) return 0;
  const left = mdc.transport === "api" ? await find() : holes;
  await askMeters(commands, mdc, left, now);
  asked.add(left, now);
  return left.length;
}

/** From the MDC's own tables: rows that came behind the cursor. */
async function readAgain(connection: MdcConnection, services: PollServices, holes: readonly Hole[]): Promise<void> {
  const { mdc } = connection;
  const { retrying, intake } = services;
  for (const { table, meter, from, to } of holes) {
    if (retrying.stopped()) return;
    const reader = new PageReader({ connection, table, retrying });
    try {
      await reader.read(
        { ids: [meter.globalDeviceId], start: from, end: to + usualDelay },
        {
          begin: () => intake.begin(mdc, table),
          take: async (delivery) => void (await intake.finish(mdc, delivery)),
          // It is asked of the meter next; the hole stays until it is closed.
          refuse: () => undefined,
        },
      );
    } catch (error) {
      // What an MDC refuses of one meter it may give of the others.
      if (!(error instanceof MdcFailure && error.code === "refused")) throw error;
    }
  }
}
