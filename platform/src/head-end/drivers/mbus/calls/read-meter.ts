/** `read_meter`: all telegrams of the meter, stored as readings. */
import type { StartedCall } from "../../conversation-driver.ts";
import type { MbusContext } from "../mbus-driver.ts";
import { finishReadout, readoutOf } from "../reading.ts";
import { meterClock } from "../readout-values.ts";

export async function readMeter(context: MbusContext): Promise<StartedCall> {
  const read = await readoutOf(context);
  const readAt = context.clock.now();
  const shown = meterClock(read.readout, context.zone);
  if (shown !== undefined) {
    context.tellClock({ driftSeconds: Math.round((shown - readAt) / 1000), readAt, set: false });
  }
  return { outcome: finishReadout(context, read, read.values) };
}
