/** Columns of a table as a peer means them, and the names under which they come. */
import type { PeerSwitches } from "../switches.ts";
import type { UdilField } from "../tables/field.ts";
import { type UdilTableId, udilTables } from "../tables/tables.ts";
import { type UdilVersion, udilVersions } from "../versions.ts";

export interface Column {
  readonly name: string;
  /** In the row that is made. */
  readonly model: string;
  readonly kind: UdilField["kind"];
}

export interface RowColumns {
  readonly table: UdilTableId;
  /** Of the peer's version, in printed order. */
  readonly columns: readonly Column[];
  /** Names of every version, the peer's own first, and then those that peers use beside. */
  readonly byName: ReadonlyMap<string, Column>;
  /** Model names without which a row is none; a channel that is not named is 0. */
  readonly key: readonly string[];
}

export function rowColumns(
  table: UdilTableId,
  version: UdilVersion,
  loadProfileEnergy: PeerSwitches["loadProfileEnergy"],
): RowColumns {
  const columnOf = ({ name, kind, model, modelImport }: UdilField): Column => ({
    name,
    kind,
    model: loadProfileEnergy === "pos" && modelImport !== undefined ? modelImport : model,
  });
  const columns = udilTables[version][table].fields.map(columnOf);
  const byName = new Map<string, Column>();
  const add = (name: string, column: Column | undefined) => {
    if (column !== undefined && !byName.has(name)) byName.set(name, column);
  };
  for (const column of columns) add(column.name, column);
  for (const other of udilVersions) {
    for (const field of udilTables[other][table].fields) add(field.name, columnOf(field));
  }
  for (const [name, column] of [...byName]) {
    if (name.endsWith("_tl")) for (const total of ["_total", "_t"]) add(name.replace(/_tl$/, total), column);
  }
  for (const [alias, name] of aliases) add(alias, byName.get(name));
  // Of a table that a version does not have, DCH of v1, the later key holds.
  const key = udilTables["v3.3"][table].key.filter((name) => name !== "channel_id");
  return { table, columns, byName, key };
}

/** Names that are printed or sent in place of a column's own (register, 10, 13 and 14; v3's examples). */
const aliases: readonly (readonly [string, string])[] = [
  ["read_datetime", "mdc_read_datetime"],
  ["mdc_datetime", "mdc_read_datetime"],
  ["meter_datetime", "event_datetime"],
  ["is_sync", "is_synced"],
  ["gd_id", "global_device_id"],
  ["gdid", "global_device_id"],
  ["indiv_status", "indv_status"],
  ["individual_status", "indv_status"],
];
