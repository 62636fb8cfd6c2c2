/** `update_mdi_reset_date`: when the single action schedule (class 22) runs the script at the end of a billing period. */

import {
  describeDate,
  describeTime,
  type ExecutionTime,
  enumerated,
  singleActionScheduleValues,
} from "@anymeter/dlms-cosem";
import { RunFailure } from "../../../causes.ts";
import { type Prepare, verified } from "./carry-out.ts";
import { clockRemarks, sameDate, sameTime, timeOfDay } from "./meter-clock.ts";
import { objectName } from "./meter-objects.ts";
import { type ShowSetting, timeText } from "./shown-settings.ts";

const prepare: Prepare<"update_mdi_reset_date"> = async ({ context, objects, parameters, home }) => {
  const schedule = { classId: 22, logicalName: home.object };
  const { scriptLogicalName } = await objects.value(schedule, 2, singleActionScheduleValues.executedScript);
  if (scriptLogicalName !== home.scriptTable) {
    throw new RunFailure(
      "command_unsupported",
      `The ${objectName(schedule)} runs a script of ${scriptLogicalName}, not of ${home.scriptTable}, the end of a billing period.`,
    );
  }
  const type = await objects.valueIfThere(schedule, 3, singleActionScheduleValues.type);
  const wanted: ExecutionTime = {
    time: timeOfDay(parameters.mdi_reset_time),
    date: { day: parameters.mdi_reset_date },
  };
  const read = () => objects.value(schedule, 4, singleActionScheduleValues.executionTime);
  return {
    async differences() {
      const shown = await read();
      const [only] = shown;
      if (shown.length === 1 && only && sameExecution(only, wanted)) return [];
      return [`The ${objectName(schedule)} shows ${shown.map(describe).join(", ") || "no time"}.`];
    },
    async send() {
      // Without wildcards the first of every month cannot be said.
      if (type !== undefined && !typesWithWildcards.has(type)) await objects.write(schedule, 3, enumerated(oneTime));
      await objects.write(schedule, 4, singleActionScheduleValues.executionTime.toData([wanted]));
    },
    account: async () => ({ remarks: await clockRemarks(objects, context) }),
  };
};

export const changeBillingReset = verified("update_mdi_reset_date", prepare);

function sameExecution(one: ExecutionTime, other: ExecutionTime): boolean {
  return sameTime(one.time, other.time) && sameDate(one.date, other.date);
}

function describe({ time, date }: ExecutionTime): string {
  return `${describeDate(date)} ${describeTime(time)}`;
}

const oneTime = 1;
/** Types of class 22 whose dates may leave parts open. */
const typesWithWildcards: ReadonlySet<number> = new Set([1, 3, 5]);

/** When the billing period ends. */
export const showBillingReset: ShowSetting = async ({ objects, homes: { update_mdi_reset_date: home } }) => {
  if (home.by !== "single action schedule") return undefined;
  const schedule = { classId: 22, logicalName: home.object };
  const times = await objects.valueIfThere(schedule, 4, singleActionScheduleValues.executionTime);
  const [only] = times ?? [];
  if (!only) return undefined;
  return {
    ...(typeof only.date.day === "number" && { mdi_reset_date: only.date.day }),
    mdi_reset_time: timeText(only.time, true),
  };
};
