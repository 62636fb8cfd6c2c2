/**
 * The MDC's tables as CSV files in a drop folder: one file for each table and batch of rows, with the columns' names in the
 * first line, `load_profile_data-20261121-101500-000007.csv`. A file appears under its name when it is whole.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { UdilTable } from "@anymeter/udil";
import type { KeptRow } from "../collection/kept-row.ts";
import type { Transport, TransportWorld } from "./transport.ts";

export class CsvFolder implements Transport {
  readonly #directory: string;
  #world: TransportWorld | undefined;
  #written: Promise<void> = Promise.resolve();
  #count = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async open(world: TransportWorld): Promise<void> {
    this.#world = world;
    await mkdir(this.#directory, { recursive: true });
  }

  rows(rows: readonly KeptRow[]): void {
    const byTable = Map.groupBy(rows, ({ table }) => table);
    for (const [table, some] of byTable) {
      for (let first = 0; first < some.length; first += mostRows) this.#add(table, some.slice(first, first + mostRows));
    }
  }

  /** Commands are given over the services: files carry rows only. */
  transaction(): void {}

  settled(): Promise<void> {
    return this.#written;
  }

  close(): Promise<void> {
    return this.#written;
  }

  #add(table: UdilTable, rows: readonly KeptRow[]): void {
    const { names, name } = this.#world!.form(table);
    const lines = [names, ...rows.map(({ texts }) => texts)].map((texts) => texts.map(cell).join(","));
    const text = `${lines.join("\r\n")}\r\n`;
    const stamp = this.#world!.localTime.text(rows.at(-1)!.storedAt!).replaceAll(/[-:]/g, "").replace(" ", "-");
    const file = join(this.#directory, `${name.toLowerCase()}-${stamp}-${String(++this.#count).padStart(6, "0")}.csv`);
    this.#written = this.#written.then(async () => {
      await writeFile(`${file}.part`, text);
      await rename(`${file}.part`, file);
    });
  }
}

/** RFC 4180. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const mostRows = 5_000;
