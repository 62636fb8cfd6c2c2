/** A converter with a few parameters and records, for tests and examples. */
import type { DatabaseName } from "../databases/databases.ts";
import { layoutOf, type RecordLayout } from "../databases/layouts.ts";
import { type DatabaseRecord, encodeRecord } from "../databases/records.ts";
import { type ParameterMap, type ParameterName, parameterMapOf } from "../parameters/parameter-maps.ts";
import type { DatabaseRequest } from "../requests/database-request.ts";
import type { ParameterBytes } from "../requests/parameter-requests.ts";
import type { DatabaseRecords, IFlagDevice, InterruptedTransfers } from "../session/device.ts";
import { encodeValue, type Value, valueTypes } from "../values/value-types.ts";

export type ParameterValues = Readonly<Partial<Record<ParameterName, Value>>>;

export class ExampleConverter implements IFlagDevice {
  readonly identification = "ACT5MINICOR200";
  readonly transfers: InterruptedTransfers = {};
  readonly #values = new Map<number, Uint8Array>();
  readonly #writable = new Map<number, number>();
  readonly #databases = new Map<DatabaseName, { layout: RecordLayout; records: readonly DatabaseRecord[] }>();
  /** What was asked of the databases. */
  readonly requests: DatabaseRequest[] = [];

  constructor(map: ParameterMap, values: ParameterValues) {
    for (const [name, { id, type }] of Object.entries(map.addresses)) {
      const value = values[name as ParameterName];
      this.#values.set(id, encodeValue(type, value as never));
      if (name === "datetime" || name === "battery_days") this.#writable.set(id, valueTypes[type].length);
    }
  }

  /** @param records the newest first, in pulses */
  fill(layout: RecordLayout, records: readonly DatabaseRecord[]): this {
    this.#databases.set(layout.database, { layout, records });
    return this;
  }

  /** A parameter without a name. */
  set(id: number, bytes: Uint8Array): this {
    this.#values.set(id, bytes);
    this.#writable.set(id, bytes.length);
    return this;
  }

  readParameter(id: number): Uint8Array | undefined {
    return this.#values.get(id);
  }

  writableLength(id: number): number | undefined {
    return this.#writable.get(id);
  }

  writeParameters(parameters: readonly ParameterBytes[]): boolean {
    for (const { id, bytes } of parameters) this.#values.set(id, bytes.slice());
    return true;
  }

  readDatabase(request: DatabaseRequest): DatabaseRecords | undefined {
    this.requests.push(request);
    const found = this.#databases.get(request.database);
    if (!found) return undefined;
    const { layout, records } = found;
    const within = records.filter((record) => {
      const time = String(record.end_date ?? record.date);
      return (request.newest ?? "9") >= time && time >= (request.oldest ?? "");
    });
    return { recordLength: layout.length, records: within.map((record) => encodeRecord(layout, record)) };
  }
}

/** A converter with the parameter map G0003, and values in some of its parameters. */
export function exampleConverter(): ExampleConverter {
  return new ExampleConverter(parameterMapOf("G0003"), {
    firmware_version: "V2.04",
    parameter_mapping_version: "FL_G0003",
    input_pulse_weight: "0.1",
    compressibility_formula: 1,
    datetime: "2021-03-04T05:06:07",
    battery_days: 1830,
    index_unconverted: "11796.7",
    index_converted: "47186.8",
    temperature: "12.5",
  });
}

/** The same, with so many days in its daily database: the newest ended on 2021-03-10 at 6, each used its number of pulses. */
export function withDays(count: number): ExampleConverter {
  const newest = Date.UTC(2021, 2, 10, 6);
  const records = Array.from({ length: count }, (_, day) => ({
    end_date: new Date(newest - day * 86_400_000).toISOString().slice(0, 19),
    consumption_unconverted_daily: count - day,
    temperature_daily_average: "11.25",
  }));
  return exampleConverter().fill(layoutOf("daily", 57), records);
}
