/** What the status of a load profile tells to have happened in an interval becomes events of the meter. */
import { statusBitsOf } from "@anymeter/iec62056-21";
import type { MeterSystemEvent } from "../../../events/event-writer.ts";
import type { ProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import { instantLimits } from "../../../readings/timestamp.ts";
import type { ContactedDevice } from "../driver.ts";
import { eventRow } from "../event-crosswalk.ts";
import type { TimedRow } from "./load-profile-reader.ts";

/** UDIL's codes, of those that it has one for. */
const udilCodes: Readonly<Record<string, number>> = {
  power_failure: 111,
  power_return: 112,
  clock_set: 201,
  reset: 101,
  parameters_changed: 102,
};

/** By the name of the bit. What lasts, such as a clock without reserve, is no event of every interval. */
const titles: Readonly<Record<string, string>> = {
  power_failure: "Power failure",
  power_return: "Power return",
  clock_set: "Clock set",
  reset: "Billing reset",
  parameters_changed: "Parameters changed",
  profile_cleared: "Load profile cleared",
  log_cleared: "Log book cleared",
};

/** At the end of the interval in which it happened: nearer the meter does not tell. */
export function eventsOf(
  { row, instant }: TimedRow,
  { organizationNumber, number: deviceNumber }: ContactedDevice,
): MeterSystemEvent[] {
  const { status, address, interval } = row.header;
  const isUsable = instant >= instantLimits.earliest && instant <= instantLimits.latest;
  if (status === 0 || !isUsable) return [];
  const content = `${address}, in the ${interval} minutes before: status ${status.toString(16).toUpperCase().padStart(2, "0")}`;
  return statusBitsOf(status).flatMap(({ name }) => {
    const title = titles[name];
    return title ? [{ organizationNumber, deviceNumber, timestamp: instant, title, content }] : [];
  });
}

/** The same events as rows of UDIL's EVENTS. */
export function eventRowsOf(
  { row, instant: at }: TimedRow,
  { organizationNumber, number: deviceNumber }: ContactedDevice,
  readAt: number,
): ProfileRow[] {
  return statusBitsOf(row.header.status).flatMap(({ name }) => {
    const code = udilCodes[name];
    return code === undefined ? [] : [eventRow({ organizationNumber, deviceNumber, at, readAt }, code)];
  });
}
