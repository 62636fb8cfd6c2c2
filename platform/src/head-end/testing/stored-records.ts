/** What the stores hold of a meter, for tests. */
import assert from "node:assert/strict";
import type { Kysely } from "kysely";
import type { ColumnarStore } from "../../stores/columnar/columnar-store.ts";
import type { Database } from "../../stores/relational/database.ts";

export interface StoredReading {
  /** Name of the series, and the unit it is kept in. */
  readonly name: string;
  readonly unit: string;
  /** Milliseconds UTC. */
  readonly at: number;
  readonly value: string;
}

export class StoredRecords {
  readonly #db: Kysely<Database>;
  readonly #columnar: ColumnarStore;

  constructor(db: Kysely<Database>, columnar: ColumnarStore) {
    this.#db = db;
    this.#columnar = columnar;
  }

  query = async <Row>(sql: string): Promise<Row[]> => {
    const result = await this.#columnar.client.query({ query: sql, format: "JSONEachRow" });
    return (await result.json()) as Row[];
  };

  numberOf = async (device: string): Promise<number> => {
    const found = this.#db.selectFrom("meter_devices").select("number").where("id", "=", device);
    return (await found.executeTakeFirstOrThrow()).number;
  };

  /** Readings of a meter by time, of one series or of all. A series that nobody registered fails the test. */
  readingsOf = async (device: string, name?: string): Promise<readonly StoredReading[]> => {
    const series = await this.#db
      .selectFrom("meter_devices")
      .innerJoin("meter_reading_series", "meter_reading_series.organization", "meter_devices.organization")
      .select(["meter_reading_series.number", "meter_reading_series.name", "meter_reading_series.unit"])
      .where("meter_devices.id", "=", device)
      .execute();
    assert.ok(name === undefined || series.some((one) => one.name === name), `no series ${name} is registered`);
    const known = new Map(series.map((one) => [one.number, one]));
    const rows = await this.query<{ series: number; at: string; value: string }>(
      `select series_number as series, toUnixTimestamp64Milli(timestamp) as at, toString(value) as value
       from meter_readings final where device_number = ${await this.numberOf(device)} order by timestamp`,
    );
    return rows
      .map(({ series, at, value }) => ({ ...known.get(Number(series))!, at: Number(at), value }))
      .filter((reading) => name === undefined || reading.name === name);
  };

  eventsOf = async (device: string): Promise<readonly { readonly title: string; readonly content: string }[]> =>
    await this.query(
      `select title, content from meter_system_events final
       where device_number = ${await this.numberOf(device)} order by timestamp`,
    );

  /** Stored readings of a meter: rows as inserted and distinct readings. */
  storedReadings = async (device: string): Promise<{ readonly stored: number; readonly readings: number }> => {
    const [row] = await this.query<{ stored: number; readings: number }>(
      `select toUInt32(count()) as stored, toUInt32(uniqExact(series_number, timestamp)) as readings
       from meter_readings final where device_number = ${await this.numberOf(device)}`,
    );
    return row!;
  };

  /** Moves the marks of what is stored of a meter back, as if nothing had been read since. */
  forget = async (device: string, milliseconds: number): Promise<void> => {
    await this.#db
      .updateTable("amr_device_profiles")
      .set({ read_until: new Date(Date.now() - milliseconds) })
      .where("meter_device", "=", device)
      .execute();
  };
}
