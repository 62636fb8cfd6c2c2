/**
 * Registers a neighbourhood with a platform through its public API, as any client would: organization, series, configs,
 * types, interfaces, devices, keys, tasks. Doing it again adds nothing and repairs what changed, such as ports.
 */
import type { MeterDescription, NeighbourhoodDescription, SeriesDescription } from "../neighbourhood/description.ts";
import { ApiClient, type ApiRow, type ApiSettings } from "./api-client.ts";
import { ensure, type Tally } from "./ensure.ts";
import { executionType, regularTasks } from "./tasks.ts";

export interface RegistrationSettings extends ApiSettings {
  readonly neighbourhood: NeighbourhoodDescription;
  /** Name of the organization that owns the meters. Default "Anymeter neighbourhood". */
  readonly organization?: string;
}

export interface RegistrationReport extends Readonly<Tally> {
  /** Id of the organization. */
  readonly organization: string;
  readonly devices: readonly { readonly id: string; readonly name: string }[];
  /** Meters that have no stored reading yet and were asked for everything at once. */
  readonly invoked: number;
}

/** Rejects with an `ApiError` that names the request the platform refused. */
export async function registerNeighbourhood(settings: RegistrationSettings): Promise<RegistrationReport> {
  const registration = new Registration(settings);
  return registration.run();
}

const paths = {
  organizations: "/v1/organizations/",
  series: "/v1/metering/meter-reading-series",
  configs: "/v1/metering/meter-device-configs",
  types: "/v1/metering/meter-device-types",
  interfaces: "/v1/metering/network-interfaces",
  devices: "/v1/metering/meter-devices",
  keys: "/v1/metering/meter-security-keys",
  tasks: "/v1/metering/amr-tasks/",
  groups: "/v1/metering/amr-task-groups/",
  invoke: "/v1/metering/amr-tasks/invoke",
  readings: "/v1/metering/meter-readings",
};

class Registration {
  readonly #api: ApiClient;
  readonly #settings: RegistrationSettings;
  readonly #tally: Tally = { created: 0, changed: 0, unchanged: 0 };
  #organization = "";

  constructor(settings: RegistrationSettings) {
    this.#settings = settings;
    this.#api = new ApiClient(settings);
  }

  async run(): Promise<RegistrationReport> {
    const { neighbourhood, organization = "Anymeter neighbourhood" } = this.#settings;
    const organizations = await this.#api.list(paths.organizations);
    const owner = await this.#ensure("organizations", byName(organizations, organization), { name: organization });
    this.#organization = owner.id;
    const series = await this.#ensureSeries(neighbourhood.meters);
    const types = await this.#ensureTypes(neighbourhood.meters, series);
    const group = await this.#ensureTasks();
    const devices = await this.#ensureDevices(neighbourhood.meters, types, group);
    const invoked = await this.#invokeNew(devices);
    return {
      organization: this.#organization,
      ...this.#tally,
      devices: devices.map(({ id, name }) => ({ id, name: String(name) })),
      invoked,
    };
  }

