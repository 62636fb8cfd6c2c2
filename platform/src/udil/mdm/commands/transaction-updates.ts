/** What a row of an MDC's TRANSACTION_STATUS means for the command. */
import type { ReadTransaction, UdilVersion } from "@anymeter/udil";
import type { PeerCommand, PeerUpdate } from "../../../commands/peers.ts";
import { isAnnouncement } from "./requests.ts";
import { sentence } from "./told-texts.ts";
import { stuckMilliseconds, type TrackedDevice } from "./tracked-transactions.ts";

export interface TransactionStanding {
  readonly update: PeerUpdate;
  /** Nothing more will come of it. */
  readonly final: boolean;
}

type Level = 1 | 2 | 3 | 4 | 5;
const levels = [1, 2, 3, 4, 5] as const;

/**
 * Level 5 alone is success: `indv_status` 1 is shown below it too. Failure is `indv_status` 2 of later versions; v1 has no
 * word for it, and a command that stays at level 4 has failed after `stuckAt`.
 */
export function standingOf(
  commandDevice: number,
  row: ReadTransaction,
  version: UdilVersion,
  stuck: boolean,
): TransactionStanding {
  const level = levels.findLast((one) => one <= (row.status_level ?? 0));
  const instants = instantsOf(row, level);
  const update = { commandDevice, accepted: true, ...(level !== undefined && level < 5 && { level }), instants };
  const failed = (cause: string, remark: string) => ({
    final: true,
    update: { ...update, state: "failed" as const, cause, remark },
  });
  if (level === 5) return { final: true, update: { ...update, state: "succeeded" as const } };
  if (row.request_cancelled === 1) {
    const reason = row.request_cancel_reason ?? "";
    return failed("command_cancelled", sentence(`The MDC cancelled it${reason === "" ? "" : `: ${reason}`}`));
  }
  if (version !== "v1" && row.indv_status === 2) {
    const told = typeof row.response_data === "string" ? `: ${row.response_data}` : "";
    return failed(
      (level ?? 0) >= 4 ? "command_not_verified" : "command_refused",
      sentence(`The MDC says that it failed at level ${level ?? 0}${told}`),
    );
  }
  if (version === "v1" && level === 4 && stuck) {
    return failed("command_not_verified", "The MDC sent it to the meter and did not tell that the meter executed it.");
  }
  return { final: false, update };
}

/** Nothing more will come of it, and the meter did not do it. */
export function hasFailed(row: ReadTransaction, version: UdilVersion): boolean {
  return standingOf(0, row, version, false).update.state === "failed";
}

/**
 * What it means that the MDC does not show a transaction, or a device of it.
 * @param milliseconds for how long that has been so
 * @returns undefined: nothing yet
 */
export function standingOfMissing(
  command: Pick<PeerCommand, "name">,
  { commandDevice, accepted }: Pick<TrackedDevice, "commandDevice" | "accepted">,
  milliseconds: number,
): PeerUpdate | undefined {
  if (milliseconds < missingMilliseconds) return undefined;
  if (!accepted) {
    const remark = "The MDC named the meter neither in its answer nor among those of the transaction.";
    return { commandDevice, state: "failed", cause: "command_refused", remark };
  }
  // What no meter is asked for is done when it is taken: not every MDC keeps a transaction of it.
  if (isAnnouncement(command)) {
    return { commandDevice, state: "succeeded", remark: "The MDC took it, and keeps no transaction of it." };
  }
  if (milliseconds < stuckMilliseconds) return undefined;
  const remark = "The MDC took it, and does not know of it any more. It was not sent again.";
  return { commandDevice, state: "failed", cause: "command_not_verified", remark };
}

const missingMilliseconds = 60_000;

/** When each level was reached, as far as it is told; clocks of MDCs do not run backwards here. */
function instantsOf(row: ReadTransaction, level: Level | undefined): NonNullable<PeerUpdate["instants"]> {
  const told = [
    row.status_1_datetime,
    row.status_2_datetime,
    row.status_3_datetime,
    row.status_4_datetime,
    row.status_5_datetime,
  ];
  let last = Number.NEGATIVE_INFINITY;
  const entries = levels.flatMap((one, index): [Level, number][] => {
    const at = told[index];
    if (level === undefined || one > level || typeof at !== "number" || at < last) return [];
    last = at;
    return [[one, at]];
  });
  return Object.fromEntries(entries);
}
