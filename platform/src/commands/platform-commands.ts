/** Commands that the platform carries out itself, in the transaction in which they are stored. */
import { sql, type Transaction } from "kysely";
import type { CommandParameters } from "../registry/commands/index.ts";
import type { Database } from "../stores/relational/database.ts";
import { cancelRows, lastCancellableLevel } from "./cancellation.ts";
import { refused } from "./refusals.ts";
import type { Placement } from "./stored-commands.ts";

/** A meter that was not known before. */
export interface CreatedMeter {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly organization: string;
}

type Creation = CommandParameters<"device_creation">;

/**
 * Gives meters their id in other systems, by their serial number. One that nobody registered is registered, so that what
 * it sends finds a place; its keys and its address must still be told.
 */
export async function createDevices(
  transaction: Transaction<Database>,
  organization: string,
  parameters: Creation,
): Promise<{ placements: Placement[]; created: CreatedMeter[] }> {
  const identities = parameters.device_identity;
  const known = await knownMeters(transaction, organization, identities);
  const taken = new Set<string>();
  const decided = identities.map(({ dsn, global_device_id: globalDeviceId }): Decided => {
    const meter = known.byMsn.get(dsn) ?? known.bySerial.get(dsn) ?? known.byName.get(dsn);
    // A meter has several names: two serial numbers may mean the same one.
    const names = [`dsn ${dsn}`, `id ${globalDeviceId}`, ...(meter ? [`meter ${meter.id}`] : [])];
    const twice = names.some((name) => taken.has(name));
    for (const name of names) taken.add(name);
    const refusal = twice
      ? refused("invalid_parameters", `The meter ${dsn} or the id ${globalDeviceId} is named twice.`)
      : refusalOf(globalDeviceId, meter, known.byGlobalId.get(globalDeviceId));
    // Nobody else has it: whoever has a serial number as msn is found by it first.
    return { dsn, globalDeviceId, meter, refusal, msn: meter?.msn ?? (/^\d{1,20}$/.test(dsn) ? dsn : undefined) };
  });
  await nameMeters(transaction, decided);
  const created = await insertMeters(transaction, organization, parameters, decided);
  const byName = new Map(created.map((meter) => [meter.name, meter]));
  const placements = decided.map(({ dsn, globalDeviceId, msn, meter, refusal }): Placement => {
    const id = meter?.id ?? byName.get(dsn)?.id;
    const remark = meter
      ? undefined
      : "The meter was not known: it is registered now, and needs its type, keys and address before it can be called.";
    const result = { meter_device: id, registered: meter === undefined };
    return {
      meterDevice: id,
      globalDeviceId,
      msn,
      mdc: undefined,
      refusal,
      done: refusal ? undefined : { remark, result },
    };
  });
  return { placements, created };
}

/** Takes meters into use, or out of it: then what still waits for them is cancelled, as far as it can be. */
export async function setActivation(
  transaction: Transaction<Database>,
  meters: readonly string[],
  { meter_activation_status: status }: CommandParameters<"update_meter_status">,
  { by, at }: { readonly by: string; readonly at: number },
): Promise<void> {
  await sql`
    update meter_devices set meter_activation_status = ${status}, updated_at = ${new Date(at)}
    where id = any(${meters}::uuid[])`.execute(transaction);
  if (status === 1) return;
  const { rows } = await sql<{ id: number }>`
    select id from command_devices
    where meter_device = any(${meters}::uuid[]) and state in ('waiting', 'running')
      and status_level <= ${sql.lit(lastCancellableLevel)} order by id`.execute(transaction);
  await cancelRows(
    transaction,
    rows.map(({ id }) => id),
    { by, at, reason: "The meter was taken out of use." },
  );
}

interface KnownMeter {
  readonly id: string;
  readonly name: string;
  readonly serial: string | null;
  readonly msn: string | null;
  readonly globalDeviceId: string | null;
}

