/** `set_time`: reports how far the clock is off, and turns the server's UTC into the meter's zone when it is more than allowed. */
import { addressOf, type ParameterAddress } from "@anymeter/i-flag";
import type { CorusArguments } from "../../../../registry/protocols/i-flag.ts";
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { type IFlagContext, mapOf } from "../i-flag-driver.ts";
import { driftOf, timeAt } from "../meter-times.ts";

export async function setTime(context: IFlagContext): Promise<StartedCall> {
  const { allowed_drift_seconds: allowed } = context.call.kwargs as CorusArguments<"set_time">;
  const address = addressOf(await mapOf(context), "datetime");
  const before = await readClock(context, address);
  const { driftSeconds, readAt } = before;
  context.tellClock({ driftSeconds, readAt, set: false });
  if (Math.abs(driftSeconds) <= allowed) {
    return { outcome: Promise.resolve({ rowsRead: 1, result: { drift_seconds: rounded(driftSeconds), set: false } }) };
  }
  const refusal = await writeClock(context, address, before.halfRoundTrip);
  const after = await readClock(context, address);
  if (Math.abs(after.driftSeconds) > Math.max(allowed, clockResolutionSeconds)) {
    await tell(context, before, allowed, false);
    const detail = refusal ?? `It is still off by ${seconds(after.driftSeconds)} after it was set.`;
    throw new RunFailure("clock_not_set", `The clock is off by ${seconds(driftSeconds)}. ${detail}`);
  }
  context.tellClock({ driftSeconds, readAt, set: true });
  const result = {
    drift_seconds: rounded(driftSeconds),
    set: true,
    remaining_drift_seconds: rounded(after.driftSeconds),
  };
  return { outcome: tell(context, before, allowed, true).then(() => ({ rowsRead: 1, result })) };
}

interface ClockReading {
  /** Meter minus UTC. */
  readonly driftSeconds: number;
  /** When the meter looked at its clock, as far as can be told: halfway between question and answer. */
  readonly readAt: number;
  readonly halfRoundTrip: number;
}

async function readClock(
  { client, request, clock, zone }: IFlagContext,
  address: ParameterAddress,
): Promise<ClockReading> {
  const asked = clock.now();
  const [time] = await request(client.readParameters([address]));
  if (typeof time !== "string") throw new RunFailure("invalid_answer", "The converter's clock shows no usable time.");
  const halfRoundTrip = Math.round((clock.now() - asked) / 2);
  const readAt = asked + halfRoundTrip;
  const driftSeconds = driftOf(time, readAt, zone);
  return { driftSeconds, readAt, halfRoundTrip };
}

/**
 * Half a second more, so that the second it is set to is on average half over. Whether a write that got no answer was done,
 * the clock itself tells.
 * @returns the converter's refusal, or undefined when it took the time
 */
async function writeClock(
  { client, request, clock, zone }: IFlagContext,
  address: ParameterAddress,
  halfRoundTrip: number,
): Promise<string | undefined> {
  const value = timeAt(clock.now() + halfRoundTrip + 500, zone);
  try {
    await request(client.writeParameters([{ ...address, value }]));
    return undefined;
  } catch (error) {
    if (error instanceof RunFailure && error.code === "request_refused") return error.detail ?? error.message;
    throw error;
  }
}

async function tell(
  { events, device }: IFlagContext,
  { driftSeconds, readAt }: ClockReading,
  allowed: number,
  isSet: boolean,
): Promise<void> {
  const { organizationNumber, number: deviceNumber } = device;
  const content = `The clock was off by ${seconds(driftSeconds)}, more than the ${allowed} s allowed; it was ${isSet ? "" : "not "}set.`;
  const title = isSet ? "Clock set" : "Clock drift";
  try {
    await events.write([{ organizationNumber, deviceNumber, timestamp: readAt, title, content }]);
  } catch (error) {
    throw new RunFailure("not_stored", error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A clock that shows whole seconds and takes whole seconds cannot be told to be nearer. */
const clockResolutionSeconds = 2;

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function seconds(value: number): string {
  return `${value > 0 ? "+" : ""}${rounded(value)} s`;
}
