import { sql } from "kysely";
import type { RelationalStore } from "../stores/relational/relational-store.ts";
import { type SeriesPrefix, seriesPrefix } from "./reading-rows.ts";

/** Whose reading it is, by name; without an organization every organization is searched. */
export interface ReadingName {
  readonly organization?: string | undefined;
  readonly device: string;
  readonly series: string;
}

/** Where a reading belongs. */
export interface ReadingPlace {
  readonly organizationNumber: number;
  readonly deviceNumber: number;
  readonly seriesNumber: number;
  /** The three numbers as `ReadingRows` writes them. */
  readonly prefix: SeriesPrefix;
  /** IANA zone in which the device's naive times are read. */
  readonly timezone: string;
}

/** What a name means: a place, a device that is not known yet, or a reason to refuse the reading. */
export type Resolution =
  | { readonly kind: "place"; readonly place: ReadingPlace }
  | { readonly kind: "unknown-device" }
  | { readonly kind: "refused"; readonly field: string; readonly message: string };

/** A device that readings can be stored for. */
interface Device {
  readonly organization: string;
  readonly organizationNumber: number;
  readonly number: number;
  readonly timezone: string;
  /** Config whose series are allowed; null = every series of the organization, as nothing says otherwise. */
  readonly config: string | null;
  readonly places: Map<string, ReadingPlace>;
}

/** Names and numbers kept in memory; beyond that everything is forgotten and looked up again. */
const devicesInMemory = 200_000;
/** On a server other processes may change the registry: what they changed is seen after this time at the latest. */
const stalenessMilliseconds = 10_000;

export interface ResolverOptions {
  readonly store: RelationalStore;
  /** Zone of devices without a config. */
  readonly defaultTimezone: string;
  readonly clock?: () => number;
}

/**
 * Turns the names of readings into numbers, from memory as far as possible. Only what was found is remembered: a name
 * that is not found is looked up each time, so nothing new is ever overlooked. Changes of this process are seen at once
 * (`forget`), those of other processes after `stalenessMilliseconds`.
 */
export class Resolver {
  readonly #store: RelationalStore;
  readonly #defaultTimezone: string;
  readonly #clock: () => number;
  readonly #lifetime: number;
  #devices = new Map<string, Device>();
  #series = new Map<string, ReadonlyMap<string, number>>();
  #expires = Number.POSITIVE_INFINITY;
  #generation = 0;

  constructor({ store, defaultTimezone, clock = Date.now }: ResolverOptions) {
    this.#store = store;
    this.#defaultTimezone = defaultTimezone;
    this.#clock = clock;
    // Nobody else can change an embedded store.
    this.#lifetime = store.engine === "pglite" ? Number.POSITIVE_INFINITY : stalenessMilliseconds;
  }

