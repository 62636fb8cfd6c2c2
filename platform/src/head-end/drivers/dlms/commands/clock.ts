/** `time_synchronization`: sets the clock to ours, and reads it back. */
import type { CommandToCarryOut } from "../../driver.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { setTime } from "../calls/set-time.ts";
import { commandFailure } from "./failures.ts";

/** The time is the present one however often it is sent: a former attempt makes no difference. */
export async function synchroniseClock(
  context: CallContext,
  command: CommandToCarryOut<"time_synchronization">,
): Promise<StartedCall> {
  try {
    return await setTime({ ...context, call: { ...context.call, kwargs: {}, command } });
  } catch (error) {
    throw commandFailure(error, []);
  }
}
