/** What became of commands, and taking them back. */
import type { DeviceAnswer } from "@anymeter/udil";
import type { CommandDeviceRow } from "../../../commands/command-rows.ts";
import type { CancelledDevice } from "../../../commands/new-command.ts";
import { PlatformError } from "../../../errors/platform-error.ts";
import { mdcLimits } from "../limits.ts";
import type { MdcCommands } from "../mdc-commands.ts";
import { begun, type MdcAnswer, type TransactionPage, whole } from "./answer.ts";
import { type Exchange, requesterOf, transactionIdOf } from "./exchange.ts";
import { Listing, listed, messageAbout } from "./remarks.ts";
import { namedPages, transactionRow } from "./transaction-rows.ts";

export interface TransactionServices {
  readonly commands: Pick<MdcCommands, "cancel" | "statusPages">;
}

/** One row for each transaction and device; transactions nobody gave are named in the message. */
export async function transactionStatus(exchange: Exchange, { commands }: TransactionServices): Promise<MdcAnswer> {
  const account = new Account(exchange);
  const pages = await begun(transactionPages(exchange, commands, account));
  if (account.isEmpty) return unknownTransaction(exchange);
  return {
    kind: "transactions",
    transactionId: transactionIdOf(exchange.request),
    pages,
    message: () => account.message(),
  };
}

async function* transactionPages(
  { client, request, signal }: Exchange,
  commands: TransactionServices["commands"],
  account: Account,
): AsyncGenerator<TransactionPage> {
  const which = { idempotencyKeys: request.transactionIds };
  const limits = { rows: mdcLimits.transactionRows, bytes: mdcLimits.transactionBytes };
  for await (const page of commands.statusPages(which, requesterOf(client), limits)) {
    if (signal.aborted) return;
    const rows = "rows" in page ? page.rows : [page.row];
    account.add(rows);
    const transactions = rows.map((row) => transactionRow(row, client.version));
    const [transaction] = transactions;
    if ("rows" in page || typeof transaction?.response_data !== "object") yield { transactions };
    else yield { transaction, table: transaction.response_data.table, pages: namedPages(page) };
  }
}

/** What the message tells of rows that have gone: their number, ids that nobody gave, and what rows of v1 have no column for. */
class Account {
  readonly #exchange: Exchange;
  readonly #known = new Set<string | null>();
  /** Each remark once, with the first devices it is about. */
  readonly #remarks = new Map<string, Listing>();
  #rows = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  add(rows: readonly CommandDeviceRow[]): void {
    this.#rows += rows.length;
    for (const { idempotencyKey, remark, globalDeviceId } of rows) {
      this.#known.add(idempotencyKey);
      if (remark !== null && remark !== "") this.#listingOf(remark)?.add(globalDeviceId ?? "");
    }
  }

  message(): string {
    const { client, request } = this.#exchange;
    const unknown = request.transactionIds.filter((id) => !this.#known.has(id));
    return [
      `${this.#rows} rows of ${this.#known.size} transactions.`,
      ...(unknown.length > 0 ? [unknownIds(unknown)] : []),
      ...(client.version === "v1" ? [...this.#remarks].map(([remark, listing]) => `${listing}: ${remark}`) : []),
    ].join(" ");
  }

  #listingOf(remark: string): Listing | undefined {
    const known = this.#remarks.get(remark);
    if (known !== undefined || this.#remarks.size >= remarksAtMost) return known;
    const listing = new Listing();
    this.#remarks.set(remark, listing);
    return listing;
  }
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
