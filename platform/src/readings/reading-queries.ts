import type { Page, PageOfRows } from "../http/paging.ts";
import type { ColumnarStore } from "../stores/columnar/columnar-store.ts";
import { instant, integer } from "../stores/columnar/literals.ts";
import { deleteRows, selectRows } from "../stores/columnar/row-queries.ts";
import type { Reading } from "./reading-writer.ts";
import { conditionOf, type Selection } from "./registry-numbers.ts";

/** A reading as the store has it. */
export interface StoredReading extends Reading {
  readonly id: number;
  /** Milliseconds since 1970, UTC. */
  readonly createdAt: number;
}

/** Series whose latest readings are given at most. */
const mostSeries = 10_000;

/** Reads and deletes readings. The same reading stored twice is one everywhere: `FINAL` leaves the latest. */
export class ReadingQueries {
  readonly #store: ColumnarStore;

  constructor(store: ColumnarStore) {
    this.#store = store;
  }

  /** One page, ordered by organization, device, series and time. */
  async list(selection: Selection, { limit, offset }: Page): Promise<PageOfRows<Pick<Reading, "timestamp" | "value">>> {
    const from = `FROM meter_readings FINAL WHERE ${conditionOf(selection)}`;
    const rows = await selectRows<[number | string, string]>(
      this.#store,
      `SELECT toUnixTimestamp64Milli(timestamp), toDecimalString(value, 6) ${from}
       ORDER BY organization_number, device_number, series_number, timestamp
       LIMIT ${integer(limit)} OFFSET ${integer(offset)}`,
    );
    const last = rows.length < limit && (rows.length > 0 || offset === 0);
    const count = last ? offset + rows.length : await this.count(selection);
    return { count, rows: rows.map(([timestamp, value]) => ({ timestamp: Number(timestamp), value })) };
  }

  /**
   * The last reading in time of every series among the selected, ordered by series. Name a device: then it is one pass
   * over its part of the table. Of a reading stored again the latest version counts, so nothing has to be merged.
   */
  async latest(selection: Selection): Promise<Pick<Reading, "seriesNumber" | "timestamp" | "value">[]> {
    const rows = await selectRows<[number, number | string, string]>(
      this.#store,
      `SELECT series_number, toUnixTimestamp64Milli(max(timestamp)),
         toDecimalString(argMax(value, (timestamp, created_at)), 6)
       FROM meter_readings WHERE ${conditionOf(selection)}
       GROUP BY series_number ORDER BY series_number LIMIT ${integer(mostSeries)}`,
    );
    return rows.map(([seriesNumber, timestamp, value]) => ({ seriesNumber, timestamp: Number(timestamp), value }));
  }

  async count(selection: Selection): Promise<number> {
    const query = `SELECT count() FROM meter_readings FINAL WHERE ${conditionOf(selection)}`;
    const [row] = await selectRows<[number | string]>(this.#store, query);
    return Number(row![0]);
  }

  /** The reading with that id among the selected, unless it was deleted or stored again (and so has another id). */
  async read(id: number, selection: Selection): Promise<StoredReading | undefined> {
    // By id first without FINAL, which would merge the whole table; then the one reading by its key with FINAL.
    const [found] = await this.#select("", `id = ${integer(id)} AND ${conditionOf(selection)} LIMIT 1`);
    if (!found) return undefined;
    const [current] = await this.#select("FINAL", keyCondition(found));
    return current?.id === id ? current : undefined;
  }

  /** Deletes a reading for good, in every version of it. */
  async delete(reading: Reading): Promise<void> {
    await deleteRows(this.#store, "meter_readings", keyCondition(reading));
  }

  /**
   * Time of the last stored reading of a device, of the series named or of any; undefined when there is none. What the
   * head-end fills gaps from.
   */
  async lastStored(deviceNumber: number, seriesNumbers?: readonly number[]): Promise<number | undefined> {
    if (seriesNumbers?.length === 0) return undefined;
    const ofSeries = seriesNumbers ? ` AND series_number IN (${seriesNumbers.map(integer).join(", ")})` : "";
    const [row] = await selectRows<[number | string, number | string]>(
      this.#store,
      `SELECT count(), toUnixTimestamp64Milli(max(timestamp)) FROM meter_readings
       WHERE device_number = ${integer(deviceNumber)}${ofSeries}`,
    );
    return Number(row![0]) > 0 ? Number(row![1]) : undefined;
  }

  async #select(final: "FINAL" | "", condition: string): Promise<StoredReading[]> {
    const rows = await selectRows<[number, number, number, number | string, string, number | string, number | string]>(
      this.#store,
      `SELECT organization_number, device_number, series_number, toUnixTimestamp64Milli(timestamp),
         toDecimalString(value, 6), id, toUnixTimestamp64Micro(created_at)
       FROM meter_readings ${final} WHERE ${condition}`,
    );
    return rows.map(([organizationNumber, deviceNumber, seriesNumber, timestamp, value, id, createdAt]) => ({
      organizationNumber,
      deviceNumber,
      seriesNumber,
      timestamp: Number(timestamp),
      value,
      id: Number(id),
      createdAt: Math.floor(Number(createdAt) / 1000),
    }));
  }
}

function keyCondition({ organizationNumber, deviceNumber, seriesNumber, timestamp }: Reading): string {
  return `${conditionOf({ organizationNumber, deviceNumber, seriesNumber })} AND timestamp = ${instant(timestamp)}`;
}
