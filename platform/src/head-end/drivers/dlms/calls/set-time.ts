/** `set_time`: reports the drift of the meter's clock, and sets it when it is off by more than allowed. */
import {
  type CosemDateTime,
  dateTimeFromData,
  dateTimeToData,
  type EpochOptions,
  fromEpochMilliseconds,
  nameOfDataAccessResult,
  toEpochMilliseconds,
} from "@anymeter/dlms-cosem";
import type { LocalDateTime } from "@anymeter/sans-io";
import type { DlmsArguments } from "../../../../registry/protocols/dlms.ts";
import { type ClockReading, driftOfWholeSeconds, setClock, timed } from "../../clock-setting.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { offsetAt } from "../epoch.ts";
import { failureOf } from "../failure-causes.ts";

export async function setTime(context: CallContext): Promise<StartedCall> {
  const { allowed_drift_seconds: allowed } = context.call.kwargs as DlmsArguments<"set_time">;
  return await setClock(context, allowed, {
    read: () => readClock(context),
    write: (shown) => writeClock(context, shown),
  });
}

interface ShownTime extends ClockReading {
  readonly dateTime: CosemDateTime;
}

async function readClock({ session, clock, epoch }: CallContext): Promise<ShownTime> {
  const { answer, ...when } = await timed(clock, () => session.read(clockTime));
  let dateTime: CosemDateTime;
  try {
    dateTime = dateTimeFromData(answer);
  } catch (error) {
    throw failureOf(error);
  }
  const shown = meanings(dateTime, epoch);
  if (shown.length === 0) return { ...when, dateTime, driftSeconds: undefined };
  const showsWholeSeconds = dateTime.hundredths === undefined;
  const halfSecond = showsWholeSeconds ? 0 : 0.5;
  return { ...when, dateTime, driftSeconds: driftOfWholeSeconds(shown, when.readAt) - halfSecond };
}

/** In the hour that comes twice a clock that does not say which one it means may mean either. */
function meanings(dateTime: CosemDateTime, epoch: EpochOptions): number[] {
  const { zoneOffset } = epoch;
  const later = zoneOffset && { ...epoch, zoneOffset: (local: LocalDateTime) => zoneOffset(local, false) };
  const isOpen = dateTime.deviation === undefined && !dateTime.status?.daylightSavingActive;
  const options = later && isOpen ? [epoch, later] : [epoch];
  return options.flatMap((option) => toEpochMilliseconds(dateTime, option) ?? []);
}

/**
 * Writes the time in the form in which the meter shows its own, then in the other one: some refuse a deviation, others one
 * that is unspecified. The status goes out unspecified (FF), which meters that look at it insist on.
 * @returns the meter's refusal, or undefined when it took the time
 */
async function writeClock(context: CallContext, shown: ShownTime): Promise<string | undefined> {
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

function timeToSet({ clock, offsets, dlms }: CallContext, shown: ShownTime, withDeviation: boolean): CosemDateTime {
  const instant = clock.now() + shown.halfRoundTrip;
  const offset = offsetShown(shown, dlms.deviation_sign) ?? offsetAt(instant, dlms, offsets);
  const { deviation: standard, ...local } = fromEpochMilliseconds(instant, { deviation: -offset });
  if (!withDeviation) return local;
  return { ...local, deviation: dlms.deviation_sign === "local-minus-utc" ? offset : standard! };
}

/** Minutes east of UTC on which the meter's clock runs: whoever keeps standard time all year goes on doing so. */
function offsetShown({ dateTime }: ShownTime, sign: string | undefined): number | undefined {
  if (dateTime.deviation === undefined) return undefined;
  return sign === "local-minus-utc" ? dateTime.deviation : -dateTime.deviation;
}

const clockTime = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2 };
const readWriteDenied = 3;
