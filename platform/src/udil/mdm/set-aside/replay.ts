/** Tries what was set aside again: rows as they came, and answers by asking for them again. */
import { readRow } from "@anymeter/udil";
import { MdcFailure } from "../connection/failures.ts";
import type { MdcConnection } from "../connection/mdc-connection.ts";
import type { RowIntake } from "../intake/row-intake.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollServices } from "../polling/api-poll.ts";
import { PageReader } from "../polling/page-reader.ts";
import type { Refused, SetAside, SetAsideRow } from "./set-aside.ts";

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
export async function replayRows(
  { intake, setAside }: ReplayServices,
  mdc: Mdc,
  rows: readonly SetAsideRow[],
): Promise<Replayed> {
  const kept: { id: number; code: string; reason: string }[] = [];
  const stored: number[] = [];
  for (const row of rows) {
    const refused = await stillRefused(intake, mdc, row);
    if (refused) kept.push({ id: row.id, code: refused.code, reason: refused.reason });
    else stored.push(row.id);
  }
  await setAside.remove(stored);
  await setAside.keep(kept);
  return { stored: stored.length, refused: kept.length };
}

async function stillRefused(
  intake: RowIntake,
  mdc: Mdc,
  { table, raw }: SetAsideRow,
): Promise<Pick<Refused, "code" | "reason"> | undefined> {
  const { version, zone, peerSwitches } = mdc;
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
  if ("setAside" in reading) return { code: "unreadable", reason: reading.setAside.reason };
  const { refused } = await intake.store({ mdc, table, rows: [reading.row], unreadable: [] });
  return refused[0];
}

const answersAtOnce = 20;

/** Answers whose time has come, or the given ones. */
export async function replayAnswers(
  connection: MdcConnection,
  services: PollServices,
  chosen?: readonly SetAsideRow[],
): Promise<Replayed> {
  const { setAside } = services;
  const answers = chosen ?? (await setAside.due(connection.mdc, answersAtOnce));
  let stored = 0;
  const kept: { id: number; code: string; reason: string }[] = [];
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
    await new PageReader({ connection, table, retrying }).read(
      request!,
      async ({ rows, unreadable }) => {
        await intake.take({ mdc, table, rows, unreadable });
      },
      (one) => refused.push(one),
    );
  } catch (error) {
    if (error instanceof MdcFailure) return { code: error.code, reason: error.message };
    throw error;
  }
  return refused[0];
}
