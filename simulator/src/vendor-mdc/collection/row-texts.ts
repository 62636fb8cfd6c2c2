/** Rows as they go out: one text for each column of the table, made once, in the order the version prints them. */
import { type UdilRow, type UdilTableId, type UdilVersion, udilTables } from "@anymeter/udil";
import type { LocalTime } from "../local-time.ts";

/** What a load profile of v1, which names no direction, holds: import and export together, or import alone. */
export type LoadProfileEnergy = "abs" | "pos";

export class RowForm {
  readonly table: UdilTableId;
  readonly name: string;
  readonly names: readonly string[];
  readonly fields: (typeof udilTables)[UdilVersion][UdilTableId]["fields"];
  readonly #models: readonly string[];
  readonly #localTime: LocalTime;

  constructor(version: UdilVersion, table: UdilTableId, localTime: LocalTime, energy: LoadProfileEnergy) {
    const { name, fields } = udilTables[version][table];
    this.table = table;
    this.name = name;
    this.fields = fields;
    this.names = fields.map((field) => field.name);
    this.#models = fields.map(({ model, modelImport }) => (energy === "pos" ? (modelImport ?? model) : model));
    this.#localTime = localTime;
  }

  /** -1 when the version's table has no such column. */
  column(name: string): number {
    return this.names.indexOf(name);
  }

  texts(row: UdilRow): string[] {
    return this.#models.map((model, column) => {
      const value = row[model];
      if (value === undefined) return "";
      return this.fields[column]!.kind === "datetime" ? this.#localTime.text(value as number) : String(value);
    });
  }
}
