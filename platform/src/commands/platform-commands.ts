/**
 * Commands that the platform carries out itself, in the transaction in which they are stored. Where a vendor's MDC has the
 * meter, it is told afterwards, as of any other command: so the platform knows the meter before its rows can come, and what
 * is on disk is both the change and that the MDC is still to be told of it, or neither.
 */
import { sql, type Transaction } from "kysely";
import { invalidFields } from "../errors/platform-error.ts";
import type { CommandParameters } from "../registry/commands/index.ts";
import { udilProtocol } from "../registry/protocols/udil.ts";
import type { Database } from "../stores/relational/database.ts";
import { cancelRows, lastCancellableLevel } from "./cancellation.ts";
import { commandLimits } from "./new-command.ts";
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

/** Of what a vendor's MDC is still to be told. */
export const mdcIsTold = "It is changed in the registry, and the meter's MDC is told.";

/**
 * Gives meters their id in other systems, by their serial number. One that nobody registered is registered, so that what
 * it sends finds a place: behind the MDC that is named, or as one of our own, whose keys and address must still be told.
 * @throws PlatformError `invalid` when there is no such MDC
 */
export async function createDevices(
  transaction: Transaction<Database>,
  organization: string,
  parameters: Creation,
): Promise<{ placements: Placement[]; created: CreatedMeter[] }> {
  const identities = parameters.device_identity;
  const named =
    parameters.udil_mdc === undefined ? undefined : await findMdc(transaction, organization, parameters.udil_mdc);
  const known = await knownMeters(transaction, organization, identities);
  const taken = new Set<string>();
  const decided = identities.map(({ dsn, global_device_id: globalDeviceId }): Decided => {
    const meter = known.byMsn.get(dsn) ?? known.bySerial.get(dsn) ?? known.byName.get(dsn);
    // A meter has several names: two serial numbers may mean the same one.
    const names = [`dsn ${dsn}`, `id ${globalDeviceId}`, ...(meter ? [`meter ${meter.id}`] : [])];
    const twice = names.some((name) => taken.has(name));
    for (const name of names) taken.add(name);
    const refusal =
      parameters.device_type === dataConcentrator
        ? refused("invalid_parameters", noMeter)
        : twice
          ? refused("invalid_parameters", `The meter ${dsn} or the id ${globalDeviceId} is named twice.`)
          : refusalOf(globalDeviceId, meter, known.byGlobalId.get(globalDeviceId), named);
    // Nobody else has it: whoever has a serial number as msn is found by it first.
    const msn = meter?.msn ?? (/^\d{1,20}$/.test(dsn) ? dsn : undefined);
    return { dsn, globalDeviceId, meter, refusal, msn, mdc: meter?.mdc ?? named?.id };
  });
  await nameMeters(transaction, decided);
  const created = await insertMeters(transaction, organization, parameters, named, decided);
  const byName = new Map(created.map((meter) => [meter.name, meter]));
  const placements = decided.map(({ dsn, globalDeviceId, msn, meter, mdc, refusal }): Placement => {
    const id = meter?.id ?? byName.get(dsn)?.id;
    const result = { meter_device: id, registered: meter === undefined };
    const done = refusal ? undefined : { remark: mdc === undefined ? ownRemark(meter) : mdcIsTold, result };
    return { meterDevice: id, globalDeviceId, msn, mdc, refusal, done };
  });
  return { placements, created };
}

/** UDIL's device_type of a DCU. */
const dataConcentrator = 2;
const noMeter = "device_type 2 is a DCU, which is no meter: staff registers how the meters behind it are reached.";

function ownRemark(meter: KnownMeter | undefined): string | undefined {
  if (meter) return undefined;
  return "The meter was not known: it is registered now, and needs its type, keys and address before it can be called.";
}

/**
 * Takes meters into use, or out of it: then what still waits for them is cancelled, as far as it can be, but for what tells a
 * vendor's MDC that there is such a meter. A status that the MDC was not told yet is not told any more.
 */
export async function setActivation(
  transaction: Transaction<Database>,
  meters: readonly string[],
  { meter_activation_status: status }: CommandParameters<"update_meter_status">,
  { by, at }: { readonly by: string; readonly at: number },
): Promise<void> {
  await sql`
    update meter_devices set meter_activation_status = ${status}, updated_at = ${new Date(at)}
    where id = any(${meters}::uuid[])`.execute(transaction);
  const { rows } = await sql<{ id: number; name: string }>`
    select c.id, k.command as name from command_devices c join commands k on k.id = c.command
    where c.meter_device = any(${meters}::uuid[]) and c.state in ('waiting', 'running')
      and c.status_level <= ${sql.lit(lastCancellableLevel)} order by c.id`.execute(transaction);
  const ids = (chosen: (name: string) => boolean) => rows.flatMap(({ id, name }) => (chosen(name) ? id : []));
  const earlier = ids((name) => name === "update_meter_status");
  await cancelRows(transaction, earlier, { by, at, reason: "The meter's status was set anew." });
  if (status === 1) return;
  const others = ids((name) => name !== "update_meter_status" && name !== "device_creation");
  await cancelRows(transaction, others, { by, at, reason: "The meter was taken out of use." });
}

