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
import { type CommandDeviceRow, individualStatus } from "../../../commands/command-rows.ts";
import type { CommandName } from "../../../registry/commands/index.ts";

/** @param version of the client the row is for */
export function transactionRow(row: CommandDeviceRow, version: UdilVersion): TransactionRow {
  const [first, second, third, fourth, fifth] = row.statusAt.map((at) => at ?? undefined);
  const expired = row.state === "expired";
  const cancelled = row.state === "cancelled" || expired;
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
    request_cancelled: cancelled ? 1 : 0,
    request_cancel_reason: cancelled ? (row.cancelReason ?? row.remark ?? "") : "",
    request_cancel_datetime: cancelled ? (row.cancelledAt ?? row.updatedAt) : undefined,
    response_data: responseOf(row, version),
  };
}

/** Rows that an on-demand read gave. */
export interface OnDemandResult {
  readonly table: UdilTable;
  readonly rows: readonly UdilRow[];
}

/** @returns what the meter gave, with the names of the meter; undefined when it is no such result */
export function onDemandResult({ result, globalDeviceId, msn }: CommandDeviceRow): OnDemandResult | undefined {
  const { table, rows } = (result ?? {}) as Partial<OnDemandResult>;
  if (table === undefined || !Array.isArray(rows)) return undefined;
  return { table, rows: withNames(rows, { globalDeviceId, msn }) };
}

/** Rows a meter gave, with its names. */
export function withNames(
  rows: readonly UdilRow[],
  { globalDeviceId, msn }: Pick<CommandDeviceRow, "globalDeviceId" | "msn">,
): readonly UdilRow[] {
  const names = { global_device_id: globalDeviceId ?? "", msn: msn ?? undefined };
  return rows.map((row) => ({ ...row, ...names }));
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
  const rows = row.state === "succeeded" && row.statusLevel === 5 ? onDemandResult(row) : undefined;
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
