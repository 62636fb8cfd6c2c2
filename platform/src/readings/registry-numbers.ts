import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Scope } from "../registry/scope.ts";
import { instant, integer } from "../stores/columnar/literals.ts";
import type { Database } from "../stores/relational/database.ts";

/** Which rows of the columnar store are meant; a field left out leaves nothing out. */
export interface Selection {
  readonly organizationNumber?: number | undefined;
  readonly deviceNumber?: number | undefined;
  readonly seriesNumber?: number | undefined;
  /** First instant, milliseconds since 1970. */
  readonly from?: number | undefined;
  /** Last instant, which belongs to the selection. */
  readonly to?: number | undefined;
}

/** Filters as the API names them; ids are uuids. */
export interface Filters {
  readonly meter_device?: string | undefined;
  readonly series?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** A series as latest readings name it. */
export interface NamedSeries {
  readonly series: string;
  readonly series_name: string;
  readonly series_description: string;
  readonly unit: string;
}

/** Translates between the uuids of the API and the numbers of the columnar store. */
export class RegistryNumbers {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /**
   * The one place where queries of readings and events are confined to what the caller may see.
   * @returns undefined when nothing can match: an id is not known, or is not the caller's to see
   */
  async select(scope: Scope, filters: Filters): Promise<Selection | undefined> {
    const numbers: { organizationNumber?: number; deviceNumber?: number; seriesNumber?: number } = {};
    if (!scope.staff) {
      const organizationNumber = await this.#organizationNumber(scope.organization);
      if (organizationNumber === undefined) return undefined;
      numbers.organizationNumber = organizationNumber;
    }
    if (filters.meter_device !== undefined) {
      const found = await this.#ownedNumbers("meter_devices", filters.meter_device, scope);
      if (!found) return undefined;
      numbers.deviceNumber = found.number;
      // The table is ordered by organization first.
      numbers.organizationNumber = found.organizationNumber;
    }
    if (filters.series !== undefined) {
      const found = await this.#ownedNumbers("meter_reading_series", filters.series, scope);
      if (!found || (numbers.organizationNumber ?? found.organizationNumber) !== found.organizationNumber)
        return undefined;
      numbers.seriesNumber = found.number;
      numbers.organizationNumber = found.organizationNumber;
    }
    return { ...numbers, from: filters.from, to: filters.to };
  }

  /** The uuids of numbers, as far as the rows still exist. */
  async ids(
    table: "organizations" | "meter_devices" | "meter_reading_series",
    numbers: readonly number[],
  ): Promise<ReadonlyMap<number, string>> {
    if (numbers.length === 0) return new Map();
    const { rows } = await sql<{ number: number; id: string }>`
      select number, id from ${sql.table(table)} where number = any(${[...new Set(numbers)]}::integer[])`.execute(
      this.#db,
    );
    return new Map(rows.map(({ number, id }) => [number, id]));
  }

  /** Whether the caller may see such a device, with an organization or without. */
  async hasDevice(id: string, scope: Scope): Promise<boolean> {
    const visible = scope.staff ? sql`true` : sql`organization = ${scope.organization}::uuid`;
    const { rows } = await sql`select from meter_devices where id = ${id}::uuid and ${visible}`.execute(this.#db);
    return rows.length > 0;
  }

  /** What people know series by, by number, as far as they still exist. */
  async series(numbers: readonly number[]): Promise<ReadonlyMap<number, NamedSeries>> {
    if (numbers.length === 0) return new Map();
    const { rows } = await sql<NamedSeries & { number: number }>`
      select number, id as series, name as series_name, description as series_description, unit
      from meter_reading_series where number = any(${numbers}::integer[])`.execute(this.#db);
    return new Map(rows.map(({ number, ...named }) => [number, named]));
  }

  async #organizationNumber(id: string): Promise<number | undefined> {
    const { rows } = await sql<{ number: number }>`
      select number from organizations where id = ${id}::uuid`.execute(this.#db);
    return rows[0]?.number;
  }

  async #ownedNumbers(table: "meter_devices" | "meter_reading_series", id: string, scope: Scope) {
    const visible = scope.staff ? sql`true` : sql`t.organization = ${scope.organization}::uuid`;
    const { rows } = await sql<{ number: number; organizationNumber: number }>`
      select t.number, o.number as "organizationNumber" from ${sql.table(table)} t
      join organizations o on o.id = t.organization where t.id = ${id}::uuid and ${visible}`.execute(this.#db);
    return rows[0];
  }
}

/** @returns the selection as a condition of the columnar store's SQL */
export function conditionOf({ organizationNumber, deviceNumber, seriesNumber, from, to }: Selection): string {
  const conditions = [
    equals("organization_number", organizationNumber),
    equals("device_number", deviceNumber),
    equals("series_number", seriesNumber),
    from === undefined ? "" : `timestamp >= ${instant(from)}`,
    to === undefined ? "" : `timestamp <= ${instant(to)}`,
  ];
  return conditions.filter((condition) => condition !== "").join(" AND ") || "true";
}

function equals(column: string, number: number | undefined): string {
  return number === undefined ? "" : `${column} = ${integer(number)}`;
}
