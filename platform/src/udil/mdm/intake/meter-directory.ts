/** The meters of MDCs by the ids they have there; meters an MDC tells of for the first time become devices. */
import { type Kysely, sql } from "kysely";
import type { RegistryChanges } from "../../../registry/changes.ts";
import { udilProtocol } from "../../../registry/protocols/udil.ts";
import type { Database } from "../../../stores/relational/database.ts";
import type { Mdc } from "../peers/mdc.ts";
import { movedLately } from "../polling/mdc-meters.ts";
import { type SeriesPlan, seriesOf, seriesPlan } from "./series-plans.ts";

/** A meter whose rows can be stored. */
export interface KnownMeter {
  readonly id: string;
  /** Key of the device in the columnar store. */
  readonly number: number;
  readonly plan: SeriesPlan;
}

/** Why rows of a meter are not stored. */
export interface UnknownMeter {
  readonly code: "unknown_meter" | "other_mdc" | "own_meter" | "msn_taken" | "id_too_long";
  readonly reason: string;
}

export interface MeterName {
  readonly globalDeviceId: string;
  readonly msn: string | undefined;
}

export interface MeterDirectoryOptions {
  readonly db: Kysely<Database>;
  /** Told of new devices, whose readings may wait for them. */
  readonly changes: Pick<RegistryChanges, "tellDeviceNamed" | "tellChange" | "onChange">;
  readonly now: () => number;
}

/** What is remembered is asked for anew after so long: other processes change the registry too. */
const rememberedMilliseconds = 10_000;
/** Beyond, everything is forgotten. */
const metersInMemory = 2_000_000;
const longestId = 50;
const msnPattern = /^\d{1,20}$/;

export class MeterDirectory {
  readonly #options: MeterDirectoryOptions;
  #meters = new Map<string, KnownMeter>();
  #plans = new Map<string, Promise<SeriesPlan>>();
  #readAt = 0;

  constructor(options: MeterDirectoryOptions) {
    this.#options = options;
    options.changes.onChange(async ({ resource }) => {
      if (decisive.has(resource)) this.#forget();
    });
  }

