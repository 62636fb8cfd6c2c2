import type { Kysely } from "kysely";
import { sql } from "kysely";
import { invalidFields } from "../errors/platform-error.ts";
import type { Database } from "../stores/relational/database.ts";

/** Where a reading or an event belongs, by number, and the zone of its naive times. */
export interface PlaceById {
  readonly organizationNumber: number;
  readonly deviceNumber: number;
  readonly timezone: string;
}

interface Ids {
  readonly organization: string;
  readonly meter_device: string;
}

/** Finds the place of something that names its organization, meter and series by uuid. */
export class PlacesById {
  readonly #db: Kysely<Database>;
  readonly #defaultTimezone: string;

  constructor(db: Kysely<Database>, defaultTimezone: string) {
    this.#db = db;
    this.#defaultTimezone = defaultTimezone;
  }

  /** @throws PlatformError `invalid` naming the field that is unknown or belongs to another organization */
  async findDevice({ organization, meter_device }: Ids): Promise<PlaceById & { readonly config: string | null }> {
    const { rows } = await sql<{
      organization: number;
      device: number | null;
      config: string | null;
      timezone: string | null;
    }>`
      select o.number as organization, d.number as device, t.config, c.timezone from organizations o
      left join meter_devices d on d.organization = o.id and d.id = ${meter_device}::uuid
      left join meter_device_types t on t.id = d.type
      left join meter_device_configs c on c.id = t.config
      where o.id = ${organization}::uuid`.execute(this.#db);
    const [row] = rows;
    if (!row) throw invalidFields({ organization: missing(organization) });
    if (row.device === null) throw invalidFields({ meter_device: missing(meter_device) });
    const timezone = row.timezone ?? this.#defaultTimezone;
    return { organizationNumber: row.organization, deviceNumber: row.device, timezone, config: row.config };
  }

  /** @throws PlatformError `invalid` as above, and when the meter's config does not allow the series */
  async find(ids: Ids & { readonly series: string }): Promise<PlaceById & { readonly seriesNumber: number }> {
    const { config, ...place } = await this.findDevice(ids);
    const { rows } = await sql<{ number: number; allowed: boolean }>`
      select s.number, ${config}::uuid is null or exists (
        select from meter_device_config_series l
        where l.meter_device_config = ${config}::uuid and l.meter_reading_series = s.id) as allowed
      from meter_reading_series s
      where s.id = ${ids.series}::uuid and s.organization = ${ids.organization}::uuid`.execute(this.#db);
    const [row] = rows;
    if (!row) throw invalidFields({ series: missing(ids.series) });
    if (!row.allowed) throw invalidFields({ series: "The config of this meter does not allow this series." });
    return { ...place, seriesNumber: row.number };
  }
}

function missing(id: string): string {
  return `Invalid pk "${id}" - object does not exist.`;
}
