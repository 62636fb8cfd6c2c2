/** `set_time`: turns the server's UTC into the meter's zone, sets the clock, and reports how far it was off. */
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { Lis200Context } from "../lis-200-driver.ts";
import { instantOfTime, timeAt } from "../meter-times.ts";

export async function setTime(context: Lis200Context): Promise<StartedCall> {
  const { client, request, clock, zone, tellClock } = context;
  const before = await readClock(context);
  const { driftSeconds, readAt } = before;
  tellClock({ driftSeconds, readAt, set: false });
  try {
    // Half a second more, so that the second it is set to is on average half over.
    await request(client.setClock(timeAt(clock.now() + before.halfRoundTrip + 500, zone)));
  } catch (error) {
    throw isRefusal(error) ? notSet(before, error.detail ?? error.message) : error;
  }
  const after = await readClock(context);
  if (Math.abs(after.driftSeconds) > clockResolutionSeconds) {
    throw notSet(before, `It is still off by ${told(after.driftSeconds)} after it was set.`);
  }
  tellClock({ driftSeconds, readAt, set: true });
  const result = {
    drift_seconds: rounded(driftSeconds),
    set: true,
    remaining_drift_seconds: rounded(after.driftSeconds),
  };
  return { outcome: tellEvent(context, before).then(() => ({ rowsRead: 1, result })) };
}

interface ClockReading {
  /** Meter minus UTC. */
  readonly driftSeconds: number;
  /** When the meter looked at its clock, as far as can be told: halfway between question and answer. */
  readonly readAt: number;
  readonly halfRoundTrip: number;
}

async function readClock({ client, request, clock, zone }: Lis200Context): Promise<ClockReading> {
  const asked = clock.now();
  const time = await request(client.readClock());
  const halfRoundTrip = Math.round((clock.now() - asked) / 2);
  const readAt = asked + halfRoundTrip;
  return { driftSeconds: driftOf(time, readAt, zone), readAt, halfRoundTrip };
}

/**
 * A clock that shows whole seconds is on average half a second further than it shows. In the hour that comes twice its time
 * is two instants: the nearer one is meant.
 */
function driftOf(time: string, readAt: number, zone: Lis200Context["zone"]): number {
  const drifts = [true, false].map((summerTime) => (instantOfTime(time, zone, summerTime) + 500 - readAt) / 1000);
  return drifts.reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
}

/** A wrong session is told as what it is; only the meter's answer to the write is about the clock. */
function isRefusal(error: unknown): error is RunFailure {
  return error instanceof RunFailure && (error.code === "access_refused" || error.code === "request_refused");
}

function notSet({ driftSeconds }: ClockReading, detail: string): RunFailure {
  return new RunFailure("clock_not_set", `The clock is off by ${told(driftSeconds)}. ${detail}`);
}

/** An event only where the clock was visibly wrong: setting it by its own resolution is no news. */
async function tellEvent({ events, device }: Lis200Context, { driftSeconds, readAt }: ClockReading): Promise<void> {
  if (Math.abs(driftSeconds) <= clockResolutionSeconds) return;
  const { organizationNumber, number: deviceNumber } = device;
  const content = `The clock was off by ${told(driftSeconds)}; it was set.`;
  try {
    await events.write([{ organizationNumber, deviceNumber, timestamp: readAt, title: "Clock set", content }]);
  } catch (error) {
    throw new RunFailure("not_stored", error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A clock that shows whole seconds and takes whole seconds cannot be told to be nearer. */
const clockResolutionSeconds = 2;

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function told(value: number): string {
  return `${value > 0 ? "+" : ""}${rounded(value)} s`;
}
