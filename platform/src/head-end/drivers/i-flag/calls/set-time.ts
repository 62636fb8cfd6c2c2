/** `set_time`: reports how far the clock is off, and turns the server's UTC into the meter's zone when it is more than allowed. */
import { addressOf, type ParameterAddress } from "@anymeter/i-flag";
import type { CorusArguments } from "../../../../registry/protocols/i-flag.ts";
import { RunFailure } from "../../../causes.ts";
import { type ClockReading, driftOfWholeSeconds, setClock, timed, wholeSecondToSet } from "../../clock-setting.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { instantsOfNaive, naiveTimeAt } from "../../naive-times.ts";
import { type IFlagContext, mapOf } from "../i-flag-driver.ts";

export async function setTime(context: IFlagContext): Promise<StartedCall> {
  const { allowed_drift_seconds: allowed } = context.call.kwargs as CorusArguments<"set_time">;
  const address = addressOf(await mapOf(context), "datetime");
  return await setClock(context, allowed, {
    read: () => readClock(context, address),
    write: (shown) => writeClock(context, address, shown),
    isReadAfterRefusal: true,
  });
}

async function readClock(
  { client, request, clock, zone }: IFlagContext,
  address: ParameterAddress,
): Promise<ClockReading> {
  const { answer, ...when } = await timed(clock, () => request(client.readParameters([address])));
  const [time] = answer;
  if (typeof time !== "string") throw new RunFailure("invalid_answer", "The converter's clock shows no usable time.");
  return { ...when, driftSeconds: driftOfWholeSeconds(instantsOfNaive(time, zone), when.readAt) };
}

async function writeClock(
  { client, request, clock, zone }: IFlagContext,
  address: ParameterAddress,
  shown: ClockReading,
): Promise<string | undefined> {
  const value = naiveTimeAt(wholeSecondToSet(clock, shown), zone);
  try {
    await request(client.writeParameters([{ ...address, value }]));
    return undefined;
  } catch (error) {
    if (error instanceof RunFailure && error.code === "request_refused") return error.detail ?? error.message;
    throw error;
  }
}
