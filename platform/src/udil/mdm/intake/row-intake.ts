/** Rows of an MDC on their way into the stores, whatever transport brought them. */
import { eventDescription, type UdilRow, writeResponse } from "@anymeter/udil";
import type { EventWriter, MeterSystemEvent } from "../../../events/event-writer.ts";
import type { MeterVisuals } from "../../../readings/profile-rows/meter-visuals.ts";
import type { ProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import type { ProfileRowStore } from "../../../readings/profile-rows/row-writer.ts";
import type { ReadingWriter } from "../../../readings/reading-writer.ts";
import { instantLimits } from "../../../readings/timestamp.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { PollableTable } from "../peers/switches.ts";
import type { Refused, SetAside } from "../set-aside/set-aside.ts";
import type { ContactsOfRows } from "./contacts-of-rows.ts";
import type { KnownMeter, MeterDirectory } from "./meter-directory.ts";
import { storeReadings } from "./readings-of-rows.ts";
import { hasReadings } from "./series-plans.ts";
import { storeVisuals } from "./visuals-of-rows.ts";

export interface RowIntakeOptions {
  readonly meters: MeterDirectory;
  readonly setAside: SetAside;
  readonly profileRows: ProfileRowStore;
  readonly visuals: MeterVisuals;
  readonly readings: Pick<ReadingWriter, "writeWide">;
  readonly events: Pick<EventWriter, "write">;
  readonly contacts: Pick<ContactsOfRows, "delivered">;
  readonly now: () => number;
}

/** Rows of one answer, one page of a table, or one file. */
export interface Delivery {
  readonly mdc: Mdc;
  readonly table: PollableTable;
  readonly rows: readonly UdilRow[];
  /** What could not even be read as rows. */
  readonly unreadable: readonly { readonly reason: string; readonly raw: string }[];
}

export interface TakenRows {
  /** Those that are stored. */
  readonly stored: readonly UdilRow[];
  readonly refused: readonly Refused[];
  /** Newest meter_datetime or event_datetime among the stored, milliseconds UTC. */
  readonly newestAt: number | undefined;
}

export class RowIntake {
  readonly #options: RowIntakeOptions;

  constructor(options: RowIntakeOptions) {
    this.#options = options;
  }

  /** Resolves when every row is durable, in the stores or among those set aside. */
  async take(delivery: Delivery): Promise<TakenRows> {
    const taken = await this.store(delivery);
    await this.#options.setAside.add(delivery.mdc, taken.refused);
    return taken;
  }

  /** The same, but what is refused is only told: for rows that are set aside already. */
  async store({ mdc, table, rows, unreadable }: Delivery): Promise<TakenRows> {
    const { meters } = this.#options;
    const refused: Refused[] = unreadable.map(({ reason, raw }) => ({
      ...{ table, kind: "row", code: "unreadable", reason, raw },
    }));
    const known = await meters.find(mdc, namesOf(rows));
    const good: Placed[] = [];
    for (const row of rows) {
      const placed = place(row, table, known);
      if ("meter" in placed) good.push(placed);
      else refused.push(refusedRow(mdc, table, row, placed));
    }
    const stored = table === "VISL" ? await this.#visuals(mdc, good) : await this.#rows(mdc, table, good, refused);
    if (hasReadings(table)) await storeReadings(this.#options.readings, mdc.organizationNumber, table, stored);
    if (table === "EVNT") await this.#options.events.write(stored.map((row) => eventOf(mdc, row)));
    await this.#options.contacts.delivered(stored.map(({ meter }) => meter.id));
    const newestAt = stored.reduce<number | undefined>(
      (newest, { at }) => (newest === undefined || at > newest ? at : newest),
      undefined,
    );
    return { stored: stored.map(({ fields }) => fields), refused, newestAt };
  }

  async #visuals(mdc: Mdc, good: readonly Placed[]): Promise<readonly Placed[]> {
    await storeVisuals(this.#options.visuals, mdc, good, this.#options.now());
    return good;
  }

  /** A row the store cannot hold is found by halving, and set aside; the others are stored. */
  async #rows(
    mdc: Mdc,
    table: Exclude<PollableTable, "VISL">,
    good: readonly Placed[],
    refused: Refused[],
  ): Promise<readonly Placed[]> {
    if (good.length === 0) return [];
    const now = this.#options.now();
    try {
      await this.#options.profileRows.write(good.map((row) => profileRow(mdc, table, row, now)));
      return good;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      if (good.length === 1) {
        refused.push(refusedRow(mdc, table, good[0]!.fields, { code: "out_of_range", reason: `${error.message}.` }));
        return [];
      }
    }
    const middle = good.length >> 1;
    const halves = [good.slice(0, middle), good.slice(middle)];
    const stored: (readonly Placed[])[] = [];
    for (const half of halves) stored.push(await this.#rows(mdc, table, half, refused));
    return stored.flat();
  }
}

/** A row with its meter and its time. */
export interface Placed {
  readonly meter: KnownMeter;
  readonly at: number;
  readonly fields: UdilRow;
}

function* namesOf(rows: readonly UdilRow[]) {
  for (const { global_device_id, msn } of rows) {
    if (global_device_id !== undefined)
      yield { globalDeviceId: String(global_device_id), msn: msn === undefined ? undefined : String(msn) };
  }
}

function place(
  fields: UdilRow,
  table: PollableTable,
  known: Awaited<ReturnType<MeterDirectory["find"]>>,
): Placed | { readonly code: string; readonly reason: string } {
  const meter = known.get(String(fields.global_device_id));
  if (meter === undefined) return { code: "no_key", reason: "The row has no global_device_id." };
  if ("code" in meter) return meter;
  const time = timeOf(fields, table);
  if (typeof time !== "number") return { code: "no_key", reason: `The row has no ${timeColumns[table]}.` };
  if (time < instantLimits.earliest || time > instantLimits.latest)
    return { code: "out_of_range", reason: `${timeColumns[table]} is outside 1900-01-01 … 2299-12-31.` };
  return { meter, at: time, fields };
}

const timeColumns: Readonly<Record<PollableTable, string>> = {
  ...{ INST: "meter_datetime", BILL: "meter_datetime", MBIL: "meter_datetime", LPRO: "meter_datetime" },
  ...{ EVNT: "event_datetime", DCH: "mdc_read_datetime", VISL: "meter_datetime" },
};

/** METER_VISUALS of v1 has no time of its own. */
function timeOf(fields: UdilRow, table: PollableTable): UdilRow[string] {
  if (table !== "VISL") return fields[timeColumns[table]];
  return fields.db_datetime ?? fields.meter_datetime ?? fields.last_communication_datetime ?? 0;
}

function profileRow(mdc: Mdc, table: ProfileRow["table"], { meter, at, fields }: Placed, now: number): ProfileRow {
  const { mdc_read_datetime, channel_id } = fields;
  return {
    organizationNumber: mdc.organizationNumber,
    deviceNumber: meter.number,
    table,
    at,
    ...(table === "LPRO" && { channel: Number(channel_id ?? 0) }),
    readAt: typeof mdc_read_datetime === "number" ? mdc_read_datetime : now,
    source: mdc.number,
    fields,
  };
}

function eventOf({ organizationNumber, name }: Mdc, { meter, at, fields }: Placed): MeterSystemEvent {
  const code = Number(fields.event_code);
  const title = eventDescription(code);
  const told = fields.event_description === undefined ? "" : `: ${fields.event_description}`;
  return {
    ...{ organizationNumber, deviceNumber: meter.number, timestamp: at },
    title: title ?? `UDIL event ${code}`,
    content: `UDIL, code ${code}${told}, through ${name}`,
  };
}

/**
 * The row as its MDC would write it strictly, so that people, and a replay, can read it; but events keep the code they came
 * with, which a strict writer of v1 would make coarser.
 */
function refusedRow(
  { version, zone, peerSwitches }: Mdc,
  table: PollableTable,
  row: UdilRow,
  { code, reason }: { readonly code: string; readonly reason: string },
): Refused {
  const bytes = writeResponse(
    { kind: "rows", status: 1, table, rows: [row], message: "" },
    { version, zone, format: "json", eventCounter: true, ...peerSwitches },
  );
  const { data } = JSON.parse(new TextDecoder().decode(bytes)) as { data: Record<string, string>[] };
  const asItCame = row.event_code === undefined ? {} : { event_code: String(row.event_code) };
  const told = Object.entries({ ...data[0], ...asItCame }).filter(([, value]) => value !== "");
  const globalDeviceId = row.global_device_id === undefined ? undefined : String(row.global_device_id);
  return { table, kind: "row", code, reason, globalDeviceId, raw: JSON.stringify(Object.fromEntries(told)) };
}
