/**
 * Takes tables of an MDC from CSV files that the vendor drops into a folder: `load_profile_data-….csv` or `LPRO-….csv`, with the
 * columns' names in the first line. A file that was taken goes to `done/`, one that is none of ours to `refused/`, and
 * what could not be stored of it is set aside row by row. A file is taken again after a crash, which stores nothing twice.
 */
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { udilTables } from "@anymeter/udil";
import { MdcFailure } from "../connection/failures.ts";
import type { Mdc } from "../peers/mdc.ts";
import { type PollableTable, pollableTables } from "../peers/switches.ts";
import type { PolledRows, PollServices } from "../polling/api-poll.ts";
import { CsvError, csvLines } from "./csv.ts";
import { readRecords, type TextRecord } from "./records.ts";

/** Files of one poll. */
const mostFiles = 10_000;
const rowsAtOnce = 5_000;
/** Who writes into a file under its last name may still be at it. */
const restMilliseconds = 2_000;

/** @throws MdcFailure `folder` when it cannot be read or written */
export async function pollFolder(mdc: Mdc, folder: string, services: PollServices): Promise<PolledRows> {
  const total: PolledRows = { stored: 0, repeated: 0, setAside: 0 };
  for (const file of await filesIn(folder)) {
    if (services.retrying.stopped()) break;
    const path = join(folder, file);
    const table = tableOfFile(file);
    if (table === undefined) {
      await move(path, "refused");
      await services.setAside.add(mdc, [
        {
          ...{ table: "INST", kind: "row", code: "unknown_file", raw: file },
          reason: `The name of the file ${file} begins with no table of UDIL. Rename it in refused/ and move it back.`,
        },
      ]);
      total.setAside++;
      continue;
    }
    if (!(await isAtRest(path))) continue;
    await takeFile(mdc, path, table, services, total);
  }
  return total;
}

/** In the order of their names, in which vendors put a date. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /\.(csv|txt)$/i.test(entry.name));
    return files
      .map(({ name }) => name)
      .sort()
      .slice(0, mostFiles);
  } catch (error) {
    throw new MdcFailure("folder", `The folder ${folder} cannot be read: ${(error as Error).message}.`, {
      cause: error,
      sent: false,
    });
  }
}

export function tableOfFile(file: string): PollableTable | undefined {
  const plain = basename(file).toLowerCase();
  return pollableTables.find((table) => {
    const names = [table, udilTables["v3.3"][table].name].map((name) => name.toLowerCase());
    return names.some((name) => plain.startsWith(name) && !/[a-z]/.test(plain.charAt(name.length)));
  });
}

/** By the file system's clock, whatever ours says. */
async function isAtRest(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs >= restMilliseconds;
}

async function takeFile(
  mdc: Mdc,
  path: string,
  table: PollableTable,
  services: PollServices,
  total: PolledRows,
): Promise<void> {
  let records: TextRecord[] = [];
  const store = async () => {
    const { rows, unreadable } = readRecords(mdc, table, records);
    records = [];
    const taken = await services.intake.take({ mdc, table, rows, unreadable });
    total.stored += taken.stored.length;
    total.setAside += taken.refused.length;
    const stamps = rows.flatMap(({ db_datetime }) => (typeof db_datetime === "number" ? db_datetime : []));
    await services.cursors.advance(mdc, table, {
      stored: taken.stored.length,
      setAside: taken.refused.length,
      newestAt: taken.newestAt,
      readUntil: stamps.length === 0 ? undefined : stamps.reduce((one, other) => Math.max(one, other)),
    });
  };
  let columns: string[] | undefined;
  try {
    for await (const cells of csvLines(createReadStream(path, "utf8"))) {
      if (columns === undefined) {
        columns = cells.map((cell) => cell.trim());
        continue;
      }
      records.push(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null])));
      if (records.length === rowsAtOnce) await store();
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    await store();
    await services.setAside.add(mdc, [
      {
        ...{ table, kind: "row", code: "unreadable", raw: basename(path) },
        reason: `${basename(path)} cannot be read on: ${error.message}. What was before is stored. Mend it in refused/ and move it back.`,
      },
    ]);
    total.setAside++;
    await move(path, "refused");
    return;
  }
  if (records.length > 0) await store();
  await move(path, "done");
}

/** Into a folder beside; a file of the same name that is there gives way. */
async function move(path: string, folder: "done" | "refused"): Promise<void> {
  const directory = join(path, "..", folder);
  try {
    await mkdir(directory, { recursive: true });
    await rename(path, join(directory, basename(path)));
  } catch (error) {
    throw new MdcFailure("folder", `${path} cannot be moved to ${folder}/: ${(error as Error).message}.`, {
      cause: error,
      sent: false,
    });
  }
}
