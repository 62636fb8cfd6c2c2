/** A converter with a few parameters and records, for tests and examples. */
import type { DatabaseName } from "../databases/databases.ts";
import type { RecordLayout } from "../databases/layouts.ts";
import { type DatabaseRecord, encodeRecord } from "../databases/records.ts";
import type { ParameterMap, ParameterName } from "../parameters/parameter-maps.ts";
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
