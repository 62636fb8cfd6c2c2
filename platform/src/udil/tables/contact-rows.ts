import { causes } from "../../head-end/causes.ts";
import type { MeterContact } from "../../head-end/dispatcher.ts";
import { hasRows, rowOf } from "../../head-end/drivers/udil-rows.ts";
import type { ProfileRow } from "../../readings/profile-rows/profile-row.ts";
import { isStorableInstant } from "../../readings/timestamp.ts";

/** A contact as a row of DEVICE_COMMUNICATION_HISTORY; none of a meter that UDIL's clients do not know. */
export function contactRows({ device, contact, reports, endedAt }: MeterContact): ProfileRow[] {
  if (!hasRows(device)) return [];
  const { at, succeeded, cause, clock } = contact;
  const bytes = (of: "bytesSent" | "bytesReceived") => Math.min(sumOf(reports.map((report) => report[of])), mostBytes);
  const meterTime = clock ? Math.round(clock.readAt + clock.driftSeconds * 1000) : Number.NaN;
  const fields = {
    ...(isStorableInstant(meterTime) && { meter_datetime: meterTime }),
    communication_status: succeeded ? 1 : 0,
    ...(cause && { message_log: causes[cause].sentence }),
    bytes_sent: bytes("bytesSent"),
    bytes_received: bytes("bytesReceived"),
    connection_duration: Math.round((endedAt - at) / 1000),
  };
  return [rowOf(device, { table: "DCH", at, readAt: at }, fields)];
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Int is 32 bits. */
const mostBytes = 2 ** 31 - 1;
