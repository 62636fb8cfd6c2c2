/**
 * Takes tables of an MDC from CSV files that the vendor drops into a folder: `load_profile_data-….csv` or `LPRO-….csv`, with the
 * columns' names in the first line. A file that was taken goes to `done/`, one that cannot be read on to `refused/`, and
 * what could not be stored of it is set aside row by row. A file is taken again after a crash, which stores nothing twice.
 */
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename } from "node:fs/promises";
import { basename, join, parse } from "node:path";
import { udilTables } from "@anymeter/udil";
import { MdcFailure } from "../connection/failures.ts";
import type { Mdc } from "../peers/mdc.ts";
import { type PollableTable, pollableTables } from "../peers/switches.ts";
import type { PolledRows, PollServices } from "../polling/api-poll.ts";
import { unreadableFile } from "../set-aside/set-aside.ts";
import { CsvError, csvLines } from "./csv.ts";
import { decoded } from "./file-text.ts";
import { readRecords, type TextRecord } from "./records.ts";

/** Files of one poll. */
const mostFiles = 10_000;
const rowsAtOnce = 5_000;
/** Who writes into a file under its last name may still be at it. */
const restMilliseconds = 2_000;
/** An MDC's clock may be ahead by this much; a stamp beyond moves no cursor. */
const clockTolerance = 2 * 3_600_000;

/** @throws MdcFailure `folder` when it, or one of its files, cannot be read or moved; the other files are taken all the same */
export async function pollFolder(mdc: Mdc, folder: string, services: PollServices): Promise<PolledRows> {
  const total: PolledRows = { stored: 0, repeated: 0, setAside: 0 };
  let failure: MdcFailure | undefined;
  for (const file of await filesIn(folder)) {
    if (services.retrying.stopped()) break;
    try {
      await new DroppedFile(mdc, folder, file, services, total).take();
    } catch (error) {
      // Who dropped it may take it away again.
      if (codeOf(error) === "ENOENT") continue;
      if (!(error instanceof MdcFailure || isOfFile(error))) throw error;
      failure ??= failed(`${file} in ${folder} cannot be taken`, error);
    }
  }
  if (failure) throw failure;
  return total;
}

export function tableOfFile(file: string): PollableTable | undefined {
  const plain = basename(file).toLowerCase();
  return pollableTables.find((table) => {
    const names = [table, udilTables["v3.3"][table].name].map((name) => name.toLowerCase());
    return names.some((name) => plain.startsWith(name) && !/[a-z]/.test(plain.charAt(name.length)));
  });
}

