/** TRANSACTION_STATUS: one row for each transaction and device, in the words of the version. */
import type { UdilVersion } from "@anymeter/udil";
import type { HabitValues } from "../habits/habits.ts";
import type { LocalTime } from "../local-time.ts";
import type { AnswerList, AnswerValue } from "../server/answer.ts";
import { lastLevel, type Transaction, type TransactionDevice } from "./transaction.ts";

export interface StatusWords {
  readonly version: UdilVersion;
  readonly localTime: LocalTime;
  readonly habits: HabitValues;
}

/** Values by column, response_data apart. */
export function statusTexts(
  { id, service, parameters, receivedAt }: Transaction,
  device: TransactionDevice,
  { version, localTime, habits }: StatusWords,
): Readonly<Record<string, string>> {
  const when = (instant: number | undefined) => (instant === undefined ? "" : localTime.text(instant));
  const stamps = habits.backfilledStamps ? backfilled(device.reachedAt) : device.reachedAt;
  return {
    transactionid: id,
    msn: device.msn,
    global_device_id: device.globalDeviceId,
    type: version === "v1" ? service : service.toUpperCase(),
    type_parameters: parameters,
    command_receiving_datetime: when(receivedAt),
    status_level: String(device.level),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((level) => [`status_${level}_datetime`, when(stamps[level])])),
    indv_status: individualStatus(device, version),
    request_cancelled: device.state === "cancelled" ? "1" : "0",
    request_cancel_reason: device.state === "cancelled" ? device.remark : "",
    request_cancel_datetime: when(device.cancelledAt),
  };
}

/** Rows in the order of the table's columns; response_data behind them where somebody asked for data. */
export function statusList(
  transactions: readonly Transaction[],
  columns: readonly string[],
  words: StatusWords,
): AnswerList {
  const names = [...columns.filter((name) => name !== "response_data"), "response_data"];
  const records: AnswerValue[][] = [];
  for (const transaction of transactions) {
    for (const device of transaction.devices) {
      const texts = statusTexts(transaction, device, words);
      records.push(names.map((name) => (name === "response_data" ? responseData(device, words) : (texts[name] ?? ""))));
    }
  }
  return { names, records, repeatedInXml: words.version !== "v1" };
}

/** v3: 0 under way, 1 done, 2 failed; v1 has 0 and 1 only. */
function individualStatus({ state }: TransactionDevice, version: UdilVersion): string {
  if (state === "succeeded") return "1";
  return state === "open" || version === "v1" ? "0" : "2";
}

function responseData({ result, level }: TransactionDevice, { habits }: StatusWords): AnswerValue {
  const least = habits.earlyResponseData ? 4 : lastLevel;
  return level >= least && result !== undefined ? result : "";
}

/** What is left when only levels 2 and 5 were noticed. */
function backfilled(reachedAt: readonly (number | undefined)[]): (number | undefined)[] {
  const [received, , second, , , fifth] = reachedAt;
  const before = (instant: number | undefined) => (instant === undefined ? undefined : instant - 1_000);
  return [received, before(second), second, undefined, before(fifth), fifth];
}