  /**
   * @param named somebody with the right to do so says that these are the MDC's meters
   * @returns what is known of each, by global device id; new meters are created first where the MDC's setting says so
   */
  async find(mdc: Mdc, names: Iterable<MeterName>, named = false): Promise<Map<string, KnownMeter | UnknownMeter>> {
    if (this.#options.now() - this.#readAt > rememberedMilliseconds || this.#meters.size > metersInMemory)
      this.#forget();
    const found = new Map<string, KnownMeter | UnknownMeter>();
    const wanted = new Map<string, MeterName>();
    for (const name of names) {
      const known = this.#meters.get(keyOf(mdc, name.globalDeviceId));
      if (known) found.set(name.globalDeviceId, known);
      else if (!wanted.has(name.globalDeviceId)) wanted.set(name.globalDeviceId, name);
    }
    if (wanted.size > 0) await this.#look(mdc, wanted, named, found);
    return found;
  }

  async #look(
    mdc: Mdc,
    wanted: Map<string, MeterName>,
    named: boolean,
    found: Map<string, KnownMeter | UnknownMeter>,
  ): Promise<void> {
    const rows = await this.#select(mdc, wanted);
    const fresh: MeterName[] = [];
    for (const name of wanted.values()) {
      const standing = this.#standingOf(mdc, name, rows, named);
      if (standing === "new") fresh.push(name);
      else if ("code" in standing) found.set(name.globalDeviceId, standing);
      else found.set(name.globalDeviceId, await this.#remember(mdc, name.globalDeviceId, standing));
    }
    if (fresh.length === 0) return;
    for (const row of await this.#create(mdc, fresh))
      found.set(row.global_device_id!, await this.#remember(mdc, row.global_device_id!, row));
    for (const { globalDeviceId } of fresh) {
      // Somebody else took the id or the serial number at the same moment.
      if (!found.has(globalDeviceId)) found.set(globalDeviceId, refusals.unknown_meter(globalDeviceId));
    }
  }

  #standingOf(
    mdc: Mdc,
    { globalDeviceId, msn }: MeterName,
    rows: readonly DeviceRow[],
    named: boolean,
  ): DeviceRow | UnknownMeter | "new" {
    const own = rows.find((row) => row.organization === mdc.organization && row.global_device_id === globalDeviceId);
    if (own) {
      if (own.udil_mdc === mdc.id || (!named && own.left === mdc.id)) return own;
      if (own.udil_mdc !== null) return refusals.other_mdc(globalDeviceId, own.mdc_name ?? "another MDC");
      if (own.protocol !== udilProtocol) return refusals.own_meter(globalDeviceId);
      return "new";
    }
    // What another organization has is not taken for ours because an MDC delivers it.
    if (!named && (!mdc.createsDevices || rows.some((row) => row.global_device_id === globalDeviceId)))
      return refusals.unknown_meter(globalDeviceId);
    if (globalDeviceId.length > longestId) return refusals.id_too_long(globalDeviceId);
    const holder = rows.find((row) => row.organization === mdc.organization && row.msn !== null && row.msn === msn);
    if (holder) return refusals.msn_taken(globalDeviceId, msn!, holder.global_device_id ?? holder.name);
    return "new";
  }

  /** Devices with these ids in any organization, and those of the MDC's own with these serial numbers. */
  async #select(mdc: Mdc, wanted: ReadonlyMap<string, MeterName>): Promise<DeviceRow[]> {
    const serials = [...wanted.values()].flatMap(({ msn }) => msn ?? []);
    const { rows } = await sql<DeviceRow>`
      select d.id, d.number, d.name, d.organization, d.global_device_id, d.msn, d.protocol, d.udil_mdc, m.name as mdc_name,
        t.config, case when ${movedLately(sql`d`)} then h.mdc end as "left"
      from meter_devices d
      left join udil_mdc_meters h on h.meter_device = d.id
      left join udil_mdcs m on m.id = d.udil_mdc
      left join meter_device_types t on t.id = d.type
      where d.global_device_id = any(${[...wanted.keys()]}::text[])
        or (d.organization = ${mdc.organization}::uuid and d.msn = any(${serials}::text[]))`.execute(this.#options.db);
    return rows;
  }

  /** Makes devices, or gives the MDC those that wait for one. */
  async #create(mdc: Mdc, names: readonly MeterName[]): Promise<DeviceRow[]> {
    const { db, changes } = this.#options;
    const values = JSON.stringify(
      names.map(({ globalDeviceId, msn }) => ({
        id: globalDeviceId,
        msn: msn !== undefined && msnPattern.test(msn) ? msn : null,
      })),
    );
    const { rows } = await sql<DeviceRow>`
      with v as (select * from jsonb_to_recordset(${values}::jsonb) as v(id text, msn text)),
      claimed as (
        update meter_devices d set udil_mdc = ${mdc.id}::uuid, updated_at = now() from v
        where d.organization = ${mdc.organization}::uuid and d.global_device_id = v.id
          and d.udil_mdc is null and d.protocol = ${udilProtocol}
        returning d.*
      ),
      created as (
        insert into meter_devices (organization, name, global_device_id, msn, manufacturer_serial, protocol, type, udil_mdc)
        select ${mdc.organization}::uuid, v.id, v.id, v.msn, v.msn, ${udilProtocol}, ${mdc.deviceType ?? null}::uuid,
          ${mdc.id}::uuid
        from v where not exists (
          select from meter_devices d where d.organization = ${mdc.organization}::uuid and d.global_device_id = v.id)
        on conflict do nothing
        returning *
      )
      select d.id, d.number, d.name, d.organization, d.global_device_id, d.msn, d.protocol, d.udil_mdc,
        null::text as mdc_name, t.config, null::uuid as "left"
      from (select * from claimed union all select * from created) d
      left join meter_device_types t on t.id = d.type`.execute(db);
    for (const { id, number, name, organization } of rows) {
      await changes.tellDeviceNamed({ id, number, name, organization: organization! });
      await changes.tellChange({ resource: "meter-devices", id, action: "created" });
    }
    return rows;
  }

  async #remember(mdc: Mdc, globalDeviceId: string, row: DeviceRow): Promise<KnownMeter> {
    const meter = { id: row.id, number: row.number, plan: await this.#planOf(row.organization!, row.config) };
    this.#meters.set(keyOf(mdc, globalDeviceId), meter);
    return meter;
  }

  /** One for all meters of a config. */
  #planOf(organization: string, config: string | null): Promise<SeriesPlan> {
    const key = `${organization} ${config}`;
    const known = this.#plans.get(key);
    if (known) return known;
    const plan = seriesOf(this.#options.db, organization, config).then(seriesPlan);
    this.#plans.set(key, plan);
    return plan;
  }

  #forget(): void {
    this.#meters = new Map();
    this.#plans = new Map();
    this.#readAt = this.#options.now();
  }
}

/** Resources of the registry that decide which device an id is, and what series it has. */
const decisive = new Set([
  "organizations",
  "meter-devices",
  "meter-device-types",
  "meter-device-configs",
  "meter-reading-series",
  "udil-mdcs",
]);

interface DeviceRow {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly organization: string | null;
  readonly global_device_id: string | null;
  readonly msn: string | null;
  readonly protocol: string;
  readonly udil_mdc: string | null;
  readonly mdc_name: string | null;
  readonly config: string | null;
  /** The MDC that it moved away from lately, while it was not read from the one that has it. */
  readonly left: string | null;
}

function keyOf(mdc: Mdc, globalDeviceId: string): string {
  return `${mdc.number} ${globalDeviceId}`;
}

/** Nothing is said of other organizations. */
const refusals = {
  unknown_meter: (id: string): UnknownMeter => ({
    code: "unknown_meter",
    reason: `${id} is no meter of this organization at this MDC. Create it with this global_device_id and MDC, then replay.`,
  }),
  other_mdc: (id: string, mdc: string): UnknownMeter => ({
    code: "other_mdc",
    reason: `${id} is a meter of ${mdc}. If it moved, set its udil_mdc to this MDC, then replay.`,
  }),
  own_meter: (id: string): UnknownMeter => ({
    code: "own_meter",
    reason: `${id} is read by the platform itself. If the vendor reads it now, set its protocol to udil and its udil_mdc, then replay.`,
  }),
  msn_taken: (id: string, msn: string, holder: string): UnknownMeter => ({
    code: "msn_taken",
    reason: `${id} has the serial number ${msn}, which is ${holder}'s. Correct the one that is wrong, then replay.`,
  }),
  id_too_long: (id: string): UnknownMeter => ({
    code: "id_too_long",
    reason: `The id ${id.slice(0, 60)} is longer than ${longestId} characters. Have the MDC's operator shorten it.`,
  }),
} as const;