interface KnownMeter {
  readonly id: string;
  readonly name: string;
  readonly serial: string | null;
  readonly msn: string | null;
  readonly globalDeviceId: string | null;
  readonly protocol: string;
  readonly mdc: string | null;
  /** Commands that wait for it. */
  readonly waiting: number;
}

interface NamedMdc {
  readonly id: string;
  /** Of meters it has. */
  readonly deviceType: string | null;
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
  /** The MDC that has the meter, or gets it. */
  readonly mdc: string | undefined;
  readonly refusal: Placement["refusal"];
}

async function findMdc(transaction: Transaction<Database>, organization: string, id: string): Promise<NamedMdc> {
  const row = await transaction
    .selectFrom("udil_mdcs")
    .select(["id", "device_type as deviceType"])
    .where("id", "=", id)
    .where("organization", "=", organization)
    .executeTakeFirst();
  if (row) return row;
  throw invalidFields({ parameters: [`udil_mdc: Invalid pk "${id}" - object does not exist.`] });
}

function refusalOf(
  globalDeviceId: string,
  meter: KnownMeter | undefined,
  bearer: KnownMeter | undefined,
  mdc: NamedMdc | undefined,
): Placement["refusal"] {
  if (meter?.globalDeviceId && meter.globalDeviceId !== globalDeviceId)
    return refused("identity_taken", `The meter has the global_device_id ${meter.globalDeviceId} already.`);
  if (bearer !== undefined && bearer !== meter) return refused("identity_taken");
  if (meter && mdc && meter.mdc !== mdc.id) {
    if (meter.mdc !== null)
      return refused(
        "identity_taken",
        "The meter is another MDC's. If it moved, set its udil_mdc, then give the command again.",
      );
    if (meter.protocol !== udilProtocol)
      return refused(
        "identity_taken",
        `The platform reads the meter itself. If the vendor reads it now, set its protocol to ${udilProtocol} and its udil_mdc, then give the command again.`,
      );
  }
  const waits =
    meter !== undefined && (meter.mdc ?? mdc) !== undefined && meter.waiting >= commandLimits.waitingPerDevice;
  return waits ? refused("too_many_waiting") : undefined;
}

async function knownMeters(
  transaction: Transaction<Database>,
  organization: string,
  identities: Creation["device_identity"],
): Promise<KnownMeters> {
  const serials = identities.map(({ dsn }) => dsn);
  const globalIds = identities.map(({ global_device_id }) => global_device_id);
  const { rows } = await sql<KnownMeter>`
    select id, name, manufacturer_serial as serial, msn, global_device_id as "globalDeviceId", protocol, udil_mdc as mdc,
      (select count(*)::integer from command_devices w where w.meter_device = meter_devices.id and w.state = 'waiting') as waiting
    from meter_devices
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
  const rows = decided.flatMap(({ meter, refusal, globalDeviceId, msn, mdc }) =>
    meter && !refusal ? { id: meter.id, global_device_id: globalDeviceId, msn: msn ?? null, mdc: mdc ?? null } : [],
  );
  if (rows.length === 0) return;
  await sql`
    update meter_devices d set global_device_id = v.global_device_id, msn = v.msn, udil_mdc = v.mdc, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id uuid, global_device_id text, msn text, mdc uuid)
    where d.id = v.id`.execute(transaction);
}

/** Kinds of `meter_type` behind current transformers, which have no relay; the last one has voltage transformers too. */
const transformerKinds = { current: [3, 4], voltage: [4] };

async function insertMeters(
  transaction: Transaction<Database>,
  organization: string,
  { meter_type }: Creation,
  mdc: NamedMdc | undefined,
  decided: readonly Decided[],
): Promise<CreatedMeter[]> {
  const rows = decided.flatMap(({ dsn, globalDeviceId, msn, meter, refusal }) =>
    !meter && !refusal ? { name: dsn, global_device_id: globalDeviceId, msn: msn ?? null } : [],
  );
  if (rows.length === 0) return [];
  const inserted = await sql<CreatedMeter>`
    insert into meter_devices (organization, name, manufacturer_serial, protocol, type, udil_mdc, global_device_id, msn,
      has_current_transformer, has_voltage_transformer, has_disconnector)
    select ${organization}::uuid, v.name, v.name, ${mdc ? udilProtocol : "dlms-cosem"}, ${mdc?.deviceType ?? null}::uuid,
      ${mdc?.id ?? null}::uuid, v.global_device_id, v.msn,
      ${transformerKinds.current.includes(meter_type)}, ${transformerKinds.voltage.includes(meter_type)},
      ${!transformerKinds.current.includes(meter_type)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(name text, global_device_id text, msn text)
    returning id, number, name, organization`.execute(transaction);
  return inserted.rows;
}