  /** Grows whenever something remembered may be wrong; whoever keeps places drops them then. */
  get generation(): number {
    if (this.#clock() >= this.#expires) this.forget();
    return this.#generation;
  }

  /** Forgets everything: the registry changed. */
  forget(): void {
    this.#devices = new Map();
    this.#series = new Map();
    this.#expires = Number.POSITIVE_INFINITY;
    this.#generation++;
  }

  /** The place of a name if it is in memory. */
  remembered({ organization, device, series }: ReadingName): ReadingPlace | undefined {
    if (this.#clock() >= this.#expires) this.forget();
    return this.#devices.get(deviceKey(organization, device))?.places.get(series);
  }

  /** @returns what each name means, in their order; a few statements however many names there are */
  async resolve(names: readonly ReadingName[]): Promise<Resolution[]> {
    const generation = this.generation;
    if (this.#devices.size > devicesInMemory) this.forget();
    const devices = await this.#findDevices(names, generation);
    await this.#loadSeries(
      names.flatMap((name) => devices.get(deviceKey(name.organization, name.device)) ?? []).filter(isDevice),
    );
    const resolutions = names.map((name): Resolution => {
      const device = devices.get(deviceKey(name.organization, name.device));
      if (device === undefined) return { kind: "unknown-device" };
      if (!isDevice(device)) return device;
      const place = this.#placeOf(device, name.series);
      return place ? { kind: "place", place } : { kind: "refused", field: "series_name", message: "" };
    });
    return this.#explainMissingSeries(names, devices, resolutions, this.#generation);
  }

  async #findDevices(names: readonly ReadingName[], generation: number): Promise<Map<string, Device | Refusal>> {
    const found = new Map<string, Device | Refusal>();
    const wanted = new Map<string, ReadingName>();
    for (const name of names) {
      const key = deviceKey(name.organization, name.device);
      const known = this.#devices.get(key);
      if (known) found.set(key, known);
      else wanted.set(key, name);
    }
    if (wanted.size === 0) return found;
    const rows = await this.#selectDevices([...new Set([...wanted.values()].map(({ device }) => device))]);
    for (const [key, name] of wanted) {
      const candidates = (rows.get(name.device) ?? []).filter(
        (row) => name.organization === undefined || row.organization === name.organization,
      );
      if (candidates.length === 1) found.set(key, this.#remember(key, candidates[0]!, generation));
      else if (candidates.length > 1) found.set(key, ambiguous(name.device));
    }
    return found;
  }

  #remember(key: string, row: DeviceRow, generation: number): Device {
    const { timezone, organization, organization_number, number, config } = row;
    const device: Device = {
      organization,
      organizationNumber: organization_number,
      number,
      timezone: timezone ?? this.#defaultTimezone,
      config,
      places: new Map(),
    };
    // What was read before a change must not outlive it.
    if (generation === this.#generation) {
      this.#devices.set(key, device);
      this.#expires = Math.min(this.#expires, this.#clock() + this.#lifetime);
    }
    return device;
  }

  async #selectDevices(names: readonly string[]): Promise<Map<string, DeviceRow[]>> {
    const { rows } = await sql<DeviceRow>`
      select d.name, d.number, d.organization, o.number as organization_number, t.config, c.timezone
      from meter_devices d
      join organizations o on o.id = d.organization
      left join meter_device_types t on t.id = d.type
      left join meter_device_configs c on c.id = t.config
      where d.name = any(${names}::text[])`.execute(this.#store.db);
    return Map.groupBy(rows, (row) => row.name);
  }

  /** Loads the series allowed for the devices, once for each config and each organization. */
  async #loadSeries(devices: readonly Device[]): Promise<void> {
    const generation = this.#generation;
    const missing = devices.filter((device) => !this.#series.has(seriesKey(device)));
    for (const [key, [device]] of Map.groupBy(missing, seriesKey)) {
      const numbers = await this.#selectSeries(device!);
      if (generation === this.#generation) this.#series.set(key, numbers);
      else return this.#loadSeries(devices);
    }
  }

  async #selectSeries({ config, organization }: Device): Promise<Map<string, number>> {
    const allowed = config
      ? sql`s.id in (select l.meter_reading_series from meter_device_config_series l where l.meter_device_config = ${config}::uuid)`
      : sql`s.organization = ${organization}::uuid`;
    const { rows } = await sql<{ name: string; number: number }>`
      select s.name, s.number from meter_reading_series s where ${allowed}`.execute(this.#store.db);
    return new Map(rows.map(({ name, number }) => [name, number]));
  }

  #placeOf(device: Device, series: string): ReadingPlace | undefined {
    const known = device.places.get(series);
    if (known) return known;
    const seriesNumber = this.#series.get(seriesKey(device))?.get(series);
    if (seriesNumber === undefined) return undefined;
    const place = placeOf(device, seriesNumber);
    device.places.set(series, place);
    return place;
  }

  /** Asks the registry itself before a reading is refused, as another process may have added the series just now. */
  async #explainMissingSeries(
    names: readonly ReadingName[],
    devices: ReadonlyMap<string, Device | Refusal>,
    resolutions: Resolution[],
    generation: number,
  ): Promise<Resolution[]> {
    const current = new Map<string, Promise<Map<string, number>>>();
    const named = new Map<string, Promise<boolean>>();
    for (const [index, resolution] of resolutions.entries()) {
      if (resolution.kind !== "refused" || resolution.message !== "") continue;
      const { organization, device: deviceName, series } = names[index]!;
      const device = devices.get(deviceKey(organization, deviceName)) as Device;
      const key = seriesKey(device);
      if (!current.has(key)) current.set(key, this.#selectSeries(device));
      const seriesNumber = (await current.get(key))!.get(series);
      if (seriesNumber !== undefined) {
        if (generation === this.#generation) this.#series.set(key, (await current.get(key))!);
        resolutions[index] = { kind: "place", place: placeOf(device, seriesNumber) };
        continue;
      }
      const nameKey = `${device.organization}\0${series}`;
      if (!named.has(nameKey)) named.set(nameKey, this.#isSeries(device.organization, series));
      const message = (await named.get(nameKey))!
        ? `The config of meter "${deviceName}" does not allow the series "${series}".`
        : `There is no meter reading series "${series}" in the organization of meter "${deviceName}".`;
      resolutions[index] = { kind: "refused", field: "series_name", message };
    }
    return resolutions;
  }

  async #isSeries(organization: string, name: string): Promise<boolean> {
    const { rows } = await sql`
      select from meter_reading_series where organization = ${organization}::uuid and name = ${name}`.execute(
      this.#store.db,
    );
    return rows.length > 0;
  }
}

type Refusal = Extract<Resolution, { kind: "refused" }>;

interface DeviceRow {
  name: string;
  number: number;
  organization: string;
  organization_number: number;
  config: string | null;
  timezone: string | null;
}

function isDevice(found: Device | Refusal): found is Device {
  return !("kind" in found);
}

function placeOf({ organizationNumber, number: deviceNumber, timezone }: Device, seriesNumber: number): ReadingPlace {
  const prefix = seriesPrefix(organizationNumber, deviceNumber, seriesNumber);
  return { organizationNumber, deviceNumber, seriesNumber, prefix, timezone };
}

function ambiguous(device: string): Refusal {
  const message = `Several organizations have a meter "${device}": name the organization.`;
  return { kind: "refused", field: "meter_device_name", message };
}

function deviceKey(organization: string | undefined, device: string): string {
  return organization === undefined ? device : `${organization}\0${device}`;
}

function seriesKey({ config, organization }: Device): string {
  return config ?? organization;
}
