/**
 * Registers a neighbourhood with a platform through its public API, as any client would: organization, series, configs,
 * types, interfaces, devices, keys, tasks. Doing it again adds nothing and repairs what changed, such as ports.
 */
import { type ProtocolName, protocols } from "../meters/protocols.ts";
import type { ReadingPlan, SeriesDescription, TaskDescription } from "../meters/simulated-meter.ts";
import type { MeterDescription, NeighbourhoodDescription } from "../neighbourhood/description.ts";
import { ApiClient, type ApiRow, type ApiSettings } from "./api-client.ts";
import { ensure, type Tally } from "./ensure.ts";

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
    const groups = await this.#ensureTasks(neighbourhood.meters);
    const interfaces = await this.#ensureInterfaces(neighbourhood.meters);
    const devices = await this.#ensureDevices(neighbourhood.meters, { types, groups, interfaces });
    const invoked = await this.#invokeNew(neighbourhood.meters, devices);
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
    // Protocols tell the same quantity in different units: the series has that of the meter that came first.
    for (const meter of meters)
      for (const series of seriesOf(meter)) if (!wanted.has(series.name)) wanted.set(series.name, series);
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
        series: seriesOf(meter).map(({ name }) => series.get(name)!),
        timezone: meter.timezone,
      });
      const type = await this.#ensure("types", byName(types, name), {
        organization: this.#organization,
        name,
        description: `${meter.description}, firmware ${meter.firmware}`,
        manufacturer: meter.make,
        manufacturer_model: meter.model,
        config: config.id,
        [protocols[meter.protocol].settingsField]: meter.settings,
      });
      ids.set(name, type.id);
    }
    return ids;
  }

  /** A task group for each reading plan, by its name. */
  async #ensureTasks(meters: readonly MeterDescription[]): Promise<ReadonlyMap<string, string>> {
    const [tasks, groups] = await Promise.all([this.#own("tasks"), this.#own("groups")]);
    const plans = new Map(meters.map(({ reading, protocol }) => [reading.group, { reading, protocol }]));
    const ids = new Map<string, string>();
    const used = new Set<string>();
    for (const { reading, protocol } of plans.values()) {
      const group = await this.#ensure("groups", byName(groups, reading.group), {
        organization: this.#organization,
        name: reading.group,
        description: `What ${protocols[protocol].label} meters of the neighbourhood are asked for.`,
        tasks: await this.#ensureTasksOf(reading, protocol, tasks, used),
      });
      ids.set(reading.group, group.id);
    }
    return ids;
  }

  /** Names of tasks are unique: one that another group uses already is made so by the name of its own. */
  async #ensureTasksOf(
    { tasks: wantedTasks, group }: ReadingPlan,
    protocol: ProtocolName,
    tasks: readonly ApiRow[],
    used: Set<string>,
  ): Promise<string[]> {
    const meter_execution_type = protocols[protocol].executionType;
    const ids: string[] = [];
    for (const { first: _, ...description } of wantedTasks) {
      const name = used.has(description.name) ? `${description.name} (${group})` : description.name;
      used.add(name);
      const wanted = { organization: this.#organization, meter_execution_type, ...description, name };
      const existing = byName(tasks, name);
      // Someone may have paused a task: only a new one is switched on.
      const row = await this.#ensure("tasks", existing, existing ? wanted : { ...wanted, is_active: true });
      ids.push(row.id);
    }
    return ids;
  }

  /**
   * An interface for each line, by its address: that of a device on the line with its port put right; else one that an
   * interrupted registration left behind; else a new one.
   */
  async #ensureInterfaces(meters: readonly MeterDescription[]): Promise<ReadonlyMap<string, string>> {
    const [devices, interfaces] = await Promise.all([this.#own("devices"), this.#own("interfaces")]);
    const taken = new Set(devices.map(({ network_interface }) => network_interface));
    const free = interfaces.filter(({ id }) => !taken.has(id));
    const lines = Map.groupBy(meters, lineOf);
    const ids = await inParallel([...lines.values()], async (onLine) => {
      const names = new Set(onLine.map(({ name }) => name));
      const { host, port, dialsIn } = onLine[0]!;
      const own = devices.find((device) => names.has(String(device.name)))?.network_interface;
      const existing =
        interfaces.find(({ id }) => id === own) ??
        free.find((candidate) => !dialsIn && candidate.static_ip_address === host && candidate.port === port);
      const row = await this.#ensure("interfaces", existing, {
        organization: this.#organization,
        static_ip_address: dialsIn ? null : host,
        port: dialsIn ? null : port,
        can_block: true,
      });
      return row.id;
    });
    return new Map([...lines.keys()].map((line, index) => [line, ids[index]!]));
  }

  async #ensureDevices(
    meters: readonly MeterDescription[],
    { types, groups, interfaces }: Readonly<Record<"types" | "groups" | "interfaces", ReadonlyMap<string, string>>>,
  ): Promise<readonly ApiRow[]> {
    const [devices, keys] = await Promise.all([this.#own("devices"), this.#keys()]);
    return inParallel(meters, async (meter) => {
      const existing = byName(devices, meter.name);
      const device = await this.#ensure("devices", existing, {
        organization: this.#organization,
        name: meter.name,
        manufacturer_serial: meter.serial,
        protocol: meter.protocol,
        ...meter.deviceFields,
        // An MDM system may have given the meter another name since.
        ...(existing?.global_device_id == null && meter.firstFields),
        ...(meter.ownSettings && { [protocols[meter.protocol].settingsField]: meter.ownSettings }),
        type: types.get(modelOf(meter))!,
        task_groups: [groups.get(meter.reading.group)!],
        network_interface: interfaces.get(lineOf(meter))!,
      });
      await this.#ensureKeys(meter, device, keys.get(device.id));
      return device;
    });
  }

  /** Collections cannot be changed: one with other keys is replaced. A secret is never returned, so it is taken as right. */
  async #ensureKeys(meter: MeterDescription, device: ApiRow, existing: ApiRow | undefined): Promise<void> {
    const { secrets = {} } = meter;
    if (Object.keys(secrets).length === 0) return;
    if (existing !== undefined) {
      const isRight = Object.entries(secrets).every(
        ([name, secret]) => !(name in existing) || sameHex(existing[name], secret),
      );
      if (isRight) {
        this.#tally.unchanged++;
        return;
      }
      await this.#api.remove(paths.keys, existing.id);
    }
    await this.#api.create(paths.keys, { meter: device.id, ...secrets });
    this.#tally[existing === undefined ? "created" : "changed"]++;
  }

  /** Schedules begin with their next period; a meter without any reading is asked for everything now. */
  async #invokeNew(meters: readonly MeterDescription[], devices: readonly ApiRow[]): Promise<number> {
    const invoked = await inParallel(meters, async ({ protocol, reading }, index) => {
      const device = devices[index]!;
      if ((await this.#api.count(paths.readings, { meter_device: device.id })) > 0) return false;
      for (const task of reading.tasks) {
        const { task_call, task_kwargs }: Pick<TaskDescription, "task_call" | "task_kwargs"> = task.first ?? task;
        await this.#api.post(paths.invoke, {
          meter_device: device.id,
          meter_execution_type: protocols[protocol].executionType,
          ...{ task_call, task_kwargs, run_offset_seconds: 0 },
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

const ctAffected = new Set(["Wh", "varh", "A", "W", "var"]);
const vtAffected = new Set(["Wh", "varh", "V", "W", "var"]);

function seriesOf({ series, moreSeries = [] }: MeterDescription): readonly SeriesDescription[] {
  return [...series, ...moreSeries];
}

function modelOf({ make, model }: MeterDescription): string {
  return `${make} ${model}`;
}

/** Meters of one line have one interface; one that dials in has its own. */
function lineOf({ host, port, name, dialsIn }: MeterDescription): string {
  return dialsIn ? name : `${host}:${port}`;
}

function byName(rows: readonly ApiRow[], name: string): ApiRow | undefined {
  return rows.find((row) => row.name === name);
}

function sameHex(one: unknown, other: string): boolean {
  return typeof one === "string" && one.toLowerCase() === other.toLowerCase();
}

/** Runs `act` for all, so many at once, and keeps the order. Rejects with the first failure, once nothing runs any more. */
async function inParallel<T, R>(items: readonly T[], act: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await act(items[index]!, index);
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