/** In the order of their names, in which vendors put a date. Links are not followed: they may lead anywhere. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /\.(csv|txt)$/i.test(entry.name));
    return files
      .map(({ name }) => name)
      .sort()
      .slice(0, mostFiles);
  } catch (error) {
    throw failed(`The folder ${folder} cannot be read`, error);
  }
}

class DroppedFile {
  readonly #mdc: Mdc;
  readonly #folder: string;
  readonly #file: string;
  readonly #services: PollServices;
  readonly #total: PolledRows;

  constructor(mdc: Mdc, folder: string, file: string, services: PollServices, total: PolledRows) {
    this.#mdc = mdc;
    this.#folder = folder;
    this.#file = file;
    this.#services = services;
    this.#total = total;
  }

  async take(): Promise<void> {
    const table = tableOfFile(this.#file);
    if (table === undefined)
      return await this.#refuse(
        "INST",
        "unknown_file",
        `The name of the file ${this.#file} begins with no table of UDIL.`,
      );
    if (!this.#mdc.tables.includes(table))
      return await this.#refuse(
        table,
        "unknown_file",
        `The file ${this.#file} is of ${table}, which is not read from this MDC.`,
      );
    const handle = await open(
      join(this.#folder, this.#file),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      if (await isAtRest(handle)) await this.#read(handle, table);
    } finally {
      await handle.close();
    }
  }

  async #read(handle: FileHandle, table: PollableTable): Promise<void> {
    const before = await handle.stat();
    const rows = new RowsOfFile(this.#mdc, table, this.#services, this.#total);
    try {
      for await (const cells of csvLines(decoded(bytesOf(handle)))) {
        if (await rows.add(cells)) continue;
        // It is begun again when reading goes on.
        if (this.#services.retrying.stopped()) return;
      }
      await rows.store();
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      await rows.store();
      const reason = `${this.#file} cannot be read on: ${error.message}. What was before is stored.`;
      return await this.#refuse(table, unreadableFile, reason);
    }
    const after = await handle.stat();
    // Somebody wrote on meanwhile: it is taken again when it rests.
    if (after.size === before.size && after.mtimeMs === before.mtimeMs) await this.#move("done");
  }

  async #refuse(table: PollableTable, code: string, reason: string): Promise<void> {
    const advice = "Mend it in refused/ and move it back.";
    await this.#services.setAside.add(this.#mdc, [
      { table, kind: "row", code, raw: this.#file, reason: `${reason} ${advice}` },
    ]);
    this.#total.setAside++;
    await this.#move("refused");
  }

  /** Into a folder beside. What is there under the same name stays: this one gets a number. */
  async #move(folder: "done" | "refused"): Promise<void> {
    const path = join(this.#folder, this.#file);
    const directory = join(this.#folder, folder);
    try {
      await mkdir(directory, { recursive: true });
      if (!(await lstat(directory)).isDirectory()) throw new Error(`${folder} is a link`);
      const { name, ext } = parse(this.#file);
      let target = join(directory, this.#file);
      for (let number = 2; await isThere(target); number++) target = join(directory, `${name}-${number}${ext}`);
      await rename(path, target);
    } catch (error) {
      throw failed(`${path} cannot be moved to ${folder}/`, error);
    }
  }
}

/** Lines on their way into the stores, some thousand at once. */
class RowsOfFile {
  readonly #mdc: Mdc;
  readonly #table: PollableTable;
  readonly #services: PollServices;
  readonly #total: PolledRows;
  #columns: readonly string[] | undefined;
  #line = 0;
  #records: TextRecord[] = [];
  #misshapen: { reason: string; raw: string }[] = [];

  constructor(mdc: Mdc, table: PollableTable, services: PollServices, total: PolledRows) {
    this.#mdc = mdc;
    this.#table = table;
    this.#services = services;
    this.#total = total;
  }

  /** @returns false when rows were stored: a moment to stop. @throws CsvError when the first line is no header */
  async add(cells: readonly string[]): Promise<boolean> {
    this.#line++;
    if (this.#columns === undefined) {
      this.#columns = headerOf(cells);
      return true;
    }
    const { length } = this.#columns;
    // Values in the wrong columns are worse than none; separators behind the last value are harmless.
    if (cells.length < length || cells.slice(length).some((cell) => cell !== "")) {
      this.#misshapen.push({
        reason: `Row ${this.#line} has ${cells.length} cells where the first line names ${length} columns.`,
        raw: JSON.stringify(cells),
      });
    } else {
      this.#records.push(Object.fromEntries(this.#columns.map((column, index) => [column, cells[index]])));
    }
    if (this.#records.length + this.#misshapen.length < rowsAtOnce) return true;
    await this.store();
    return false;
  }

  async store(): Promise<void> {
    const { intake, cursors, retrying } = this.#services;
    const { rows, unreadable } = readRecords(this.#mdc, this.#table, this.#records);
    const refused = [...unreadable, ...this.#misshapen];
    this.#records = [];
    this.#misshapen = [];
    if (rows.length + refused.length === 0) return;
    const taken = await intake.take({ mdc: this.#mdc, table: this.#table, rows, unreadable: refused });
    this.#total.stored += taken.stored;
    this.#total.setAside += taken.refused.length;
    const latest = retrying.clock.now() + clockTolerance;
    let readUntil: number | undefined;
    for (const { db_datetime } of rows) {
      if (typeof db_datetime === "number" && db_datetime <= latest)
        readUntil = Math.max(readUntil ?? db_datetime, db_datetime);
    }
    await cursors.advance(this.#mdc, this.#table, {
      stored: taken.stored,
      setAside: taken.refused.length,
      newestAt: taken.newestAt,
      readUntil,
    });
  }
}

/** @throws CsvError */
function headerOf(cells: readonly string[]): string[] {
  const columns = cells.map((cell) => cell.trim());
  while (columns.at(-1) === "") columns.pop();
  const names = columns.map((column) => column.toLowerCase());
  const twice = names.find((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice !== undefined) throw new CsvError(`line 1: the column ${twice} is named twice`);
  if (!names.some((name) => idColumns.has(name)))
    throw new CsvError("line 1: there is no column global_device_id: the first line must name the columns");
  return columns;
}

const idColumns: ReadonlySet<string> = new Set(["global_device_id", "gd_id", "gdid"]);

/** By the file system's clock, whatever ours says. */
async function isAtRest(handle: FileHandle): Promise<boolean> {
  const status = await handle.stat();
  return status.isFile() && Date.now() - status.mtimeMs >= restMilliseconds;
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    },
  );
}

async function* bytesOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

const pieceBytes = 65_536;

function codeOf(error: unknown): string | undefined {
  return isOfFile(error) ? error.code : undefined;
}

/** Of the file system, unlike what the stores may throw. */
function isOfFile(error: unknown): error is NodeJS.ErrnoException {
  return fileCalls.has((error as NodeJS.ErrnoException).syscall ?? "");
}

const fileCalls: ReadonlySet<string> = new Set(["open", "read", "fstat", "lstat", "mkdir", "rename"]);

function failed(what: string, error: unknown): MdcFailure {
  if (error instanceof MdcFailure) return error;
  return new MdcFailure("folder", `${what}: ${(error as Error).message}.`, { cause: error, sent: false });
}
