/** TRANSACTION_STATUS in the columnar store: what became of the commands that clients of UDIL gave. */
import { Readable } from "node:stream";
import { type UdilAnswer, type UdilVersion, writeResponse } from "@anymeter/udil";
import { type Kysely, sql } from "kysely";
import type { CommandDeviceRow } from "../../commands/command-rows.ts";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import { tabSeparated } from "../../stores/columnar/tab-separated.ts";
import type { Database } from "../../stores/relational/database.ts";
import { transactionRow } from "../mdc/services/transaction-rows.ts";
import { peerZone } from "../peer-zone.ts";

/** Resolves when the rows are durable; the same row again, later, replaces it. */
export async function storeTransactions(
  db: Kysely<Database>,
  { client }: Pick<ColumnarStore, "client">,
  rows: readonly CommandDeviceRow[],
): Promise<void> {
  const ofClients = rows.filter(({ client: given, idempotencyKey }) => given !== null && idempotencyKey !== null);
  if (ofClients.length === 0) return;
  const clients = await clientsOf(db, ofClients);
  const cells = ofClients.map((row) => cellsOf(row, clients.get(row.client!) ?? unknownClient));
  const values = Readable.from([Buffer.from(tabSeparated(cells).replaceAll(nothing, "\\N"))], { objectMode: false });
  await client.insert({ table: "udil_transaction_rows", columns: insertedColumns, format: "TabSeparated", values });
}

interface Client {
  readonly version: UdilVersion;
  readonly timezone: string;
}

/** One that was deleted meanwhile: nobody reads its rows. */
const unknownClient: Client = { version: "v1", timezone: "UTC" };

async function clientsOf(db: Kysely<Database>, rows: readonly CommandDeviceRow[]): Promise<Map<string, Client>> {
  const ids = [...new Set(rows.map(({ client }) => client))];
  const found = await db
    .selectFrom("udil_mdm_clients")
    .select(["id", "version", "timezone"])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  return new Map(found.map((client) => [client.id, client]));
}

const insertedColumns: [string, ...string[]] = [
  "organization_number",
  "client",
  "transactionid",
  "position",
  "device_number",
  "global_device_id",
  "msn",
  "type",
  "type_parameters",
  "command_receiving_datetime",
  "status_level",
  "status_1_datetime",
  "status_2_datetime",
  "status_3_datetime",
  "status_4_datetime",
  "status_5_datetime",
  "indv_status",
  "request_cancelled",
  "request_cancel_reason",
  "request_cancel_datetime",
  "response_data",
  "version",
];

function cellsOf(row: CommandDeviceRow, { version, timezone }: Client): (string | number)[] {
  const transaction = transactionRow(row, version);
  const instant = (at: number | undefined) => (at === undefined ? nothing : engineTime(at));
  return [
    row.organizationNumber,
    row.client!,
    transaction.transactionid,
    row.position,
    row.deviceNumber ?? 0,
    transaction.global_device_id,
    transaction.msn ?? "",
    transaction.type ?? "",
    transaction.type_parameters ?? nothing,
    instant(transaction.command_receiving_datetime),
    transaction.status_level ?? 0,
    instant(transaction.status_1_datetime),
    instant(transaction.status_2_datetime),
    instant(transaction.status_3_datetime),
    instant(transaction.status_4_datetime),
    instant(transaction.status_5_datetime),
    transaction.indv_status ?? 0,
    transaction.request_cancelled ?? 0,
    transaction.request_cancel_reason || nothing,
    instant(transaction.request_cancel_datetime),
    transaction.response_data === undefined ? nothing : responseText(transaction, version, timezone),
    engineTime(row.updatedAt),
  ];
}

/** As transaction_status would answer it: text, or rows as JSON with the client's names and times. */
function responseText(transaction: ReturnType<typeof transactionRow>, version: UdilVersion, timezone: string): string {
  if (typeof transaction.response_data === "string") return transaction.response_data;
  const answer: UdilAnswer = {
    kind: "transactions",
    status: 1,
    transactionId: transaction.transactionid,
    message: "",
    transactions: [transaction],
  };
  const body = writeResponse(answer, { version, format: "json", zone: peerZone(timezone) });
  const [written] = JSON.parse(Buffer.from(body).toString()).data as { response_data?: unknown }[];
  return JSON.stringify(written?.response_data ?? []);
}

function engineTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").slice(0, 23);
}

/** Stands for NULL until the text is made: no value holds it. */
const nothing = "\u0001";
