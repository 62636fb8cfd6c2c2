/** Which columns of a row become readings of which series: by the OBIS codes of the columns and the names of series. */
import { modelFields, obisOfField } from "@anymeter/udil";
import { type Kysely, sql } from "kysely";
import { shiftBetween } from "../../../head-end/drivers/series-units.ts";
import type { Database } from "../../../stores/relational/database.ts";
import type { PollableTable } from "../peers/switches.ts";

/** A column and the series it feeds. */
export interface FedSeries {
  readonly field: string;
  readonly seriesNumber: number;
  /** Powers of ten between the column's unit and the series'. */
  readonly shift: number;
}

/** By table; tables without values of registers have none. */
export type SeriesPlan = Readonly<Record<"INST" | "BILL" | "MBIL" | "LPRO", readonly FedSeries[]>>;

export const tablesOfReadings = ["INST", "BILL", "MBIL", "LPRO"] as const;

export function hasReadings(table: PollableTable): table is keyof SeriesPlan {
  return (tablesOfReadings as readonly string[]).includes(table);
}

/** Series as the registry has them. */
export interface NamedSeries {
  readonly number: number;
  readonly name: string;
  readonly unit: string;
}

/** A series has one of the names its OBIS code is written by: `1-0:1.8.0`, `1.0.1.8.0.255` or `1.8.0`. */
export function seriesPlan(series: readonly NamedSeries[]): SeriesPlan {
  const byName = new Map(series.map((one) => [one.name, one]));
  return Object.fromEntries(tablesOfReadings.map((table) => [table, fedBy(table, byName)])) as unknown as SeriesPlan;
}

function fedBy(table: keyof SeriesPlan, byName: ReadonlyMap<string, NamedSeries>): FedSeries[] {
  return modelFields[table].flatMap(({ model: field, kind, unit }) => {
    if (kind !== "decimal" && kind !== "integer") return [];
    const found = obisOfField(field)
      .flatMap(({ obis }) => spellings(obis))
      .map((name) => byName.get(name))
      .find((one) => one !== undefined);
    const shift = found && shiftBetween(unit ?? null, found.unit);
    return shift === undefined ? [] : [{ field, seriesNumber: found!.number, shift }];
  });
}

/** @param obis `1.0.1.8.0.255` */
function spellings(obis: string): string[] {
  const [a, b, c, d, e] = obis.split(".");
  return [`${a}-${b}:${c}.${d}.${e}`, obis, `${c}.${d}.${e}`];
}

/** The series a meter may have: those of its type's config, or, as nothing says otherwise, all of the organization. */
export async function seriesOf(
  db: Kysely<Database>,
  organization: string,
  config: string | null,
): Promise<NamedSeries[]> {
  const allowed =
    config === null
      ? sql`s.organization = ${organization}::uuid`
      : sql`s.id in (select l.meter_reading_series from meter_device_config_series l where l.meter_device_config = ${config}::uuid)`;
  const { rows } = await sql<NamedSeries>`
    select s.number, s.name, s.unit from meter_reading_series s where ${allowed}`.execute(db);
  return rows;
}
