/** Finds the meters a command is meant for. */
import { type Kysely, sql } from "kysely";
import { invalidFields } from "../errors/platform-error.ts";
import { deviceSearch } from "../registry/device-search.ts";
import type { Database } from "../stores/relational/database.ts";
import { commandLimits, type DeviceFilter, type NamedDevice, type Requester } from "./new-command.ts";

/** A place in the request. */
export interface AddressedDevice {
  /** As asked for, where it was asked for by that name. */
  readonly globalDeviceId: string | undefined;
  /** Undefined when there is none the requester may see. */
  readonly meter: AddressedMeter | undefined;
}

export interface AddressedMeter {
  readonly id: string;
  readonly globalDeviceId: string | null;
  readonly msn: string | null;
  readonly protocol: string;
  /** The model's profile in its settings, of protocols that know any. */
  readonly profile: string | null;
  readonly active: boolean;
  readonly hasDisconnector: boolean;
  /** The vendor's MDC that has it; null = our own. */
  readonly mdc: string | null;
  /** Commands that wait for it. */
  readonly waiting: number;
}

/**
 * The organization a command belongs to: the requester's only one, the named one, or that of the named devices.
 * @throws PlatformError `invalid` when nothing tells it
 */
export async function organizationOf(
  db: Kysely<Database>,
  requester: Requester,
  given: string | undefined,
  devices: readonly NamedDevice[] | DeviceFilter,
): Promise<string> {
  const { scope } = requester;
  if (!scope.staff) {
    if (given !== undefined && given !== scope.organization) throw invalidFields({ organization: noSuch(given) });
    return scope.organization;
  }
  if (given !== undefined) {
    const row = await db.selectFrom("organizations").select("id").where("id", "=", given).executeTakeFirst();
    if (!row) throw invalidFields({ organization: noSuch(given) });
    return row.id;
  }
  const owners = isFilter(devices) ? [] : await ownersOf(db, devices);
  if (owners.length === 1) return owners[0]!;
  throw invalidFields({
    organization:
      owners.length === 0
        ? "Name the organization: the devices do not tell it."
        : "The devices belong to several organizations: give one command for each, or name the organization.",
  });
}

/** The devices in the order of the request, each once. */
export async function namedDevices(
  db: Kysely<Database>,
  organization: string,
  devices: readonly NamedDevice[],
): Promise<AddressedDevice[]> {
  const { ids, globalDeviceIds } = namesOf(devices);
  const { rows } = await sql<MeterRow>`
    select ${meterColumns} from meter_devices d
    where d.organization = ${organization}::uuid
      and (d.id = any(${ids}::uuid[]) or d.global_device_id = any(${globalDeviceIds}::text[]))`.execute(db);
  const meters = rows.map(meterOf);
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const byGlobalId = new Map(meters.map((meter) => [meter.globalDeviceId, meter]));
  const taken = new Set<string>();
  return devices.flatMap((device) => {
    const name = "id" in device ? device.id.toLowerCase() : device.globalDeviceId;
    const meter = "id" in device ? byId.get(name) : byGlobalId.get(name);
    const key = meter?.id ?? name;
    if (taken.has(key)) return [];
    taken.add(key);
    return [{ globalDeviceId: "id" in device ? undefined : name, meter }];
  });
}

/** @throws PlatformError `invalid` when the filter says nothing, or finds more than a command may have */
export async function filteredDevices(
  db: Kysely<Database>,
  organization: string,
  filter: DeviceFilter,
): Promise<AddressedDevice[]> {
  const { search, type, task_group, mdc, all } = filter;
  const conditions = [
    ...(search === undefined || search.trim() === "" ? [] : [deviceSearch("d", search)]),
    ...(type === undefined ? [] : [sql`d.type = ${type}::uuid`]),
    ...(task_group === undefined
      ? []
      : [
          sql`exists (select from meter_device_task_groups g where g.meter_device = d.id and g.amr_task_group = ${task_group}::uuid)`,
        ]),
    ...(mdc === undefined ? [] : [sql`d.udil_mdc = ${mdc}::uuid`]),
  ];
  if (conditions.length === 0 && !all)
    throw invalidFields({ filter: 'Give a condition, or "all": true for every meter of the organization.' });
  const { rows } = await sql<MeterRow>`
    select ${meterColumns} from meter_devices d
    where ${sql.join([sql`d.organization = ${organization}::uuid`, ...conditions], sql` and `)}
    order by d.created_at, d.id limit ${commandLimits.devices + 1}`.execute(db);
  if (rows.length > commandLimits.devices)
    throw invalidFields({ filter: `More than ${commandLimits.devices} meters match. Choose fewer for one command.` });
  return rows.map((row) => ({ globalDeviceId: undefined, meter: meterOf(row) }));
}

export function isFilter(devices: readonly NamedDevice[] | DeviceFilter): devices is DeviceFilter {
  return !Array.isArray(devices);
}

const meterColumns = sql`d.id, d.global_device_id, d.msn, d.protocol, d.meter_activation_status, d.has_disconnector,
  d.udil_mdc as mdc,
  coalesce(d.dlms_settings ->> 'profile',
    (select t.dlms_settings ->> 'profile' from meter_device_types t where t.id = d.type)) as profile,
  (select count(*)::integer from command_devices w where w.meter_device = d.id and w.state = 'waiting') as waiting`;

interface MeterRow {
  readonly id: string;
  readonly global_device_id: string | null;
  readonly msn: string | null;
  readonly protocol: string;
  readonly profile: string | null;
  readonly meter_activation_status: number;
  readonly has_disconnector: boolean;
  readonly mdc: string | null;
  readonly waiting: number;
}

function meterOf(row: MeterRow): AddressedMeter {
  return {
    id: row.id,
    globalDeviceId: row.global_device_id,
    msn: row.msn,
    protocol: row.protocol,
    profile: row.profile,
    active: row.meter_activation_status === 1,
    hasDisconnector: row.has_disconnector,
    mdc: row.mdc,
    waiting: row.waiting,
  };
}

async function ownersOf(db: Kysely<Database>, devices: readonly NamedDevice[]): Promise<string[]> {
  const { ids, globalDeviceIds } = namesOf(devices);
  const { rows } = await sql<{ organization: string }>`
    select distinct organization from meter_devices
    where organization is not null and (id = any(${ids}::uuid[]) or global_device_id = any(${globalDeviceIds}::text[]))
    limit 2`.execute(db);
  return rows.map(({ organization }) => organization);
}

function namesOf(devices: readonly NamedDevice[]) {
  return {
    ids: devices.flatMap((device) => ("id" in device ? device.id : [])),
    globalDeviceIds: devices.flatMap((device) => ("globalDeviceId" in device ? device.globalDeviceId : [])),
  };
}

function noSuch(id: string): string {
  return `Invalid pk "${id}" - object does not exist.`;
}
