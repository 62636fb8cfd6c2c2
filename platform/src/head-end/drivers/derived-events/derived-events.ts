/**
 * Events that the head-end tells of its own meters: what it wrote into them, and what it saw change (UDIL's list of codes,
 * section 3.1.5). Many meters log them too, some do not, and a log is read much later.
 *
 * Of one event there is one row: the same code of the same meter within `logTolerance` is the same event. Whoever comes
 * second takes the place of the first. A row of the head-end says in its description that it is one.
 */
import { eventDescription } from "@anymeter/udil";
import type { ProfileRow, StoredProfileRow } from "../../../readings/profile-rows/profile-row.ts";
import type { RowSelection } from "../../../readings/profile-rows/row-queries.ts";
import type { ProfileRowStore } from "../../../readings/profile-rows/row-writer.ts";
import type { ContactedDevice } from "../driver.ts";
import { eventRow } from "../event-crosswalk.ts";
import { notStored } from "../stores.ts";
import { hasRows, storeRows } from "../udil-rows.ts";

/** Rows that are stored already. Satisfied by `ProfileRowQueries`. */
export interface StoredRows {
  rows(selection: Omit<RowSelection, "textBytes">): Promise<readonly StoredProfileRow[]>;
}

export interface DerivedEvent {
  /** UDIL's. */
  readonly code: number;
  /** Milliseconds UTC. */
  readonly at: number;
  /** What was programmed, as the description carries it. */
  readonly detail?: string | undefined;
}

/** Milliseconds by which a meter's log and the head-end may differ about one event: clocks, and the time a command takes. */
export const logTolerance = 60_000;

export class DerivedEvents {
  readonly #store: ProfileRowStore;
  readonly #stored: StoredRows;

  constructor(store: ProfileRowStore, stored: StoredRows) {
    this.#store = store;
    this.#stored = stored;
  }

  /**
   * Resolves when the events are durable, those that the meter told itself left out.
   * @param since when what made them began: what the meter told before is of another event. Absent = it may be of this one
   * @throws RunFailure `not_stored`
   */
  async tell(device: ContactedDevice, events: readonly DerivedEvent[], since = 0): Promise<void> {
    if (events.length === 0 || !hasRows(device)) return;
    const known = await this.#around(device, events.map(secondOf), 0);
    const rows = events.flatMap((event) => {
      const at = secondOf(event);
      const isTold = known.some(
        (row) => row.code === event.code && Math.abs(row.at - at) <= logTolerance && row.readAt >= since,
      );
      return isTold ? [] : [rowOf(device, event, at)];
    });
    await storeRows(this.#store, rows);
  }

  /**
   * Rows of a meter's log as they are to be stored: one that tells what the head-end has told takes its place.
   * @param resolution milliseconds before its time in which the event may have happened, of a log of intervals
   */
  async settled(device: ContactedDevice, rows: readonly ProfileRow[], resolution = 0): Promise<readonly ProfileRow[]> {
    const events = rows.filter(({ table, fields }) => table === "EVNT" && derivable.has(Number(fields.event_code)));
    if (events.length === 0) return rows;
    const times = events.map(({ at }) => at);
    const told = (await this.#around(device, times, resolution)).filter(({ isDerived }) => isDerived);
    if (told.length === 0) return rows;
    return rows.map((row) => {
      const [same] = told
        .filter(
          ({ code, at }) =>
            row.table === "EVNT" &&
            code === row.fields.event_code &&
            at >= row.at - logTolerance - resolution &&
            at <= row.at + logTolerance,
        )
        .sort((one, other) => Math.abs(one.at - row.at) - Math.abs(other.at - row.at));
      return same ? { ...row, at: same.at, fields: { ...row.fields, event_description: same.description } } : row;
    });
  }

  /**
   * A relay that is seen in another position than its last event left it in was switched by somebody else. Where the meter's
   * own log ever told of the relay it will tell of this, too, with the time at which it was.
   */
  async tellSeenRelay(device: ContactedDevice, { code, at }: DerivedEvent): Promise<void> {
    if (!hasRows(device)) return;
    const { organizationNumber, number } = device;
    const found = await this.#select({
      ...{ table: "EVNT", organizationNumber, devices: [number], from: at - relayMemory, to: at },
      fields: ["event_code", "event_description"],
    });
    const ofRelay = found.map(knownEvent).filter((event) => relayCodes.has(event.code));
    const last = ofRelay.at(-1);
    if (!last || last.code === code || ofRelay.some(({ isDerived }) => !isDerived)) return;
    await this.tell(device, [{ code, at }]);
  }

  /** The number of resets that the meter told last before a time; undefined when it told none. */
  async resetsBefore({ organizationNumber, number }: ContactedDevice, at: number): Promise<number | undefined> {
    const rows = await this.#select({
      ...{ table: "MBIL", organizationNumber, devices: [number], from: at - resetMemory, to: at - 1 },
      fields: ["reset_count"],
    });
    const counts = rows.flatMap(({ fields }) => (fields.reset_count === undefined ? [] : Number(fields.reset_count)));
    return counts.at(-1);
  }

  async #around(
    { organizationNumber, number }: ContactedDevice,
    times: readonly number[],
    before: number,
  ): Promise<readonly KnownEvent[]> {
    const found = await this.#select({
      ...{ table: "EVNT", organizationNumber, devices: [number] },
      from: times.reduce((one, other) => Math.min(one, other)) - logTolerance - before,
      to: times.reduce((one, other) => Math.max(one, other)) + logTolerance,
    });
    return found.map(knownEvent);
  }

  /** @throws RunFailure `not_stored`: what is there already decides what is to be stored */
  async #select(selection: Omit<RowSelection, "limit" | "textBytes">): Promise<readonly StoredProfileRow[]> {
    return await this.#stored.rows({ ...selection, limit: mostRows }).catch(notStored);
  }
}

function knownEvent({ fields }: StoredProfileRow): KnownEvent {
  const description = String(fields.event_description ?? "");
  return {
    code: Number(fields.event_code),
    at: Number(fields.event_datetime),
    readAt: Number(fields.mdc_read_datetime),
    description,
    isDerived: description.endsWith(mark),
  };
}

interface KnownEvent {
  readonly code: number;
  readonly at: number;
  readonly readAt: number;
  readonly description: string;
  readonly isDerived: boolean;
}

function rowOf({ organizationNumber, number: deviceNumber }: ContactedDevice, event: DerivedEvent, at: number) {
  const row = eventRow({ organizationNumber, deviceNumber, at, readAt: event.at }, event.code);
  const name = eventDescription(event.code);
  const text = event.detail === undefined ? name : `${name}: ${event.detail}`;
  return { ...row, fields: { ...row.fields, event_description: text.slice(0, descriptionLength) + mark } };
}

/** Events are told by the second. */
function secondOf({ at }: Pick<DerivedEvent, "at">): number {
  return Math.floor(at / 1000) * 1000;
}

/** Codes that the head-end may tell of. */
const derivable: ReadonlySet<number> = new Set([
  ...[101, 102, 201, 202, 203],
  ...[303, 304, 305, 306, 307],
  ...[324, 325, 326, 330, 331, 332],
]);

/** Contactor on and off. */
const relayCodes: ReadonlySet<number> = new Set([202, 203]);
/** Milliseconds. */
const relayMemory = 400 * 86_400_000;

const mark = " (told by the head-end)";
/** Characters of a description; a calendar takes more. */
const descriptionLength = 1_000;
/** Of one meter in the time of one read. */
const mostRows = 10_000;
/** Milliseconds: billing periods are months. */
const resetMemory = 100 * 86_400_000;
