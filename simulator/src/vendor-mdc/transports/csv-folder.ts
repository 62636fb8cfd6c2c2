/**
 * The MDC's tables as CSV files in a drop folder: one file for each table and batch of rows, with the columns' names in the
 * first line, `load_profile_data-20261121-101500-000007.csv`. A file appears under its name when it is whole.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { UdilTable } from "@anymeter/udil";
import type { KeptRow } from "../collection/kept-row.ts";
import type { Transport, TransportWorld } from "./transport.ts";

export class CsvFolder implements Transport {
  readonly #directory: string;
  #world: TransportWorld | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async open(world: TransportWorld): Promise<void> {
    this.#world = world;
    mkdirSync(this.#directory, { recursive: true });
  }

  rows(rows: readonly KeptRow[]): void {
    const byTable = Map.groupBy(rows, ({ table }) => table);
    for (const [table, some] of byTable) {
      for (let first = 0; first < some.length; first += mostRows) this.#add(table, some.slice(first, first + mostRows));
    }
  }

  /** Commands are given over the services: files carry rows only. */
  transaction(): void {}

  async settled(): Promise<void> {}

  async close(): Promise<void> {}

  #add(table: UdilTable, rows: readonly KeptRow[]): void {
    const { names, name } = this.#world!.form(table);
    const lines = [names, ...rows.map(({ texts }) => texts)].map((texts) => texts.map(cell).join(","));
    const text = `${lines.join("\r\n")}\r\n`;
    const { storedAt, id } = rows.at(-1)!;
    const stamp = this.#world!.localTime.text(storedAt!).replaceAll(/[-:]/g, "").replace(" ", "-");
    // The id goes on after a restart: no file takes the name of another.
    const file = join(this.#directory, `${name.toLowerCase()}-${stamp}-${String(id).padStart(6, "0")}.csv`);
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  }
}

/** RFC 4180. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const mostRows = 5_000;
