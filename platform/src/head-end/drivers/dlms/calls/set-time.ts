/** `set_time`: reports the drift of the meter's clock, and sets it when it is off by more than allowed. */
import {
  type CosemDateTime,
  dateTimeFromData,
  dateTimeToData,
  fromEpochMilliseconds,
  nameOfDataAccessResult,
  toEpochMilliseconds,
} from "@anymeter/dlms-cosem";
import type { DlmsArguments } from "../../../../registry/protocols/dlms.ts";
import { RunFailure } from "../../../causes.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { failureOf } from "../failure-causes.ts";

export async function setTime(context: CallContext): Promise<StartedCall> {
  const { allowed_drift_seconds: allowed } = context.call.kwargs as DlmsArguments<"set_time">;
  const before = await readClock(context);
  if (Math.abs(before.driftSeconds) <= allowed) {
    context.tellClock({ driftSeconds: before.driftSeconds, readAt: before.readAt, set: false });
    return { outcome: Promise.resolve(outcomeOf(before.driftSeconds, undefined)) };
  }
  context.tellClock({ driftSeconds: before.driftSeconds, readAt: before.readAt, set: false });
  const refusal = await writeClock(context, before);
  const after = refusal === undefined ? await readClock(context) : undefined;
  const isSet = after !== undefined && Math.abs(after.driftSeconds) <= Math.max(allowed, clockResolutionSeconds);
  context.tellClock({ driftSeconds: before.driftSeconds, readAt: before.readAt, set: isSet });
  const told = tell(context, before, allowed, isSet);
  if (!isSet) {
    await told;
    const detail = refusal ?? `It is still off by ${seconds(after!.driftSeconds)} after it was set.`;
    throw new RunFailure("clock_not_set", `The clock is off by ${seconds(before.driftSeconds)}. ${detail}`);
  }
  return { outcome: told.then(() => outcomeOf(before.driftSeconds, after)) };
}

interface ClockReading {
  readonly dateTime: CosemDateTime;
  /** Meter minus UTC. */
  readonly driftSeconds: number;
  /** When the meter looked at its clock, as far as can be told: halfway between question and answer. */
  readonly readAt: number;
  readonly halfRoundTrip: number;
}

async function readClock({ session, clock, epoch }: CallContext): Promise<ClockReading> {
  const asked = clock.now();
  const data = await session.read(clockTime);
  const answered = clock.now();
  let dateTime: CosemDateTime;
  try {
    dateTime = dateTimeFromData(data);
  } catch (error) {
    throw failureOf(error);
  }
  const shown = toEpochMilliseconds(dateTime, epoch);
  if (shown === undefined) throw new RunFailure("invalid_answer", "The meter's clock shows no usable time.");
  // Instants are whole milliseconds everywhere.
  const halfRoundTrip = Math.round((answered - asked) / 2);
  const readAt = asked + halfRoundTrip;
  // A clock that shows whole seconds is on average half a second further than it shows.
  const shownAt = dateTime.hundredths === undefined ? shown + 500 : shown;
  return { dateTime, driftSeconds: (shownAt - readAt) / 1000, readAt, halfRoundTrip };
}

/**
 * Writes the time in the form in which the meter shows its own, then in the other one: some refuse a deviation, others one
 * that is unspecified. The status goes out unspecified (FF), which meters that look at it insist on.
 * @returns the meter's refusal, or undefined when it took the time
 */
async function writeClock(context: CallContext, shown: ClockReading): Promise<string | undefined> {
  const withDeviation = shown.dateTime.deviation !== undefined;
  let refusal = "";
  for (const deviation of [withDeviation, !withDeviation]) {
    const data = dateTimeToData(timeToSet(context, shown, deviation));
    const result = await context.session.set({ attribute: clockTime, data });
    if (result === 0) return undefined;
    refusal ||= `The meter refuses to have it set: ${nameOfDataAccessResult(result)}.`;
    // A right that is missing is not the form's fault.
    if (result === readWriteDenied) break;
  }
  return refusal;
}

function timeToSet({ clock, offsets, dlms }: CallContext, shown: ClockReading, withDeviation: boolean): CosemDateTime {
  const instant = clock.now() + shown.halfRoundTrip;
  const offset = offsetShown(shown, dlms.deviation_sign) ?? offsets.at(instant);
  const { deviation: standard, ...local } = fromEpochMilliseconds(instant, { deviation: -offset });
  if (!withDeviation) return local;
  return { ...local, deviation: dlms.deviation_sign === "local-minus-utc" ? offset : standard! };
}

/** Minutes east of UTC on which the meter's clock runs: whoever keeps standard time all year goes on doing so. */
function offsetShown({ dateTime }: ClockReading, sign: string | undefined): number | undefined {
  if (dateTime.deviation === undefined) return undefined;
  return sign === "local-minus-utc" ? dateTime.deviation : -dateTime.deviation;
}

async function tell(
  { events, device }: CallContext,
  before: ClockReading,
  allowed: number,
  isSet: boolean,
): Promise<void> {
  const { organizationNumber, number: deviceNumber } = device;
  const content = `The clock was off by ${seconds(before.driftSeconds)}, more than the ${allowed} s allowed; it was ${isSet ? "" : "not "}set.`;
  try {
    await events.write([
      {
        organizationNumber,
        deviceNumber,
        timestamp: before.readAt,
        title: isSet ? "Clock set" : "Clock drift",
        content,
      },
    ]);
  } catch (error) {
    throw new RunFailure("not_stored", error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function outcomeOf(driftSeconds: number, after: ClockReading | undefined) {
  const result = {
    drift_seconds: rounded(driftSeconds),
    set: after !== undefined,
    ...(after && { remaining_drift_seconds: rounded(after.driftSeconds) }),
  };
  return { rowsRead: 1, result };
}

const clockTime = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 };
const readWriteDenied = 3;
/** A clock that shows whole seconds and takes whole seconds cannot be told to be nearer. */
const clockResolutionSeconds = 2;

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function seconds(value: number): string {
  return `${value > 0 ? "+" : ""}${rounded(value)} s`;
}
