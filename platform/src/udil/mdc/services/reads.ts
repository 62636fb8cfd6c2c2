/** Services that read: rows of the store, for meters of the client that are in use. */
import { services, type UdilRow, type UdilTable, udilTables } from "@anymeter/udil";
import type { Kysely } from "kysely";
import { PlatformError } from "../../../errors/platform-error.ts";
import type { MeterVisuals } from "../../../readings/profile-rows/meter-visuals.ts";
import type { RowTable, StoredProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import {
  type PageOfProfileRows,
  type ProfileRowQueries,
  positionOf,
} from "../../../readings/profile-rows/row-queries.ts";
import type { Database } from "../../../stores/relational/database.ts";
import type { MdmClient } from "../clients/mdm-client.ts";
import { metersOf, type NamedMeter } from "../devices.ts";
import { mdcLimits } from "../limits.ts";
import { begun, type RowsAnswer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { inactiveMeter, listed, unknownMeter } from "./remarks.ts";

export interface ReadServices {
  readonly db: Kysely<Database>;
  readonly rows: Pick<ProfileRowQueries, "page">;
  readonly visuals: Pick<MeterVisuals, "read">;
}

/**
 * Reads rows of a table whose time lies between the two instants asked for, both included: the time of storing, in its
 * order, or the rows' own, in the order of meters and times. No row is left out for want of room: an answer is as long as its rows are.
 * @throws PlatformError `malformed_request` when a time cannot be read
 */
export async function readRows(exchange: Exchange, context: ReadServices): Promise<RowsAnswer> {
  const { client, request } = exchange;
  refuseUnreadTimes(exchange);
  const table = services[request.service].table!;
  const known = await metersOf(context.db, client, request.ids);
  const meters = [...known.values()].filter(({ active }) => active);
  return {
    kind: "rows",
    table,
    transactionId: request.transactionIds[0],
    pages: await begun(
      table === "VISL" ? visualPages(exchange, context, meters) : rowPages(exchange, context, table, meters),
    ),
    message: (count) => [`${count} rows of ${meters.length} meters.`, ...leftOut(request.ids, known)].join(" "),
  };
}

async function* rowPages(
  { client, request, signal }: Exchange,
  { rows }: ReadServices,
  table: Exclude<UdilTable, "VISL">,
  meters: readonly NamedMeter[],
): AsyncGenerator<readonly UdilRow[]> {
  if (meters.length === 0) return;
  const byNumber = new Map(meters.map((meter) => [meter.number, meter]));
  const columns = columnsOf(client, table);
  const rangeBehind = rangeOf(client, request, table);
  const pageBehind = (last: StoredProfileRow | undefined) =>
    rows.page({
      table: table satisfies RowTable,
      organizationNumber: client.organizationNumber,
      devices: [...byNumber.keys()],
      ...rangeBehind(last),
      ...{ fields: columns, limit: mdcLimits.rowsPerPage, textBytes: mdcLimits.textBytesPerPage },
    });
  let next: Promise<PageOfProfileRows> | undefined = pageBehind(undefined);
  while (next !== undefined && !signal.aborted) {
    const { rows: page, more }: PageOfProfileRows = await next;
    const last = page.at(-1);
    // The store reads the next page while this one is written.
    next = last && more ? pageBehind(last) : undefined;
    next?.catch(() => undefined);
    yield page.map(({ deviceNumber, fields }) => named(fields, byNumber.get(deviceNumber)!));
  }
}

/**
 * What is asked for behind a row. UDIL says "data start time" and not which; db_datetime is what it has rows indexed by, and the
 * only time by which a client that keeps a place misses no row that came late.
 */
function rangeOf({ switches }: MdmClient, { start, end }: Exchange["request"], table: Exclude<UdilTable, "VISL">) {
  return (last: StoredProfileRow | undefined) =>
    switches.reads_by === "meter_datetime"
      ? { from: start, to: end, after: last && positionOf(table, last) }
      : { storedFrom: start ?? 0, storedTo: end, afterId: last?.id };
}

async function* visualPages(
  { client, signal }: Exchange,
  { visuals }: ReadServices,
  meters: readonly NamedMeter[],
): AsyncGenerator<readonly UdilRow[]> {
  for (let first = 0; first < meters.length && !signal.aborted; first += mdcLimits.visualsPerPage) {
    const page = meters.slice(first, first + mdcLimits.visualsPerPage);
    const found = await visuals.read(
      client.organizationNumber,
      page.map(({ number }) => number),
    );
    yield page.flatMap((meter) => {
      const fields = found.get(meter.number);
      return fields ? [{ ...named(fields, meter), mtst_meter_activation_status: 1 }] : [];
    });
  }
}

/** What the client's version has of a table, by model names: the store need not read more. */
function columnsOf({ version, switches }: MdmClient, table: UdilTable): string[] {
  const columns = udilTables[version][table].fields.flatMap(({ model, modelImport }) =>
    [model, modelImport ?? []].flat(),
  );
  return table === "EVNT" && switches.event_counter ? [...columns, "event_counter"] : columns;
}

/** A row with the names of its meter. */
export function named(fields: UdilRow, { globalDeviceId, msn }: Pick<NamedMeter, "globalDeviceId" | "msn">): UdilRow {
  return { ...fields, global_device_id: globalDeviceId, msn };
}

function leftOut(ids: readonly string[], known: ReadonlyMap<string, NamedMeter>): string[] {
  const unknown = ids.filter((id) => !known.has(id));
  const inactive = ids.filter((id) => known.get(id)?.active === false);
  return [
    ...(unknown.length > 0 ? [`${listed(unknown)}: ${unknownMeter}`] : []),
    ...(inactive.length > 0 ? [`${listed(inactive)}: ${inactiveMeter}`] : []),
  ];
}

/** A time that is no time must not come to mean all times. */
function refuseUnreadTimes({ request }: Exchange): void {
  const read = { start_datetime: request.start, end_datetime: request.end };
  for (const [name, instant] of Object.entries(read)) {
    const sent = request.fields[name];
    if (sent === undefined || instant !== undefined || /^[0\s:T/.-]*$/.test(sent)) continue;
    throw new PlatformError("malformed_request", {
      message: `${name} is "${sent.slice(0, 40)}"; it must be a date and time such as 2018-10-15 13:00:00.`,
    });
  }
}
