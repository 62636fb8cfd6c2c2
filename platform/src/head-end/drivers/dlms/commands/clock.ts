/** `time_synchronization`: sets the clock to ours, and reads it back. */

import { dateTimeFromData, toEpochMilliseconds } from "@anymeter/dlms-cosem";
import { RunFailure } from "../../../causes.ts";
import type { CommandToCarryOut } from "../../driver.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { setTime } from "../calls/set-time.ts";
import { commandFailure, isRefusal, unseen } from "./failures.ts";
import type { ShowSetting } from "./shown-settings.ts";

/** The time is the present one however often it is sent: a former attempt makes no difference. */
export async function synchroniseClock(
  context: CallContext,
  command: CommandToCarryOut<"time_synchronization">,
): Promise<StartedCall> {
  let isSent = false;
  const told = {
    ...command,
    reached: async (level: 3 | 4) => {
      await command.reached(level);
      isSent = level === 4;
    },
  };
  try {
    return await setTime({ ...context, call: { ...context.call, kwargs: {}, command: told } });
  } catch (error) {
    const isClear = isRefusal(error) || (error instanceof RunFailure && error.code === "clock_not_set");
    throw commandFailure(isSent && !isClear ? unseen(error) : error, "");
  }
}

/** `dvtm`: the meter's clock. */
export const showClock: ShowSetting = async ({ context, objects }) => {
  const clock = { classId: 8, logicalName: "0.0.1.0.0.255" };
  const shown = await objects.valueIfThere(clock, 2, { fromData: dateTimeFromData });
  const instant = shown && toEpochMilliseconds(shown, context.epoch);
  return instant === undefined ? undefined : { dvtm_meter_clock: instant };
};
