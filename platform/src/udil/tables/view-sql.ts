/** UDIL's tables as views of the columnar store, with the columns and types a version prints, for one client. */
import {
  coarseEventCode,
  eventCodes,
  type UdilField,
  type UdilTableId,
  type UdilVersion,
  udilTableIds,
  udilTables,
} from "@anymeter/udil";
import type { RowTable } from "../../readings/profile-rows/profile-row.ts";
import { rowColumns } from "../../readings/profile-rows/row-columns.ts";
import { onePartition } from "../../readings/profile-rows/row-queries.ts";
import { integer } from "../../stores/columnar/literals.ts";

/** Who reads the views, and how its version and its settings have them. */
export interface UdilViewClient {
  /** Its uuid: transactions are by the client that gave them. */
  readonly id: string;
  /** Key of the organization in the columnar store. */
  readonly organizationNumber: number;
  /** Database that holds the views and nothing else. */
  readonly database: string;
  readonly version: UdilVersion;
  /** IANA zone of every time. */
  readonly timezone: string;
  /** What v1 means by `active_energy_tl` of LOAD_PROFILE_DATA. Default: abs. */
  readonly loadProfileEnergy?: "abs" | "pos" | undefined;
  /** To v1, events have the coarser codes of its list. Default: their own. */
  readonly coarseEventCodes?: boolean | undefined;
}

export interface ViewSource {
  /** Database with the tables of rows. */
  readonly database: string;
  readonly cluster: string | undefined;
  /** Seconds after which rows are shown: see readings/profile-rows/row-visibility.ts. */
  readonly settledSeconds: number;
}

/**
 * The statements that create the client's views, or bring them up to date; they can be applied again and again.
 * Each view also has its name in small letters. Whoever reads them needs no right to the tables beneath, and must not have one: the
 * views confine a client to its organization.
 * @throws RangeError when the database's name is none
 */
