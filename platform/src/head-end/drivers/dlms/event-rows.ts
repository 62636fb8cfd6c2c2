/** Rows of event logs, and what else tells of an event, as events with titles from the table of codes. */
import { type CaptureObject, type Data, formatObis, type ProfileRow } from "@anymeter/dlms-cosem";
import { eventLimits, type MeterSystemEvent } from "../../../events/event-writer.ts";
import { instantLimits } from "../../../readings/timestamp.ts";
import type { CompleteDlmsSettings } from "../../../registry/protocols/dlms.ts";
import type { ContactedDevice } from "../driver.ts";
import { eventLogName, eventTitle } from "./event-codes.ts";

/** 0-b:99.98.e, an event log (Blue Book 6.2.1). */
export const eventLogObject = /^0\.\d+\.99\.98\.\d+\.\d+$/;
/** 0-b:96.11.e, the code of the last event of log e (Blue Book 6.2.1). */
export const eventCodeObject = /^0\.\d+\.96\.11\.\d+\.\d+$/;

/**
 * undefined for a row without a time.
 * @param log "0-0:99.98.0"
 * @param settings whose codes the meter logs
 */
export function eventOf(
  { epochMilliseconds: timestamp, values }: ProfileRow,
  columns: readonly CaptureObject[],
  log: string,
  device: ContactedDevice,
  { event_codes, event_crosswalk }: Pick<CompleteDlmsSettings, "event_codes" | "event_crosswalk"> = {},
): LoggedEvent | undefined {
  if (timestamp === undefined || timestamp < instantLimits.earliest || timestamp > instantLimits.latest)
    return undefined;
  const codeColumn = columns.findIndex(({ logicalName }) => eventCodeObject.test(logicalName));
  const code = values[codeColumn]?.data?.value;
  const others = columns.flatMap((column, index) => {
    const data = values[index]?.data;
    if (index === codeColumn || column.classId === clockClass || data === undefined) return [];
    return `${formatObis(column.logicalName)} = ${textOfData(data)}`;
  });
  const known = typeof code === "number";
  const event = {
    organizationNumber: device.organizationNumber,
    deviceNumber: device.number,
    timestamp,
    title: known ? eventTitle(code, event_codes, event_crosswalk) : "Event",
    content: [eventLogName(log), ...(known ? [`code ${code}`] : []), ...others]
      .join(", ")
      .slice(0, eventLimits.contentCharacters),
  };
  return { event, code: known ? code : undefined };
}

/** An event, and the code by which the meter logged it. */
export interface LoggedEvent {
  readonly event: MeterSystemEvent;
  readonly code: number | undefined;
}

const clockClass = 8;

export function textOfData({ value }: Data): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