type Meters = ReadonlyMap<string, KnownMeter>;

interface KnownMeters {
  readonly byMsn: Meters;
  readonly bySerial: Meters;
  readonly byName: Meters;
  readonly byGlobalId: Meters;
}

interface Decided {
  readonly dsn: string;
  readonly globalDeviceId: string;
  readonly meter: KnownMeter | undefined;
  readonly msn: string | undefined;
  readonly refusal: Placement["refusal"];
}

function refusalOf(
  globalDeviceId: string,
  meter: KnownMeter | undefined,
  bearer: KnownMeter | undefined,
): Placement["refusal"] {
  if (meter?.globalDeviceId && meter.globalDeviceId !== globalDeviceId)
    return refused("identity_taken", `The meter has the global_device_id ${meter.globalDeviceId} already.`);
  return bearer !== undefined && bearer !== meter ? refused("identity_taken") : undefined;
}

async function knownMeters(
  transaction: Transaction<Database>,
  organization: string,
  identities: Creation["device_identity"],
): Promise<KnownMeters> {
  const serials = identities.map(({ dsn }) => dsn);
  const globalIds = identities.map(({ global_device_id }) => global_device_id);
  const { rows } = await sql<KnownMeter>`
    select id, name, manufacturer_serial as serial, msn, global_device_id as "globalDeviceId" from meter_devices
    where organization = ${organization}::uuid and (msn = any(${serials}::text[]) or manufacturer_serial = any(${serials}::text[])
      or name = any(${serials}::text[]) or global_device_id = any(${globalIds}::text[]))
    order by created_at, id for update`.execute(transaction);
  // The oldest one is found where several have a serial number.
  const byName = (name: (meter: KnownMeter) => string | null) =>
    new Map(rows.toReversed().flatMap((meter) => (name(meter) === null ? [] : [[name(meter)!, meter] as const])));
  return {
    byMsn: byName(({ msn }) => msn),
    bySerial: byName(({ serial }) => serial),
    byName: byName(({ name }) => name),
    byGlobalId: byName(({ globalDeviceId }) => globalDeviceId),
  };
}

async function nameMeters(transaction: Transaction<Database>, decided: readonly Decided[]): Promise<void> {
  const rows = decided.flatMap(({ meter, refusal, globalDeviceId, msn }) =>
    meter && !refusal ? { id: meter.id, global_device_id: globalDeviceId, msn: msn ?? null } : [],
  );
  if (rows.length === 0) return;
  await sql`
    update meter_devices d set global_device_id = v.global_device_id, msn = v.msn, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id uuid, global_device_id text, msn text)
    where d.id = v.id`.execute(transaction);
}

/** Kinds of `meter_type` behind current transformers, which have no relay; the last one has voltage transformers too. */
const transformerKinds = { current: [3, 4], voltage: [4] };

async function insertMeters(
  transaction: Transaction<Database>,
  organization: string,
  { meter_type }: Creation,
  decided: readonly Decided[],
): Promise<CreatedMeter[]> {
  const rows = decided.flatMap(({ dsn, globalDeviceId, msn, meter, refusal }) =>
    !meter && !refusal ? { name: dsn, global_device_id: globalDeviceId, msn: msn ?? null } : [],
  );
  if (rows.length === 0) return [];
  const inserted = await sql<CreatedMeter>`
    insert into meter_devices (organization, name, manufacturer_serial, protocol, global_device_id, msn,
      has_current_transformer, has_voltage_transformer, has_disconnector)
    select ${organization}::uuid, v.name, v.name, 'dlms-cosem', v.global_device_id, v.msn,
      ${transformerKinds.current.includes(meter_type)}, ${transformerKinds.voltage.includes(meter_type)},
      ${!transformerKinds.current.includes(meter_type)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(name text, global_device_id text, msn text)
    returning id, number, name, organization`.execute(transaction);
  return inserted.rows;
}
