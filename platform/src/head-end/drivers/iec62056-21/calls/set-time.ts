/** `set_time`: reports the drift of the meter's clock, and sets it when it is off by more than allowed. */
import { type DataSet, decodeMeterTime, encodeMeterTime, type MeterTime } from "@anymeter/iec62056-21";
import { ProtocolError } from "@anymeter/sans-io";
import type { Iec62056Arguments } from "../../../../registry/protocols/iec62056-21.ts";
import { RunFailure } from "../../../causes.ts";
import { type ClockReading, driftOfWholeSeconds, setClock, timed, wholeSecondToSet } from "../../clock-setting.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import type { Iec62056Context } from "../iec62056-21-driver.ts";
import { MeterTimes } from "../meter-times.ts";
import { programming } from "../programming.ts";

export async function setTime(context: Iec62056Context): Promise<StartedCall> {
  const { allowed_drift_seconds: allowed } = context.call.kwargs as Iec62056Arguments<"set_time">;
  await programming(context);
  return await setClock(context, allowed, {
    read: () => readClock(context),
    write: (shown) => writeClock(context, shown),
  });
}

interface ShownTime extends ClockReading {
  /** Whether the meter writes a season digit before date and time, which it then wants too. */
  readonly hasSeason: boolean;
}

async function readClock(context: Iec62056Context): Promise<ShownTime> {
  const { clock, zone, settings } = context;
  const dateBefore = await digitsAt(context, settings.date_address);
  const { answer: time, ...when } = await timed(clock, () => digitsAt(context, settings.time_address));
  const dateAfter = await digitsAt(context, settings.date_address);
  // Midnight may have passed on either side of the time.
  const date = time.slice(-6) < "120000" ? dateAfter : dateBefore;
  const shown = new MeterTimes(zone, settings).nearest(timeOf(date, time), when.readAt);
  return { ...when, driftSeconds: driftOfWholeSeconds([shown], when.readAt), hasSeason: time.length === 7 };
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

async function writeClock(context: Iec62056Context, shown: ShownTime): Promise<string | undefined> {
  try {
    await writeDateAndTime(context, shown);
    return undefined;
  } catch (error) {
    if (error instanceof RunFailure && error.code === "request_refused") return error.detail ?? error.message;
    throw error;
  }
}

/** Date first: a clock set past midnight in between would have both wrong; reading it back shows that. */
async function writeDateAndTime(
  { client, request, clock, zone, settings }: Iec62056Context,
  shown: ShownTime,
): Promise<void> {
  const times = new MeterTimes(zone, settings);
  const command = settings.write_command;
  const season = (digits: string) => (shown.hasSeason ? digits.charAt(0) : "");
  const digitsNow = () => encodeMeterTime(times.timeAt(wholeSecondToSet(clock, shown)), "ZSTs13");
  const date = digitsNow();
  await request(client.write(settings.date_address, season(date) + date.slice(1, 7), { command }));
  const time = digitsNow();
  await request(client.write(settings.time_address, season(time) + time.slice(7), { command }));
}
