/** Reads on demand of v3: the caller waits for the meter, up to three minutes, and the read goes on without it. */
import { type UdilRow, type UdilTable, udilTables } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import type { NewCommand } from "../../../commands/new-command.ts";
import { metersOf } from "../devices.ts";
import type { MdcCommands } from "../mdc-commands.ts";
import { type MdcAnswer, whole } from "./answer.ts";
import { type CommandServices, newCommand, type refuseAll, submitOnce } from "./commands.ts";
import { type Exchange, requesterOf, transactionIdOf } from "./exchange.ts";
import type { OnDemandWaits } from "./on-demand-waits.ts";
import { named, type ReadServices } from "./reads.ts";
import { type OnDemandResult, onDemandResult } from "./transaction-rows.ts";

export interface OnDemandServices extends CommandServices, Pick<ReadServices, "visuals"> {
  readonly commands: Pick<MdcCommands, "submit" | "statusRows">;
  readonly waits: OnDemandWaits;
}

/** Answers with the rows the meter gives now. */
export async function readDataNow(exchange: Exchange, context: OnDemandServices): Promise<MdcAnswer> {
  const read = await readNow(exchange, newCommand(exchange)!, context);
  if ("kind" in read) return read;
  return rowsOf(exchange, read, `${read.rows.length} rows were read.`);
}

/** Answers with the columns of METER_VISUALS that belong to one group of parameters, read from the meter now. */
export async function readParametersNow(exchange: Exchange, context: OnDemandServices): Promise<MdcAnswer> {
  const { client, request } = exchange;
  const code = (request.fields.type ?? "").trim().toUpperCase();
  const columns = columnsOf(code);
  const read = await readNow(exchange, readOfVisuals(exchange, code, columns.length > 0), context);
  if ("kind" in read) return read;
  const [meter] = (await metersOf(context.db, client, request.ids)).values();
  if (meter === undefined) return rowsOf(exchange, { table: "VISL", rows: [] }, "The meter is gone.");
  const kept = (await context.visuals.read(client.organizationNumber, [meter.number])).get(meter.number);
  const row = { ...kept, ...read.rows[0], mtst_meter_activation_status: meter.active ? 1 : 0 };
  const rows = [named(row, meter)];
  return rowsOf(exchange, { table: "VISL", rows }, `${code} was read.`, ["global_device_id", "msn", ...columns]);
}

/** @returns what the meter gave, or the answer that says why it gave nothing */
async function readNow(
  exchange: Exchange,
  command: NewCommand,
  { commands, waits }: OnDemandServices,
): Promise<OnDemandResult | MdcAnswer> {
  const { client, request, signal } = exchange;
  // Before the command is kept: who is told to come later has asked for nothing yet.
  const place = waits.take(client.id);
  try {
    const submitted = await submitOnce(commands, command, exchange);
    const refused = (reason: string) =>
      refusal(
        exchange,
        submitted.devices.map(({ globalDeviceId = "", msn, remark: remarks = reason }) => {
          return { global_device_id: globalDeviceId, msn, indv_status: 0, remarks };
        }),
      );
    const [device] = submitted.devices;
    if (!device?.accepted || device.commandDevice === undefined) return refused("");
    const which = { idempotencyKeys: [transactionIdOf(request)] };
    const now = async () => (await commands.statusRows(which, requesterOf(client))).at(0);
    const ended = await place.untilEnded(device.commandDevice, now, signal);
    if (ended === undefined) return refused(timedOut);
    const result = ended.state === "succeeded" ? onDemandResult(ended) : undefined;
    return result ?? refused(remarkOf(ended));
  } finally {
    place.leave();
  }
}

function rowsOf(
  { request }: Exchange,
  { table, rows }: { readonly table: UdilTable; readonly rows: readonly UdilRow[] },
  message: string,
  columns?: readonly string[],
): MdcAnswer {
  const transactionId = transactionIdOf(request);
  return whole({
    kind: "rows",
    status: 1,
    transactionId,
    table,
    rows,
    onDemand: true,
    message,
    ...(columns && { columns }),
  });
}

type Devices = Awaited<ReturnType<typeof refuseAll>>;

function refusal({ request }: Exchange, devices: Devices): MdcAnswer {
  const message = [...new Set(devices.map(({ remarks = "" }) => remarks))].join(" ");
  return whole({ kind: "command", status: 0, transactionId: transactionIdOf(request), devices, message });
}

/** All parameters of a meter come by one read, a snapshot of it; requests for two groups are two all the same. */
function readOfVisuals({ request }: Exchange, code: string, offered: boolean): NewCommand {
  const { service, ids } = request;
  const problem = offered ? undefined : notOffered(code);
  return {
    command: "on_demand_read",
    parameters: { type: "VISL" },
    devices: ids.map((globalDeviceId) => ({ globalDeviceId })),
    idempotencyKey: transactionIdOf(request),
    asked: `${service} ${code}`,
    ...(ids.length > 1
      ? { problem: `${service} takes one device; ${ids.length} were named.` }
      : problem && { problem }),
  };
}

/** Columns of METER_VISUALS that are not called after the code of their group. */
const otherNames: Readonly<Record<string, readonly string[]>> = { MDI: ["mdi_reset_date", "mdi_reset_time"] };

/** @returns columns of a group of parameters; none for groups that METER_VISUALS has no room for (APMS, PMAL) */
function columnsOf(code: string): readonly string[] {
  const prefix = `${code.toLowerCase()}_`;
  const called = udilTables["v3.3"].VISL.fields.filter(({ name }) => code !== "" && name.startsWith(prefix));
  return otherNames[code] ?? (/^[A-Z]{4}$/.test(code) ? called.map(({ name }) => name) : []);
}

function notOffered(code: string): string {
  return `Parameters of type "${code.slice(0, 20)}" cannot be read: no meter here has them.`;
}

function remarkOf({ remark, state }: CommandDeviceRow): string {
  return remark ?? `The read ${state === "succeeded" ? "gave no rows" : `is ${state}`}.`;
}

const timedOut =
  "The meter has not answered in time. The read goes on: ask transaction_status for its result by the same transactionid.";