  /** Series by name: what any of the meters captures. */
  async #ensureSeries(meters: readonly MeterDescription[]): Promise<ReadonlyMap<string, string>> {
    const known = await this.#own("series");
    const wanted = new Map<string, SeriesDescription>();
    for (const meter of meters) for (const series of meter.series) wanted.set(series.name, series);
    const ids = new Map<string, string>();
    for (const { name, unit, description } of wanted.values()) {
      const row = await this.#ensure("series", byName(known, name), {
        organization: this.#organization,
        name,
        unit,
        description,
        affected_by_ct_ratio: ctAffected.has(unit),
        affected_by_vt_ratio: vtAffected.has(unit),
      });
      ids.set(name, row.id);
    }
    return ids;
  }

  /** A config and a type for each model, by model. */
  async #ensureTypes(
    meters: readonly MeterDescription[],
    series: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, string>> {
    const [configs, types] = await Promise.all([this.#own("configs"), this.#own("types")]);
    const ids = new Map<string, string>();
    for (const meter of new Map(meters.map((candidate) => [modelOf(candidate), candidate])).values()) {
      const name = modelOf(meter);
      const config = await this.#ensure("configs", byName(configs, name), {
        organization: this.#organization,
        name,
        series: meter.series.map((captured) => series.get(captured.name)!),
        timezone: meter.timezone,
      });
      const type = await this.#ensure("types", byName(types, name), {
        organization: this.#organization,
        name,
        description: `${meter.phases === 3 ? "Three" : "Single"}-phase meter, firmware ${meter.firmware}`,
        manufacturer: meter.make,
        manufacturer_model: meter.model,
        config: config.id,
        dlms_settings: meter.dlmsSettings,
      });
      ids.set(name, type.id);
    }
    return ids;
  }

  async #ensureTasks(): Promise<ApiRow> {
    const [tasks, groups] = await Promise.all([this.#own("tasks"), this.#own("groups")]);
    const ids: string[] = [];
    for (const description of regularTasks) {
      const wanted = { organization: this.#organization, meter_execution_type: executionType, ...description };
      const existing = byName(tasks, description.name);
      // Someone may have paused a task: only a new one is switched on.
      const row = await this.#ensure("tasks", existing, existing ? wanted : { ...wanted, is_active: true });
      ids.push(row.id);
    }
    return this.#ensure("groups", byName(groups, groupName), {
      organization: this.#organization,
      name: groupName,
      description: "What every meter of the neighbourhood is asked for.",
      tasks: ids,
    });
  }

  async #ensureDevices(
    meters: readonly MeterDescription[],
    types: ReadonlyMap<string, string>,
    group: ApiRow,
  ): Promise<readonly ApiRow[]> {
    const [devices, interfaces, keys] = await Promise.all([
      this.#own("devices"),
      this.#own("interfaces"),
      this.#keys(),
    ]);
    const taken = new Set(devices.map(({ network_interface }) => network_interface));
    const free = interfaces.filter(({ id }) => !taken.has(id));
    return inParallel(meters, async (meter) => {
      const existing = byName(devices, meter.name);
      const own = interfaces.find(({ id }) => id === existing?.network_interface);
      const networkInterface = await this.#ensureInterface(meter, own, free);
      const device = await this.#ensure("devices", existing, {
        organization: this.#organization,
        name: meter.name,
        manufacturer_serial: meter.serial,
        protocol: "dlms-cosem",
        dlms_logical_device_name: meter.logicalDeviceName,
        dlms_system_title: meter.systemTitle,
        type: types.get(modelOf(meter))!,
        task_groups: [group.id],
        network_interface: networkInterface.id,
        has_disconnector: true,
      });
      await this.#ensureKeys(meter, device, keys.get(device.id));
      return device;
    });
  }

  /** The device's own interface with its port put right; else one that an interrupted registration left behind; else new. */
  async #ensureInterface(meter: MeterDescription, own: ApiRow | undefined, free: readonly ApiRow[]): Promise<ApiRow> {
    const existing =
      own ?? free.find(({ static_ip_address, port }) => static_ip_address === meter.host && port === meter.port);
    return this.#ensure("interfaces", existing, {
      organization: this.#organization,
      static_ip_address: meter.host,
      port: meter.port,
      can_block: true,
    });
  }

  /** Collections cannot be changed: one with other keys is replaced. A secret is never returned, so it is taken as right. */
  async #ensureKeys(meter: MeterDescription, device: ApiRow, existing: ApiRow | undefined): Promise<void> {
    const { keys, secret } = meter;
    if (keys === undefined && secret === undefined) return;
    const visible = {
      dlms_global_unicast_encryption_key: keys?.encryption ?? null,
      dlms_global_authentication_key: keys?.authentication ?? null,
    };
    if (existing !== undefined) {
      const isRight = Object.entries(visible).every(([name, key]) => sameHex(existing[name], key));
      if (isRight) {
        this.#tally.unchanged++;
        return;
      }
      await this.#api.remove(paths.keys, existing.id);
    }
    await this.#api.create(paths.keys, { meter: device.id, ...visible, ...(secret && { dlms_secret: secret }) });
    this.#tally[existing === undefined ? "created" : "changed"]++;
  }

  /** Schedules begin with their next period; a meter without any reading is asked for everything now. */
  async #invokeNew(devices: readonly ApiRow[]): Promise<number> {
    const invoked = await inParallel(devices, async (device) => {
      if ((await this.#api.count(paths.readings, { meter_device: device.id })) > 0) return false;
      for (const { task_call, task_kwargs } of regularTasks) {
        await this.#api.post(paths.invoke, {
          meter_device: device.id,
          meter_execution_type: executionType,
          task_call,
          task_kwargs,
          run_offset_seconds: 0,
        });
      }
      return true;
    });
    return invoked.filter(Boolean).length;
  }

  /** Rows of this organization. */
  async #own(resource: keyof typeof paths): Promise<readonly ApiRow[]> {
    const rows = await this.#api.list(paths[resource]);
    return rows.filter(({ organization }) => organization === this.#organization);
  }

  /** Key collections by device. */
  async #keys(): Promise<ReadonlyMap<string, ApiRow>> {
    const rows = await this.#api.list(paths.keys);
    return new Map(rows.map((row) => [(row.meter as ApiRow).id, row]));
  }

  #ensure(resource: keyof typeof paths, existing: ApiRow | undefined, wanted: Readonly<Record<string, unknown>>) {
    return ensure(this.#api, this.#tally, paths[resource], existing, wanted);
  }
}

const groupName = "DLMS meters";
const ctAffected = new Set(["Wh", "varh", "A", "W", "var"]);
const vtAffected = new Set(["Wh", "varh", "V", "W", "var"]);

function modelOf({ make, model }: MeterDescription): string {
  return `${make} ${model}`;
}

function byName(rows: readonly ApiRow[], name: string): ApiRow | undefined {
  return rows.find((row) => row.name === name);
}

function sameHex(one: unknown, other: string | null): boolean {
  return typeof one === "string" ? one.toLowerCase() === other?.toLowerCase() : (one ?? null) === other;
}

/** Runs `act` for all, so many at once, and keeps the order. Rejects with the first failure, once nothing runs any more. */
async function inParallel<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await act(items[index]!);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: requestsAtOnce }, worker));
  const failed = workers.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return results;
}

const requestsAtOnce = 8;
