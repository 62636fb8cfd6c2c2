/**
 * Takes commands back, for each device that was not reached yet: up to level 2. A session tells level 3 by a conditional
 * update of the same row, so that whichever of the two comes first has decided. Where a vendor's MDC may have the command,
 * the MDC decides: until it answered, the row has the wish (`cancelled_at`) and keeps its state.
 */
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import { notFound } from "../errors/platform-error.ts";
import type { CountCommand } from "../head-end/runs/command-counter.ts";
import type { Database } from "../stores/relational/database.ts";
import { type CommandDeviceRow, selectCommandRows } from "./command-rows.ts";
import { endRuns, lockRuns } from "./ended-runs.ts";
import { type CancelledDevice, commandLimits, type NamedDevice, type Requester } from "./new-command.ts";

/** Which command; without devices, for all of them. */
export type Cancellation = ({ readonly command: string } | { readonly idempotencyKey: string }) & {
  readonly devices?: readonly NamedDevice[] | undefined;
};

/** Greatest level at which a command can be taken back. */
export const lastCancellableLevel = 2;

export interface CancellationServices {
  readonly db: Kysely<Database>;
  readonly now: () => number;
  readonly count?: CountCommand;
  /** Resolves when MDCs have decided about these rows, or have had their time for it. */
  readonly untilDecided: (rows: readonly number[]) => Promise<void>;
}

/** @throws PlatformError `not_found` when the requester may not see such a command */
export async function cancelCommand(
  { db, now, count, untilDecided }: CancellationServices,
  { devices, ...which }: Cancellation,
  requester: Requester,
  reason: string,
): Promise<CancelledDevice[]> {
  const command = await findCommand(db, which, requester);
  if (command === undefined) throw notFound();
  const read = () => selectCommandRows(db, sql`c.command = ${command}`, { withResults: false });
  const rows = await read();
  const chosen = devices === undefined ? rows.map((row) => ({ row })) : find(rows, devices);
  const ids = chosen.flatMap(({ row }) => row?.id ?? []);
  const at = { by: requester.name, at: now(), reason: reason.slice(0, commandLimits.reasonCharacters) };
  const asked: number[] = [];
  for (let first = 0; first < ids.length; first += commandLimits.rowsPerStatement) {
    const part = ids.slice(first, first + commandLimits.rowsPerStatement);
    asked.push(...(await db.transaction().execute((transaction) => cancelRows(transaction, part, at, count))));
  }
  if (asked.length > 0) await untilDecided(asked);
  const after = new Map((await read()).map((row) => [row.id, row]));
  return chosen.map((one) => answer(one.row && after.get(one.row.id), "device" in one ? one.device : undefined));
}

/** SQL: the name of the command of a row of command_devices. */
export const nameOfCommand: RawBuilder<string> = sql`(select k.command from commands k where k.id = command_devices.command)`;

/**
 * Takes back those of the rows that still can be, as far as the platform alone decides.
 * @returns those whose MDC is to decide: it is asked by whoever carries commands there
 */
export async function cancelRows(
  transaction: Transaction<Database>,
  rows: readonly number[],
  { by, at, reason }: { readonly by: string; readonly at: number; readonly reason: string },
  count: CountCommand = () => {},
): Promise<number[]> {
  if (rows.length === 0) return [];
  await lockRuns(transaction, rows);
  const { rows: taken } = await sql<{ id: number; name: string; state: string }>`
    update command_devices set
      state = case when ${mayBeAtMdc} then state else 'cancelled' end,
      cancel_reason = coalesce(cancel_reason, ${reason}), cancelled_by = coalesce(cancelled_by, ${by}),
      cancelled_at = coalesce(cancelled_at, ${new Date(at)}), updated_at = ${new Date(at)}, peer_not_before = '-infinity'
    where id in (
      select id from command_devices
      where id = any(${rows}::bigint[]) and state in ('waiting', 'running') and status_level <= ${sql.lit(lastCancellableLevel)}
      order by id for update
    )
    returning id, state, ${nameOfCommand} as name`.execute(transaction);
  const cancelled = taken.filter(({ state }) => state === "cancelled");
  const ids = cancelled.map(({ id }) => id);
  await endRuns(transaction, ids, "command_cancelled", at);
  for (const { name } of cancelled) count(name, "cancelled");
  return taken.flatMap(({ id, state }) => (state === "cancelled" ? [] : id));
}

/** SQL: the row has a name that its MDC may know it by. Without one nothing was sent, and nothing will be. */
const mayBeAtMdc = sql`(udil_mdc is not null and peer_reference is not null)`;

/** The command's id, when the requester may see it. A client of UDIL sees its own transactions alone. */
export async function findCommand(
  db: Kysely<Database>,
  which: { readonly command: string } | { readonly idempotencyKey: string },
  requester: Requester,
): Promise<string | undefined> {
  const condition =
    "command" in which ? sql`k.id = ${which.command}::uuid` : sql`k.idempotency_key = ${which.idempotencyKey}`;
  const { rows } = await sql<{ id: string }>`
    select k.id from commands k
    where ${condition} and ${visibleTo(requester, "idempotencyKey" in which)} limit 1`.execute(db);
  return rows[0]?.id;
}

/** @param byKey keys are names that each requester gives for itself */
export function visibleTo(requester: Requester, byKey: boolean): RawBuilder<unknown> {
  const { scope } = requester;
  const organization = scope.staff ? sql`true` : sql`k.organization = ${scope.organization}::uuid`;
  if (requester.origin === "udil") return sql`${organization} and k.mdm_client = ${requester.client}::uuid`;
  return byKey ? sql`${organization} and k.origin = 'api' and k.requested_by = ${requester.name}` : organization;
}

/** The row of each device; undefined where the command was not asked of it. */
function find(rows: readonly CommandDeviceRow[], devices: readonly NamedDevice[]) {
  const byId = new Map(rows.map((row) => [row.meterDevice, row]));
  const byGlobalId = new Map(rows.map((row) => [row.globalDeviceId, row]));
  return devices.map((device) => ({
    row: "id" in device ? byId.get(device.id.toLowerCase()) : byGlobalId.get(device.globalDeviceId),
    device,
  }));
}

function answer(row: CommandDeviceRow | undefined, device: NamedDevice | undefined): CancelledDevice {
  const asked = device && "globalDeviceId" in device ? device.globalDeviceId : undefined;
  return {
    row,
    globalDeviceId: asked ?? row?.globalDeviceId ?? undefined,
    msn: row?.msn ?? undefined,
    cancelled: row?.state === "cancelled",
    remark: whyNot(row),
  };
}

function whyNot(row: CommandDeviceRow | undefined): string | undefined {
  if (!row) return "The command was not asked of this device.";
  if (row.state === "cancelled") return undefined;
  if ((row.state === "waiting" || row.state === "running") && row.statusLevel <= lastCancellableLevel)
    return row.cancelledAt === null && row.remark ? row.remark : undecided;
  if (row.state === "waiting" || row.state === "running")
    return `The command is at level ${row.statusLevel}: the meter was reached, and it can no longer be cancelled.`;
  return `The command is over: it ${over[row.state]}.`;
}

const undecided =
  "The meter's MDC has not said yet whether it cancels the command. It is asked until it does; the command shows what came of it.";

const over = {
  succeeded: "was carried out",
  failed: "failed",
  refused: "was refused",
  expired: "expired",
} as const;
