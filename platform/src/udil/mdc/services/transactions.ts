/** What became of commands, and taking them back. */
import type { DeviceAnswer } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import { type CancelledDevice, commandLimits } from "../../../commands/new-command.ts";
import { PlatformError } from "../../../errors/platform-error.ts";
import { mdcLimits } from "../limits.ts";
import type { MdcCommands } from "../mdc-commands.ts";
import { type MdcAnswer, whole } from "./answer.ts";
import { type Exchange, requesterOf, transactionIdOf } from "./exchange.ts";
import { listed, messageAbout } from "./remarks.ts";
import { transactionRow } from "./transaction-rows.ts";

export interface TransactionServices {
  readonly commands: Pick<MdcCommands, "cancel" | "statusRows">;
}

/** One row for each transaction and device; transactions nobody gave are named in the message. */
export async function transactionStatus(exchange: Exchange, { commands }: TransactionServices): Promise<MdcAnswer> {
  const { client, request } = exchange;
  const { transactionIds } = request;
  const rows: CommandDeviceRow[] = [];
  for (let first = 0; first < transactionIds.length; first += commandLimits.keysPerQuestion) {
    const idempotencyKeys = transactionIds.slice(first, first + commandLimits.keysPerQuestion);
    const limit = mdcLimits.transactionRows + 1 - rows.length;
    for (const row of await commands.statusRows({ idempotencyKeys, limit }, requesterOf(client))) rows.push(row);
    if (rows.length > mdcLimits.transactionRows) throw tooManyRows();
  }
  const known = new Set(rows.map(({ idempotencyKey }) => idempotencyKey));
  const unknown = transactionIds.filter((id) => !known.has(id));
  if (known.size === 0) return unknownTransaction(exchange);
  return whole({
    kind: "transactions",
    status: 1,
    transactionId: transactionIdOf(request),
    transactions: rows.map((row) => transactionRow(row, client.version)),
    message: [
      `${rows.length} rows of ${known.size} transactions.`,
      ...(unknown.length > 0 ? [unknownIds(unknown)] : []),
      ...(client.version === "v1" ? remarksOf(rows) : []),
    ].join(" "),
  });
}

function tooManyRows(): PlatformError {
  return new PlatformError("malformed_request", {
    message: `The transactions have more than ${mdcLimits.transactionRows} rows. Divide them over several requests.`,
  });
}

/** What rows of v1 have no column for, each remark once. */
function remarksOf(rows: readonly CommandDeviceRow[]): string[] {
  const remarked = Map.groupBy(rows, ({ remark }) => remark ?? "");
  remarked.delete("");
  return [...remarked]
    .slice(0, remarksAtMost)
    .map(([remark, ofRemark]) => `${listed(ofRemark.map(({ globalDeviceId }) => globalDeviceId ?? ""))}: ${remark}`);
}

/** Different remarks that one message tells. */
const remarksAtMost = 20;

/** Takes a command back for each named device that was not reached yet (level 0, 1 or 2). */
export async function transactionCancel(exchange: Exchange, { commands }: TransactionServices): Promise<MdcAnswer> {
  const { client, request } = exchange;
  const transactionId = transactionIdOf(request);
  const devices = request.ids.map((globalDeviceId) => ({ globalDeviceId }));
  const reason = `Cancelled by ${client.name}`;
  const cancellation = { idempotencyKey: transactionId, devices };
  const cancelled = await commands.cancel(cancellation, requesterOf(client), reason).catch((error) => {
    if (error instanceof PlatformError && error.code === "not_found") return undefined;
    throw error;
  });
  if (cancelled === undefined) return unknownTransaction(exchange);
  const answers = cancelled.map(deviceAnswer);
  return whole({
    kind: "command",
    status: 1,
    transactionId,
    devices: answers,
    message: messageAbout(answers, "Commands of devices with indv_status 1 are cancelled."),
  });
}

function deviceAnswer({ globalDeviceId = "", msn, cancelled, remark }: CancelledDevice): DeviceAnswer {
  return { global_device_id: globalDeviceId, msn, indv_status: cancelled ? 1 : 0, remarks: remark };
}

/** UDIL does not say what an unknown transaction gets (register, 50). */
function unknownTransaction({ client, request }: Exchange): MdcAnswer {
  const message = unknownIds(request.transactionIds);
  return {
    kind: "whole",
    answer: { kind: "error", transactionId: transactionIdOf(request), message },
    httpStatus: client.switches.unknown_transaction_404 ? 404 : 200,
  };
}

function unknownIds(ids: readonly string[]): string {
  return `No transaction is known by ${listed(ids)}.`;
}
