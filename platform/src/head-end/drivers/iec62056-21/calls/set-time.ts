/** `set_time`: reports the drift of the meter's clock, and sets it when it is off by more than allowed. */
import { type DataSet, decodeMeterTime, encodeMeterTime, type MeterTime } from "@anymeter/iec62056-21";
import { ProtocolError } from "@anymeter/sans-io";
import type { Iec62056Arguments } from "../../../../registry/protocols/iec62056-21.ts";
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { Iec62056Context } from "../iec62056-21-driver.ts";
import { MeterTimes } from "../meter-times.ts";
import { programming } from "../programming.ts";

export async function setTime(context: Iec62056Context): Promise<StartedCall> {
  const { allowed_drift_seconds: allowed } = context.call.kwargs as Iec62056Arguments<"set_time">;
  await programming(context);
  const before = await readClock(context);
  const { driftSeconds, readAt } = before;
  context.tellClock({ driftSeconds, readAt, set: false });
  if (Math.abs(driftSeconds) <= allowed) {
    return { outcome: Promise.resolve({ rowsRead: 1, result: { drift_seconds: rounded(driftSeconds), set: false } }) };
  }
  const off = `The clock is off by ${told(driftSeconds)}`;
  await writeClock(context, before).catch((error: unknown) => {
    if (!(error instanceof RunFailure) || error.code !== "request_refused") throw error;
    throw new RunFailure("clock_not_set", `${off}. ${error.detail ?? error.message}`);
  });
  const after = await readClock(context);
  if (Math.abs(after.driftSeconds) > Math.max(allowed, clockResolutionSeconds)) {
    throw new RunFailure("clock_not_set", `${off}. It is still off by ${told(after.driftSeconds)} after it was set.`);
  }
  context.tellClock({ driftSeconds, readAt, set: true });
  const content = `${off}, more than the ${allowed} s allowed; it was set.`;
  const result = {
    drift_seconds: rounded(driftSeconds),
    set: true,
    remaining_drift_seconds: rounded(after.driftSeconds),
  };
  return { outcome: tellEvent(context, readAt, content).then(() => ({ rowsRead: 1, result })) };
}

interface ClockReading {
  /** Meter minus UTC. */
  readonly driftSeconds: number;
  /** When the meter looked at its clock, as far as can be told: halfway between question and answer. */
  readonly readAt: number;
  readonly halfRoundTrip: number;
  /** Whether the meter writes a season digit before date and time, which it then wants too. */
  readonly hasSeason: boolean;
}

async function readClock(context: Iec62056Context): Promise<ClockReading> {
  const { clock, zone, settings } = context;
  const dateBefore = await digitsAt(context, settings.date_address);
  const asked = clock.now();
  const time = await digitsAt(context, settings.time_address);
  const halfRoundTrip = Math.round((clock.now() - asked) / 2);
  const dateAfter = await digitsAt(context, settings.date_address);
  // Midnight may have passed on either side of the time.
  const date = time.slice(-6) < "120000" ? dateAfter : dateBefore;
  const readAt = asked + halfRoundTrip;
  const shown = new MeterTimes(zone, settings).nearest(timeOf(date, time), readAt);
  // A clock that shows whole seconds is on average half a second further than it shows.
  const driftSeconds = (shown + 500 - readAt) / 1000;
  return { driftSeconds, readAt, halfRoundTrip, hasSeason: time.length === 7 };
}

async function digitsAt({ client, request, settings }: Iec62056Context, address: string): Promise<string> {
  const [dataSet] = (await request(client.read(address, { command: settings.read_command }))) as readonly DataSet[];
  const digits = (dataSet?.values[0]?.value ?? "").replace(/[^0-9]/g, "");
  if (digits.length === 6 || digits.length === 7) return digits;
  throw new RunFailure("invalid_answer", `${address} is "${digits}" and no date or time of six digits.`);
}

/** The season digit is the time's. @throws RunFailure `invalid_answer` */
function timeOf(date: string, time: string): MeterTime {
  const season = time.length === 7 ? time.charAt(0) : "";
  try {
    return decodeMeterTime(season + date.slice(-6) + time.slice(-6));
  } catch (error) {
    throw new RunFailure("invalid_answer", error instanceof ProtocolError ? error.message : String(error));
  }
}

/** Date first: a clock set past midnight in between would have both wrong; reading it back shows that. */
async function writeClock(
  { client, request, clock, zone, settings }: Iec62056Context,
  shown: ClockReading,
): Promise<void> {
  const times = new MeterTimes(zone, settings);
  const command = settings.write_command;
  const season = (digits: string) => (shown.hasSeason ? digits.charAt(0) : "");
  const digitsNow = () => encodeMeterTime(times.timeAt(clock.now() + shown.halfRoundTrip + 500), "ZSTs13");
  const date = digitsNow();
  await request(client.write(settings.date_address, season(date) + date.slice(1, 7), { command }));
  const time = digitsNow();
  await request(client.write(settings.time_address, season(time) + time.slice(7), { command }));
}

async function tellEvent({ events, device }: Iec62056Context, timestamp: number, content: string): Promise<void> {
  const { organizationNumber, number: deviceNumber } = device;
  try {
    await events.write([{ organizationNumber, deviceNumber, timestamp, title: "Clock set", content }]);
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
