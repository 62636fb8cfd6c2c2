/** Tries what was set aside again: rows as they came, and answers by asking for them again. */
import { readRow, type UdilRow } from "@anymeter/udil";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import type { RowIntake } from "../intake/row-intake.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { PollServices } from "../polling/api-poll.ts";
import { PageReader } from "../polling/page-reader.ts";
import { filesAside, type Refused, type SetAside, type SetAsideRow } from "./set-aside.ts";

export interface ReplayServices {
  readonly intake: RowIntake;
  readonly setAside: SetAside;
}

export interface Replayed {
  /** They are stored, and no longer set aside. */
  readonly stored: number;
  /** They still cannot be. */
  readonly refused: number;
}

/** Rows alone; one that is stored is set aside no more. */
export async function replayRows(services: ReplayServices, mdc: Mdc, rows: readonly SetAsideRow[]): Promise<Replayed> {
  const { setAside } = services;
  const kept: Kept[] = [];
  let stored = 0;
  const readable = Map.groupBy(
    rows.flatMap((row) => {
      const read = readAgain(mdc, row);
      if ("row" in read) return { ...row, fields: read.row };
      kept.push({ id: row.id, ...read });
      return [];
    }),
    ({ table }) => table,
  );
  for (const [table, some] of readable) {
    for (let first = 0; first < some.length; first += rowsAtOnce) {
      const portion = some.slice(first, first + rowsAtOnce);
      const refused = await storeAll(services.intake, mdc, table, portion);
      const left = new Set(refused.map(({ id }) => id));
      const done = portion.filter(({ id }) => !left.has(id));
      await setAside.remove(done.map(({ id }) => id));
      kept.push(...refused);
      stored += done.length;
    }
  }
  await setAside.keep(kept);
  return { stored, refused: kept.length };
}

type Kept = { readonly id: number } & Pick<Refused, "code" | "reason">;
type ReadRow = SetAsideRow & { readonly fields: UdilRow };

const rowsAtOnce = 500;

/** @returns those that stay refused */
async function storeAll(
  intake: RowIntake,
  mdc: Mdc,
  table: PollableTable,
  rows: readonly ReadRow[],
): Promise<readonly Kept[]> {
  const { refused } = await intake.store({ mdc, table, rows: rows.map(({ fields }) => fields), unreadable: [] });
  const why = new Map(refused.map((one) => [one.row, one]));
  return rows.flatMap(({ id, fields }) => {
    const one = why.get(fields);
    return one ? { id, code: one.code, reason: one.reason } : [];
  });
}

function readAgain(
  { version, zone, peerSwitches }: Mdc,
  { table, raw, code, reason }: SetAsideRow,
): { readonly row: UdilRow } | Pick<Refused, "code" | "reason"> {
  if (filesAside.has(code)) return { code, reason };
  let reading: ReturnType<typeof readRow>;
  try {
    reading = readRow(raw, {
      ...{ table, version, zone },
      ...(peerSwitches.loadProfileEnergy && { loadProfileEnergy: peerSwitches.loadProfileEnergy }),
    });
  } catch {
    return {
      code: "unreadable",
      reason: "What is kept of it is no whole row: it was too long. Ask the MDC for it again.",
    };
  }
  return "row" in reading ? reading : { code: "unreadable", reason: reading.setAside.reason };
}

/** Of one poll. */
const answersAtOnce = 100;

/** Answers whose time has come. */
export async function replayAnswers(connection: MdcConnection, services: PollServices): Promise<Replayed> {
  const { setAside } = services;
  const answers = await setAside.due(connection.mdc, answersAtOnce);
  let stored = 0;
  const kept: Kept[] = [];
  for (const answer of answers) {
    if (services.retrying.stopped()) break;
    const refused = await askAgain(connection, services, answer);
    if (refused) kept.push({ id: answer.id, code: refused.code, reason: refused.reason });
    else {
      await setAside.remove([answer.id]);
      stored++;
    }
  }
  await setAside.keep(kept);
  return { stored, refused: kept.length };
}

async function askAgain(
  connection: MdcConnection,
  { intake, retrying }: PollServices,
  { table, request }: SetAsideRow,
): Promise<Pick<Refused, "code" | "reason"> | undefined> {
  const { mdc } = connection;
  const refused: Refused[] = [];
  try {
    await new PageReader({ connection, table, retrying }).read(request!, {
      begin: () => intake.begin(mdc, table),
      take: async (delivery) => void (await intake.finish(mdc, delivery)),
      refuse: (one) => refused.push(one),
    });
  } catch (error) {
    if (error instanceof MdcFailure) return { code: error.code, reason: error.message };
    throw error;
  }
  return refused[0];
}
