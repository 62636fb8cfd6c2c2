/** `read_records`: some values of the meter, by the names of their series or their own. The meter tells all in any case. */
import type { MbusArguments } from "../../../../registry/protocols/mbus.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { MbusContext } from "../mbus-driver.ts";
import { finishReadout, readoutOf } from "../reading.ts";

export async function readRecords(context: MbusContext): Promise<StartedCall> {
  const { records } = context.call.kwargs as MbusArguments<"read_records">;
  const wanted = new Set(records);
  const read = await readoutOf(context);
  const values = read.values.filter(({ names }) => names.some((name) => wanted.has(name)));
  const found = new Set(values.flatMap(({ names }) => names));
  const missing = records.filter((name) => !found.has(name));
  return { outcome: finishReadout(context, read, values, missing) };
}
