/** `read_alarm`: the alarm (class 1) data of the meter, shown on the run. */
import type { StartedCall } from "../../conversation-driver.ts";
import { targetOf } from "../bus-target.ts";
import type { MbusContext } from "../mbus-driver.ts";

export async function readAlarm({ client, request, settings, keys }: MbusContext): Promise<StartedCall> {
  const telegram = await request(client.readAlarm(targetOf(settings), keys.mbus ? { key: keys.mbus } : {}));
  const alarm = telegram?.alarm;
  const result = { alarm: alarm === undefined ? null : alarm.toString(16).toUpperCase().padStart(2, "0") };
  const notes = alarm === undefined ? ["The meter has no alarm."] : [];
  return { outcome: Promise.resolve({ rowsRead: telegram ? 1 : 0, notes, result }) };
}
