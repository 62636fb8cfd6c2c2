import type { Page, PageOfRows } from "../http/paging.ts";
import { conditionOf, type Selection } from "../readings/registry-numbers.ts";
import type { ColumnarStore } from "../stores/columnar/columnar-store.ts";
import { instant, integer } from "../stores/columnar/literals.ts";
import { deleteRows, selectRows } from "../stores/columnar/row-queries.ts";
import type { MeterSystemEvent } from "./event-writer.ts";

/** An event as the store has it. */
export interface StoredEvent extends MeterSystemEvent {
  readonly id: number;
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number;
}

/** Reads and deletes events. The same event stored twice is one everywhere. */
export class EventQueries {
  readonly #store: ColumnarStore;

  constructor(store: ColumnarStore) {
    this.#store = store;
  }

  /** One page, ordered by organization, device and time. */
  async list(selection: Selection, { limit, offset }: Page): Promise<PageOfRows<StoredEvent>> {
    const condition = conditionOf(selection);
    const rows = await this.#select(
      "FINAL",
      `${condition} ORDER BY organization_number, device_number, timestamp, title, content
       LIMIT ${integer(limit)} OFFSET ${integer(offset)}`,
    );
    const last = rows.length < limit && (rows.length > 0 || offset === 0);
    return { rows, count: last ? offset + rows.length : await this.count(selection) };
  }

  async count(selection: Selection): Promise<number> {
    const query = `SELECT count() FROM meter_system_events FINAL WHERE ${conditionOf(selection)}`;
    const [row] = await selectRows<[number | string]>(this.#store, query);
    return Number(row![0]);
  }

  /** The event with that id among the selected, unless it was deleted or stored again (and so has another id). */
  async read(id: number, selection: Selection): Promise<StoredEvent | undefined> {
    const [found] = await this.#select("", `id = ${integer(id)} AND ${conditionOf(selection)} LIMIT 1`);
    if (!found) return undefined;
    // Text needs no place in SQL: the few events of that moment are compared here.
    const same = await this.#select("FINAL", momentOf(found));
    return same.find((event) => event.id === id);
  }

  /** Deletes an event for good. */
  async delete(event: StoredEvent): Promise<void> {
    const versions = await this.#select("", momentOf(event));
    const ids = versions.filter(({ title, content }) => title === event.title && content === event.content);
    await deleteRows(
      this.#store,
      "meter_system_events",
      `${momentOf(event)} AND id IN (${ids.map(({ id }) => integer(id)).join(", ")})`,
    );
  }

  async #select(final: "FINAL" | "", condition: string): Promise<StoredEvent[]> {
    const rows = await selectRows<[number, number, number | string, string, string, number | string, number | string]>(
      this.#store,
      `SELECT organization_number, device_number, toUnixTimestamp64Milli(timestamp), title, content, id,
         toUnixTimestamp64Micro(created_at)
       FROM meter_system_events ${final} WHERE ${condition}`,
    );
    return rows.map(([organizationNumber, deviceNumber, timestamp, title, content, id, createdAt]) => ({
      organizationNumber,
      deviceNumber,
      timestamp: Number(timestamp),
      title,
      content,
      id: Number(id),
      createdAt: Math.floor(Number(createdAt) / 1000),
    }));
  }
}

function momentOf({ organizationNumber, deviceNumber, timestamp }: MeterSystemEvent): string {
  return `${conditionOf({ organizationNumber, deviceNumber })} AND timestamp = ${instant(timestamp)}`;
}
