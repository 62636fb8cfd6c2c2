/** Rows of the pipeline of commands as rows of TRANSACTION_STATUS. */
import {
  type ResponseData,
  type ServiceName,
  serviceNames,
  services,
  type TransactionRow,
  type UdilRow,
  type UdilTable,
  type UdilVersion,
} from "@anymeter/udil";
import type { CommandPage } from "../../../commands/command-pages.ts";
import { type CommandDeviceRow, individualStatus } from "../../../commands/command-rows.ts";
import type { CommandName } from "../../../registry/commands/index.ts";

/** @param version of the client the row is for */
export function transactionRow(row: CommandDeviceRow, version: UdilVersion): TransactionRow {
  const [first, second, third, fourth, fifth] = row.statusAt.map((at) => at ?? undefined);
  const isOver = isCancelled(row, version);
  return {
    transactionid: row.idempotencyKey ?? row.command,
    msn: row.msn ?? undefined,
    global_device_id: row.globalDeviceId ?? "",
    type: typeOf(row, version),
    type_parameters: JSON.stringify(parametersOf(row)),
    command_receiving_datetime: row.createdAt,
    status_level: row.statusLevel,
    status_1_datetime: first,
    status_2_datetime: second,
    status_3_datetime: third,
    status_4_datetime: fourth,
    status_5_datetime: fifth,
    indv_status: individualStatus(row, version),
    request_cancelled: isOver ? 1 : 0,
    request_cancel_reason: isOver ? reasonOf(row, version) : "",
    request_cancel_datetime: isOver ? (row.cancelledAt ?? row.updatedAt) : undefined,
    response_data: responseOf(row, version),
  };
}

/**
 * v1 has no indv_status for what failed or was refused, and its rows end by level 5 or by a cancellation alone: so the MDC cancels
 * such a request ("1 if MDC cancels the request"), or a client would ask for it for ever.
 */
function isCancelled({ state }: CommandDeviceRow, version: UdilVersion): boolean {
  if (state === "cancelled" || state === "expired") return true;
  return version === "v1" && (state === "failed" || state === "refused");
}

function reasonOf({ cancelReason, remark }: CommandDeviceRow, version: UdilVersion): string {
  const characters = [...(cancelReason ?? remark ?? "")];
  if (version !== "v1" || characters.length <= varcharCharacters) return characters.join("");
  return `${characters.slice(0, varcharCharacters - 1).join("")}…`;
}

/** v1, 3: "string or varchar … 50 characters". The message of the answer tells the whole of it. */
const varcharCharacters = 50;

/** Rows that an on-demand read gave. */
export interface OnDemandResult {
  readonly table: UdilTable;
  readonly rows: readonly UdilRow[];
}

/**
 * @returns what the meter gave, with the names of the meter; undefined when no read was carried out. One that found nothing
 * has no rows, however a vendor's MDC told it.
 */
export function onDemandResult(row: CommandDeviceRow): OnDemandResult | undefined {
  if (row.name !== "on_demand_read" || row.state !== "succeeded") return undefined;
  const { table = row.parameters.type as UdilTable, rows } = (row.result ?? {}) as Partial<OnDemandResult>;
  return { table, rows: Array.isArray(rows) ? withNames(rows, row) : [] };
}

/** Rows a meter gave, with its names. */
function withNames(
  rows: readonly UdilRow[],
  { globalDeviceId, msn }: Pick<CommandDeviceRow, "globalDeviceId" | "msn">,
): readonly UdilRow[] {
  const names = { global_device_id: globalDeviceId ?? "", msn: msn ?? undefined };
  return rows.map((row) => ({ ...row, ...names }));
}

/** Rows of a result that is longer than what is held, as they are read. */
export async function* namedPages({
  row,
  pages,
}: Exclude<CommandPage, { rows: unknown }>): AsyncGenerator<readonly UdilRow[]> {
  for await (const rows of pages) yield withNames(rows as readonly UdilRow[], row);
}

/** Of a creation the device's own identity: a row tells of one device. */
function parametersOf({ name, parameters, globalDeviceId }: CommandDeviceRow): Readonly<Record<string, unknown>> {
  if (name !== "device_creation" || !Array.isArray(parameters.device_identity)) return parameters;
  const identities = identitiesOf.get(parameters) ?? Map.groupBy(parameters.device_identity, idOf);
  identitiesOf.set(parameters, identities);
  return { ...parameters, device_identity: identities.get(globalDeviceId) ?? [] };
}

/** Rows of one command share its parameters, which may name thousands of devices. */
const identitiesOf = new WeakMap<object, ReadonlyMap<unknown, readonly unknown[]>>();

const idOf = ({ global_device_id: id }: { global_device_id?: unknown }): unknown => id;

/**
 * Rows of a read that was executed alone (register, 18). In v3 the column is text, which may say why nothing came; v1 knows it
 * as an array from its example, so there the message of the answer says that.
 */
function responseOf(row: CommandDeviceRow, version: UdilVersion): ResponseData | undefined {
  const rows = row.statusLevel === 5 ? onDemandResult(row) : undefined;
  return rows ?? (version === "v1" ? undefined : (row.remark ?? undefined));
}

/** v1 names an on-demand read by its code, v3 by its service as everything else, in capitals. */
function typeOf({ name, parameters }: CommandDeviceRow, version: UdilVersion): string {
  if (version === "v1") return name === "on_demand_read" ? String(parameters.type) : pathOf(name, version);
  // v3 reads what v1 calls VISL by groups of parameters, with a service of their own.
  const ofParameters = name === "on_demand_read" && parameters.type === "VISL";
  return (ofParameters ? "on_demand_parameter_read" : pathOf(name, version)).toUpperCase();
}

function pathOf(command: CommandName, version: UdilVersion): string {
  const service = serviceNames.find((name) => services[name].command === command && version in services[name].paths);
  return service === undefined ? command : services[service satisfies ServiceName].paths[version]!;
}
