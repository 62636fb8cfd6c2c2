/** `read_events`: the rows of event logs become events with titles from the table of codes. */
import { formatObis, logicalNameOf } from "@anymeter/dlms-cosem";
import type { ProfileRow } from "../../../../readings/profile-rows/profile-row.ts";
import type { DlmsArguments } from "../../../../registry/protocols/dlms.ts";
import type { CallOutcome } from "../../driver.ts";
import { EventCrosswalk } from "../../event-crosswalk.ts";
import { newestCredible } from "../../gap-filling.ts";
import { instantOf } from "../../instants.ts";
import { storeEvents } from "../../stores.ts";
import { hasRows, storeRows } from "../../udil-rows.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { eventOf, type LoggedEvent } from "../event-rows.ts";
import { ProfileReader } from "../profile-reader.ts";

/** Without `start_date` the events after the last stored one of each log. */
export async function readEvents(context: CallContext): Promise<StartedCall> {
  const { obis = standardLog, udil_table, start_date, end_date } = context.call.kwargs as DlmsArguments<"read_events">;
  const start = instantOf(start_date, context.offsets);
  const to = instantOf(end_date, context.offsets);
  const crosswalk = new EventCrosswalk(context.dlms.event_codes, context.dlms.event_crosswalk);
  const wantsRows = udil_table !== undefined || hasRows(context.device);
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
      const events = rows.flatMap(
        (row) => eventOf(row, opened.layout.columns, name, context.device, context.dlms) ?? [],
      );
      const rowsOfUdil = wantsRows ? rowsOf(events, crosswalk, context.clock.now()) : [];
      const write = store(context, events, rowsOfUdil, name, continuous);
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
  logged: readonly LoggedEvent[],
  rows: readonly ProfileRow[],
  log: string,
  continuous: boolean,
): Promise<number> {
  if (logged.length === 0) return 0;
  const events = logged.map(({ event }) => event);
  const settled = context.derivedEvents ? await context.derivedEvents.settled(context.device, rows) : rows;
  await Promise.all([storeEvents(context.events, events), storeRows(context.profileRows, settled)]);
  const instants = events.map(({ timestamp }) => timestamp);
  const newest = newestCredible(instants, context.clock.now());
  if (continuous && newest !== undefined) await context.profiles.advance(context.device.id, log, newest, []);
  return events.length;
}

/** What UDIL has no code for is an event all the same, and no row. */
function rowsOf(logged: readonly LoggedEvent[], crosswalk: EventCrosswalk, readAt: number): ProfileRow[] {
  return logged.flatMap(({ event, code }) => (code === undefined ? [] : (crosswalk.rowOf(event, code, readAt) ?? [])));
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
