/** `set_time`: turns the server's UTC into the meter's zone, sets the clock, and reports how far it was off. */
import { RunFailure } from "../../../causes.ts";
import { type ClockReading, driftOfWholeSeconds, setClock, timed, wholeSecondToSet } from "../../clock-setting.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { instantsOfNaive, naiveTimeAt } from "../../naive-times.ts";
import type { Lis200Context } from "../lis-200-driver.ts";

export async function setTime(context: Lis200Context): Promise<StartedCall> {
  return await setClock(context, undefined, {
    read: () => readClock(context),
    write: (shown) => writeClock(context, shown),
  });
}

async function readClock({ client, request, clock, zone }: Lis200Context): Promise<ClockReading> {
  const { answer, ...when } = await timed(clock, () => request(client.readClock()));
  return { ...when, driftSeconds: driftOfWholeSeconds(instantsOfNaive(answer, zone), when.readAt) };
}

async function writeClock(
  { client, request, clock, zone }: Lis200Context,
  shown: ClockReading,
): Promise<string | undefined> {
  try {
    await request(client.setClock(naiveTimeAt(wholeSecondToSet(clock, shown), zone)));
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error.detail ?? error.message;
    throw error;
  }
}

/** A wrong session is told as what it is; only the meter's answer to the write is about the clock. */
function isRefusal(error: unknown): error is RunFailure {
  return error instanceof RunFailure && (error.code === "access_refused" || error.code === "request_refused");
}
