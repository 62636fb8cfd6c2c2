/** `read_events`: the rows of event logs become events with titles from the table of codes. */
import { type CaptureObject, type Data, formatObis, logicalNameOf, type ProfileRow } from "@anymeter/dlms-cosem";
import { eventLimits, type MeterSystemEvent } from "../../../../events/event-writer.ts";
import { instantLimits } from "../../../../readings/timestamp.ts";
import type { DlmsArguments } from "../../../../registry/protocols/dlms.ts";
import { RunFailure } from "../../../causes.ts";
import type { CallOutcome } from "../../driver.ts";
import { instantOf } from "../../instants.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { eventLogName, eventTitle } from "../event-codes.ts";
import { ProfileReader } from "../profile-reader.ts";

/** Without `start_date` the events after the last stored one of each log. */
export async function readEvents(context: CallContext): Promise<StartedCall> {
  const { obis = standardLog, start_date, end_date } = context.call.kwargs as DlmsArguments<"read_events">;
  const start = instantOf(start_date, context.offsets);
  const to = instantOf(end_date, context.offsets);
  const writes: Promise<number>[] = [];
  let rowsRead = 0;
  for (const log of [obis].flat()) {
    const name = formatObis(log);
    const reader = new ProfileReader(context, logicalNameOf(log), name, () => noScaling);
    const opened = await reader.open();
    const from = start ?? opened.remembered?.readUntil;
    const continuous = opened.remembered?.readUntil === undefined || (from ?? 0) <= opened.remembered.readUntil;
    for await (const rows of reader.rows(from, to)) {
      rowsRead += rows.length;
      const events = rows.flatMap((row) => eventOf(row, opened.layout.columns, name, context) ?? []);
      const write = store(context, events, name, continuous);
      write.catch(() => {});
      writes.push(write);
    }
  }
  return { outcome: Promise.all(writes).then((counts): CallOutcome => outcomeOf(rowsRead, counts)) };
}

const standardLog = "0-0:99.98.0";
const noScaling = { scalerUnits: [] };

async function store(
  context: CallContext,
  events: readonly MeterSystemEvent[],
  log: string,
  continuous: boolean,
): Promise<number> {
  if (events.length === 0) return 0;
  try {
    await context.events.write(events);
  } catch (error) {
    throw new RunFailure("not_stored", error instanceof Error ? error.message : String(error), { cause: error });
  }
  const credible = context.clock.now() + 3_600_000;
  const newest = Math.max(...events.map(({ timestamp }) => timestamp).filter((timestamp) => timestamp <= credible));
  if (continuous && Number.isFinite(newest)) await context.profiles.advance(context.device.id, log, newest, []);
  return events.length;
}

function outcomeOf(rowsRead: number, counts: readonly number[]): CallOutcome {
  const stored = counts.reduce((sum, count) => sum + count, 0);
  const left = rowsRead - stored;
  return {
    rowsRead,
    result: { events: stored },
    notes: left > 0 ? [`${left} rows have no usable time and are not stored.`] : [],
  };
}

/** undefined for a row without a time. */
function eventOf(
  { epochMilliseconds: timestamp, values }: ProfileRow,
  columns: readonly CaptureObject[],
  log: string,
  { device }: CallContext,
): MeterSystemEvent | undefined {
  if (timestamp === undefined || timestamp < instantLimits.earliest || timestamp > instantLimits.latest)
    return undefined;
  const codeColumn = columns.findIndex(({ logicalName }) => eventCodeObject.test(logicalName));
  const code = values[codeColumn]?.data?.value;
  const others = columns.flatMap((column, index) => {
    const data = values[index]?.data;
    if (index === codeColumn || column.classId === clockClass || data === undefined) return [];
    return `${formatObis(column.logicalName)} = ${textOf(data)}`;
  });
  const known = typeof code === "number";
  return {
    organizationNumber: device.organizationNumber,
    deviceNumber: device.number,
    timestamp,
    title: known ? eventTitle(code) : "Event",
    content: [eventLogName(log), ...(known ? [`code ${code}`] : []), ...others]
      .join(", ")
      .slice(0, eventLimits.contentCharacters),
  };
}

/** 0-b:96.11.e, the code of the last event of log e (Blue Book 6.2.1). */
const eventCodeObject = /^0\.\d+\.96\.11\.\d+\.\d+$/;
const clockClass = 8;

function textOf({ value }: Data): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