export function viewStatements(client: UdilViewClient, source: ViewSource): string[] {
  if (!databaseName.test(client.database)) {
    throw new RangeError(`database ${JSON.stringify(client.database)}: use 1 to 63 of a-z, 0-9 and _, a letter first`);
  }
  const onCluster = source.cluster === undefined ? "" : ` ON CLUSTER ${quoted(source.cluster)}`;
  const create = (name: string, select: string) =>
    `CREATE OR REPLACE VIEW ${client.database}.${name}${onCluster} DEFINER = CURRENT_USER SQL SECURITY DEFINER AS ${select}`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${client.database}${onCluster}`,
    ...tablesOf(client.version).flatMap(({ id, name }) => [
      create(name, selectOf(id, client, source)),
      create(name.toLowerCase(), `SELECT * FROM ${client.database}.${name}`),
    ]),
  ];
}

/** The statements that take the views away again. */
export function dropStatements({ database }: Pick<UdilViewClient, "database">, { cluster }: ViewSource): string[] {
  if (!databaseName.test(database)) throw new RangeError(`${JSON.stringify(database)} is no name of a database`);
  return [`DROP DATABASE IF EXISTS ${database}${cluster === undefined ? "" : ` ON CLUSTER ${quoted(cluster)}`}`];
}

const databaseName = /^[a-z][a-z0-9_]{0,62}$/;

/** A version's tables: those it has columns for. */
export function tablesOf(version: UdilVersion): { readonly id: UdilTableId; readonly name: string }[] {
  const ids: readonly UdilTableId[] = [...udilTableIds, "TRANSACTION_STATUS"];
  return ids.map((id) => udilTables[version][id]).filter(({ fields }) => fields.length > 0);
}

function selectOf(id: UdilTableId, client: UdilViewClient, source: ViewSource): string {
  const { fields } = udilTables[client.version][id];
  if (id === "VISL") return visualsSelect(fields, client, source);
  if (id === "TRANSACTION_STATUS") return transactionSelect(fields, client, source);
  return rowSelect(id, fields, client, source);
}

function rowSelect(table: RowTable, fields: readonly UdilField[], client: UdilViewClient, source: ViewSource): string {
  const column = (field: UdilField) => {
    const { name, model, modelImport, kind } = field;
    if (name in ofNames) return ofNames[name as keyof typeof ofNames];
    if (name === "db_datetime") return `toTimeZone(r.stored_at, ${quoted(client.timezone)})`;
    if (name === "is_synced") return "toInt32(0)";
    if (name === "id") return "toInt64(r.id)";
    if (kind === "datetime") return localTime(`r.${model}`, client.timezone);
    if (name === "event_code") return eventCode(client);
    if (kind === "text") return `CAST(r.${model} AS Nullable(String))`;
    return modelImport === undefined ? `r.${model}` : undirected(field, fields, client);
  };
  return `SELECT ${selected(fields, column)}
    FROM ${source.database}.${rowColumns[table].table} AS r FINAL INNER JOIN ${namesOf(client, source)} AS n
      ON n.device_number = r.device_number
    WHERE r.organization_number = ${integer(client.organizationNumber)}
      AND r.id < (toUnixTimestamp(now()) - ${integer(source.settledSeconds)}) * 1000000
    SETTINGS ${onePartition}`;
}

/**
 * A register of v1's load profile, which names no direction: of the one the client means where the row has any register of
 * its group (tariffs and total) in it, else of the other one, as the service writes them.
 */
function undirected(
  { name, model, modelImport = model }: UdilField,
  fields: readonly UdilField[],
  { loadProfileEnergy }: UdilViewClient,
): string {
  const group = fields.filter((other) => other.modelImport !== undefined && groupOf(other.name) === groupOf(name));
  const meant = (field: UdilField) => (loadProfileEnergy === "pos" ? field.modelImport! : field.model);
  const [first, second] = loadProfileEnergy === "pos" ? [modelImport, model] : [model, modelImport];
  const known = group.map((field) => `r.${meant(field)}`).join(", ");
  return `if(coalesce(${known}) IS NULL, r.${second}, r.${first})`;
}

/** "active_energy_t1" → "active_energy" */
const groupOf = (name: string) => name.replace(/_t[1-4l]$/, "");

function visualsSelect(fields: readonly UdilField[], client: UdilViewClient, source: ViewSource): string {
  const column = ({ name, model, type }: UdilField) => {
    if (name in ofNames) return ofNames[name as keyof typeof ofNames];
    const value = `v.newest[${quoted(model)}]`;
    switch (type) {
      case "Decimal":
        return `toDecimal64OrNull(${value}, 3)`;
      case "Datetime":
        return localTime(`fromUnixTimestamp64Milli(toInt64OrNull(${value}))`, client.timezone);
      case "Int":
        return `toInt32OrNull(${value})`;
      case "Bigint":
        return `toInt64OrNull(${value})`;
      default:
        return `nullIf(${value}, '')`;
    }
  };
  return `SELECT ${selected(fields, column)}
    FROM (
      SELECT device_number, CAST((groupArray(toString(field)), groupArray(value)) AS Map(String, String)) AS newest
      FROM ${source.database}.meter_visuals FINAL
      WHERE organization_number = ${integer(client.organizationNumber)} GROUP BY device_number
    ) AS v INNER JOIN ${namesOf(client, source)} AS n ON n.device_number = v.device_number`;
}

function transactionSelect(fields: readonly UdilField[], client: UdilViewClient, source: ViewSource): string {
  const column = ({ name, model, kind, type }: UdilField) => {
    if (name === "msn") return type === "Bigint" ? "toInt64OrNull(t.msn)" : "t.msn";
    return kind === "datetime" ? localTime(`t.${model}`, client.timezone) : `t.${model}`;
  };
  return `SELECT ${selected(fields, column)}
    FROM ${source.database}.udil_transaction_rows AS t FINAL
    WHERE t.organization_number = ${integer(client.organizationNumber)} AND t.client = ${quoted(client.id)}`;
}

/** Columns that the registry knows. */
const ofNames = { msn: "toInt64OrNull(n.msn)", global_device_id: "n.global_device_id" } as const;

/** Meters without an id in UDIL are not there for its clients. */
function namesOf({ organizationNumber }: UdilViewClient, { database }: ViewSource): string {
  return `(
      SELECT device_number, global_device_id, msn FROM ${database}.udil_device_names FINAL
      WHERE organization_number = ${integer(organizationNumber)} AND global_device_id != ''
    )`;
}

function selected(fields: readonly UdilField[], column: (field: UdilField) => string): string {
  return fields.map((field) => `${column(field)} AS \`${field.name}\``).join(",\n      ");
}

function eventCode({ version, coarseEventCodes }: UdilViewClient): string {
  if (version !== "v1" || !coarseEventCodes) return "r.event_code";
  const others = [...eventCodes.keys()].flatMap((code) => {
    const coarse = coarseEventCode(code);
    return coarse === code ? [] : [[code, coarse] as const];
  });
  const [from, to] = [0, 1].map((side) => others.map((pair) => integer(pair[side]!)).join(", "));
  return `toInt32(transform(r.event_code, [${from}], [${to}], r.event_code))`;
}

function localTime(expression: string, timezone: string): string {
  return `toDateTime64(${expression}, 0, ${quoted(timezone)})`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, (special) => `\\${special}`)}'`;
}
