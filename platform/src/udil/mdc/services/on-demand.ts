/** Reads on demand of v3: the caller waits for the meter, up to three minutes, and the read goes on without it. */
import { type UdilRow, udilTables } from "@anymeter/udil";
import type { CommandPage } from "../../../commands/command-pages.ts";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import type { NewCommand } from "../../../commands/new-command.ts";
import { metersOf, type NamedMeter } from "../devices.ts";
import { mdcLimits } from "../limits.ts";
import type { MdcCommands } from "../mdc-commands.ts";
import { begun, type MdcAnswer, whole } from "./answer.ts";
import { type CommandServices, newCommand, type refuseAll, submitOnce } from "./commands.ts";
import { type Exchange, requesterOf, transactionIdOf } from "./exchange.ts";
import type { OnDemandWaits } from "./on-demand-waits.ts";
import { named, type ReadServices } from "./reads.ts";
import { namedPages, type OnDemandResult, onDemandResult } from "./transaction-rows.ts";

export interface OnDemandServices extends CommandServices, Pick<ReadServices, "visuals"> {
  readonly commands: Pick<MdcCommands, "submit" | "statusPages">;
  readonly waits: OnDemandWaits;
}

/** Answers with the rows the meter gives now, however many they are; with none where it has none. */
export async function readDataNow(exchange: Exchange, context: OnDemandServices): Promise<MdcAnswer> {
  const read = await readNow(exchange, newCommand(exchange)!, context);
  if ("kind" in read) return read;
  const { remark } = rowOf(read);
  return {
    kind: "rows",
    table: resultOf(read).table,
    transactionId: transactionIdOf(exchange.request),
    pages: await begun(pagesOf(read)),
    onDemand: true,
    message: (count) => [`${count} rows were read.`, remark ?? ""].join(" ").trim(),
  };
}

/**
 * Answers with the columns of METER_VISUALS that belong to one group of parameters, as the meter shows them now: what it does
 * not show is empty, whatever it was commanded before.
 */
export async function readParametersNow(exchange: Exchange, context: OnDemandServices): Promise<MdcAnswer> {
  const { client, request } = exchange;
  const code = (request.fields.type ?? "").trim().toUpperCase();
  const columns = columnsOf(code);
  const read = await readNow(exchange, readOfVisuals(exchange, code, columns.length > 0), context);
  if ("kind" in read) return read;
  const [meter] = (await metersOf(context.db, client, request.ids)).values();
  if (meter === undefined) return rowsOf(exchange, { table: "VISL", rows: [] }, "The meter is gone.");
  const row = toldByNoMeter.has(code)
    ? { ...(await keptOf(exchange, meter, context)), mtst_meter_activation_status: meter.active ? 1 : 0 }
    : (resultOf(read).rows[0] ?? {});
  const isShown = columns.some((column) => (row as UdilRow)[column] !== undefined);
  const message = isShown ? `${code} was read.` : `The meter does not show ${code}.`;
  const rows = [named(row, meter)];
  return rowsOf(exchange, { table: "VISL", rows }, message, ["global_device_id", "msn", ...columns]);
}

/** Groups that stand in the registry alone: whether the meter is in use, its SIM, how it was said to communicate. */
const toldByNoMeter: ReadonlySet<string> = new Set(["MTST", "MSIM", "DMDT"]);

async function keptOf({ client }: Exchange, { number }: NamedMeter, { visuals }: OnDemandServices) {
  return (await visuals.read(client.organizationNumber, [number])).get(number);
}

/** @returns the read that was carried out, or the answer that says why it was not */
async function readNow(
  exchange: Exchange,
  command: NewCommand,
  { commands, waits }: OnDemandServices,
): Promise<CommandPage | MdcAnswer> {
  const { client, signal } = exchange;
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
    const now = () => pageOf(exchange, commands);
    const ended = await place.untilEnded(
      device.commandDevice,
      async () => {
        const page = await now();
        return page && rowOf(page);
      },
      signal,
    );
    if (ended === undefined) return refused(timedOut);
    const read = ended.state === "succeeded" ? await now() : undefined;
    return read ?? refused(ended.remark ?? `The read is ${ended.state}.`);
  } finally {
    place.leave();
  }
}

/** The one row of the transaction; what its meter gave is in memory as far as it fits. */
async function pageOf(
  { client, request }: Exchange,
  commands: OnDemandServices["commands"],
): Promise<CommandPage | undefined> {
  const which = { idempotencyKeys: [transactionIdOf(request)] };
  const limits = { rows: 1, bytes: mdcLimits.transactionBytes };
  for await (const page of commands.statusPages(which, requesterOf(client), limits)) return page;
  return undefined;
}

function rowOf(page: CommandPage): CommandDeviceRow {
  return "rows" in page ? page.rows[0]! : page.row;
}

/** Of what was carried out there always is one. */
function resultOf(page: CommandPage): OnDemandResult {
  return onDemandResult(rowOf(page))!;
}

async function* pagesOf(page: CommandPage): AsyncGenerator<readonly UdilRow[]> {
  if ("rows" in page) yield resultOf(page).rows;
  else yield* namedPages(page);
}

function rowsOf(
  { request }: Exchange,
  { table, rows }: OnDemandResult,
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

const timedOut =
  "The meter has not answered in time. The read goes on: ask transaction_status for its result by the same transactionid.";
