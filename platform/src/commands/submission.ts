/** Takes a command: checks it, finds its devices, refuses where nothing can be done, and stores the rest. */
import { randomUUID } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import { invalidFields, PlatformError } from "../errors/platform-error.ts";
import { type CommandName, type CommandParameters, commands, isCommandName } from "../registry/commands/index.ts";
import type { Database } from "../stores/relational/database.ts";
import { filteredDevices, isFilter, namedDevices, organizationOf } from "./addressed-devices.ts";
import { sendBillingReset } from "./billing-reset.ts";
import { selectCommandRows } from "./command-rows.ts";
import { digestOf } from "./digest.ts";
import {
  type CommandPriority,
  commandLimits,
  type NamedDevice,
  type NewCommand,
  type Requester,
  type SubmittedCommand,
} from "./new-command.ts";
import { parameterProblems } from "./parameter-check.ts";
import { type CreatedMeter, createDevices, mdcIsTold, setActivation } from "./platform-commands.ts";
import { type Refusal, refusalOf, refused } from "./refusals.ts";
import { type CommandToStore, isCarriedOut, type Placement, storeCommand, storePlacements } from "./stored-commands.ts";

export interface SubmissionServices {
  readonly db: Kysely<Database>;
  readonly now: () => number;
  /** Commands that our own meters of a protocol can be asked for; undefined = none. */
  readonly commandsOf: (protocol: string) => ReadonlySet<CommandName> | undefined;
  /** Told after meters were registered by a command. */
  readonly created?: ((meters: readonly CreatedMeter[]) => Promise<void>) | undefined;
}

/** @throws PlatformError `invalid` naming the field, `idempotency_conflict` when the key was used for something else */
export async function submitCommand(
  services: SubmissionServices,
  request: NewCommand,
  requester: Requester,
): Promise<SubmittedCommand> {
  const { db } = services;
  const command = checkedName(request.command);
  const mistake = problemOf(command, request, requester);
  const named = devicesOf(command, request);
  const organization = await organizationOf(db, requester, request.organization, named);
  const problem = mistake ?? (await closedProblem(db, organization));
  const devices = problem && command === "device_creation" ? identitiesIn(request.parameters) : named;
  const toStore: CommandToStore = {
    id: randomUUID(),
    organization,
    command,
    parameters: { ...request.parameters },
    origin: requester.origin,
    requestedBy: requester.name,
    client: requester.origin === "udil" ? requester.client : undefined,
    idempotencyKey: request.dryRun ? undefined : checkedKey(request.idempotencyKey),
    digest: digestOf(request),
    filter: isFilter(devices) ? devices : undefined,
    priority: request.priority ?? defaultPriority,
    ...lifetime(request, services.now()),
  };
  const before = await submittedBefore(db, toStore);
  if (before) return before;
  const addressed = isFilter(devices)
    ? await filteredDevices(db, organization, devices)
    : await namedDevices(db, organization, devices);
  const placements = addressed.map(({ globalDeviceId, meter }): Placement => {
    const refusal = problem ?? refusalOf(command, { globalDeviceId, meter }, services.commandsOf);
    return {
      meterDevice: meter?.id,
      globalDeviceId: globalDeviceId ?? meter?.globalDeviceId ?? undefined,
      msn: meter?.msn ?? undefined,
      mdc: meter?.mdc ?? undefined,
      refusal,
    };
  });
  const stored = await store(services, toStore, placements, problem, request.dryRun === true);
  if (stored) return stored;
  const first = await submittedBefore(db, toStore);
  if (first) return first;
  throw new PlatformError("unavailable", { message: "The first request of this key was withdrawn. Send it again." });
}

/** @returns undefined when another request with the same key came first */
async function store(
  services: SubmissionServices,
  command: CommandToStore,
  placements: readonly Placement[],
  problem: Refusal | undefined,
  dryRun: boolean,
): Promise<SubmittedCommand | undefined> {
  let submitted: SubmittedCommand | undefined;
  let created: readonly CreatedMeter[] = [];
  try {
    await services.db.transaction().execute(async (transaction) => {
      if (!(await storeCommand(transaction, command))) return;
      const done = problem ? { placements, created } : await carryOut(services, transaction, command, placements);
      created = done.created;
      const ids = await storePlacements(transaction, command, done.placements);
      submitted = answer(command, done.placements, dryRun ? undefined : ids);
      // Everything was tried, with the store's own checks; now it never happened.
      if (dryRun) throw new DryRunEnd();
    });
  } catch (error) {
    if (!(error instanceof DryRunEnd)) throw error;
    return submitted;
  }
  if (created.length > 0) await services.created?.(created);
  return submitted;
}

class DryRunEnd extends Error {}

/** Does what the platform does itself. @returns the placements with what was done */
async function carryOut(
  { commandsOf }: SubmissionServices,
  transaction: Transaction<Database>,
  command: CommandToStore,
  placements: readonly Placement[],
): Promise<{ placements: readonly Placement[]; created: readonly CreatedMeter[] }> {
  if (command.command === "device_creation") {
    const parameters = command.parameters as CommandParameters<"device_creation">;
    const made = await createDevices(transaction, command.organization, parameters);
    return { ...made, placements: await sendBillingReset(transaction, command, made.placements, commandsOf) };
  }
  if (command.command === "update_meter_status") {
    const parameters = command.parameters as CommandParameters<"update_meter_status">;
    const meters = placements.flatMap(({ meterDevice, refusal }) => (refusal ? [] : (meterDevice ?? [])));
    await setActivation(transaction, meters, parameters, { by: command.requestedBy, at: command.createdAt });
    const done = (mdc: string | undefined) => (mdc === undefined ? {} : { remark: mdcIsTold });
    return {
      placements: placements.map((one) => (one.refusal ? one : { ...one, done: done(one.mdc) })),
      created: [],
    };
  }
  return { placements, created: [] };
}

/** The answer to an earlier request with the same key. @throws PlatformError `idempotency_conflict` */
async function submittedBefore(db: Kysely<Database>, command: CommandToStore): Promise<SubmittedCommand | undefined> {
  if (command.idempotencyKey === undefined) return undefined;
  const { organization, origin, requestedBy, client } = command;
  const stored = await db
    .selectFrom("commands")
    .select(["id", "digest", "priority", "expires_at", "created_at"])
    .where("organization", "=", organization)
    .where("origin", "=", origin)
    .where((eb) =>
      client === undefined
        ? eb("requested_by", "=", requestedBy).and("mdm_client", "is", null)
        : eb("mdm_client", "=", client),
    )
    .where("idempotency_key", "=", command.idempotencyKey)
    .executeTakeFirst();
  if (!stored) return undefined;
  if (stored.digest !== command.digest) throw new PlatformError("idempotency_conflict");
  const rows = await selectCommandRows(db, sql`c.command = ${stored.id}`, { withResults: false });
  return {
    id: stored.id,
    command: command.command,
    organization: command.organization,
    priority: stored.priority as CommandPriority,
    createdAt: stored.created_at.getTime(),
    expiresAt: stored.expires_at.getTime(),
    repeated: true,
    devices: rows.map((row) => {
      const accepted = row.state !== "refused";
      return {
        commandDevice: row.id,
        meterDevice: row.meterDevice ?? undefined,
        globalDeviceId: row.globalDeviceId ?? undefined,
        msn: row.msn ?? undefined,
        accepted,
        carriedOut: row.state === "succeeded",
        cause: accepted ? undefined : (row.cause ?? undefined),
        remark: accepted ? undefined : (row.remark ?? undefined),
      };
    }),
  };
}

function answer(
  command: CommandToStore,
  placements: readonly Placement[],
  ids: readonly number[] | undefined,
): SubmittedCommand {
  return {
    id: ids && command.id,
    command: command.command,
    organization: command.organization,
    priority: command.priority,
    createdAt: command.createdAt,
    expiresAt: command.expiresAt,
    repeated: false,
    devices: placements.map((placement, index) => {
      const { meterDevice, globalDeviceId, msn, refusal, done } = placement;
      return {
        commandDevice: ids?.[index],
        ...{ meterDevice, globalDeviceId, msn },
        accepted: refusal === undefined,
        carriedOut: isCarriedOut(placement),
        cause: refusal?.cause,
        remark: refusal?.remark ?? done?.remark,
      };
    }),
  };
}

function checkedName(name: string): CommandName {
  if (isCommandName(name)) return name;
  throw invalidFields({ command: `"${name}" is not a valid choice. Commands: ${Object.keys(commands).join(", ")}.` });
}

/**
 * What is wrong with the request for every device. UDIL answers that for each device and keeps it; other callers are told
 * at once.
 * @throws PlatformError `invalid`
 */
function problemOf(command: CommandName, request: NewCommand, requester: Requester): Refusal | undefined {
  const problems = request.problem === undefined ? parameterProblems(command, request.parameters) : [request.problem];
  if (problems.length === 0) return undefined;
  if (requester.origin === "api") throw invalidFields({ parameters: problems });
  return refused("invalid_parameters", problems.join(" "));
}

/** @throws PlatformError `invalid` when no devices are named, or too many */
function devicesOf(command: CommandName, { devices }: NewCommand): Exclude<NewCommand["devices"], undefined> {
  if (command === "device_creation") {
    if (devices !== undefined && (isFilter(devices) || devices.length > 0))
      throw invalidFields({ devices: "device_creation names its devices in parameters.device_identity." });
    return [];
  }
  if (devices === undefined) throw invalidFields({ devices: "Name the devices, or give a filter." });
  if (isFilter(devices)) return devices;
  if (devices.length === 0) throw invalidFields({ devices: "This list may not be empty." });
  if (devices.length > commandLimits.devices)
    throw invalidFields({ devices: `Ensure this field has no more than ${commandLimits.devices} elements.` });
  return devices;
}

/** Meters of an organization that is not active take no commands. */
async function closedProblem(db: Kysely<Database>, organization: string): Promise<Refusal | undefined> {
  const row = await db
    .selectFrom("organizations")
    .select("is_active")
    .where("id", "=", organization)
    .executeTakeFirst();
  return row?.is_active === false ? refused("organization_inactive") : undefined;
}

/** Whatever can be found of the devices in parameters of which nothing can be done. */
function identitiesIn({ device_identity }: { readonly device_identity?: unknown }): NamedDevice[] {
  if (!Array.isArray(device_identity)) return [];
  return device_identity.slice(0, commandLimits.devices).flatMap((identity: { global_device_id?: unknown } | null) => {
    const globalDeviceId = identity?.global_device_id;
    return typeof globalDeviceId === "string" && globalDeviceId !== "" ? { globalDeviceId } : [];
  });
}

function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  const most = commandLimits.idempotencyKeyCharacters;
  if (key === "" || key.length > most)
    throw invalidFields({ idempotency_key: `Ensure this field has 1 to ${most} characters.` });
  return key;
}

/** @throws PlatformError `invalid` when it would expire before it began, or hardly ever */
function lifetime({ expiresAt, expiresInSeconds }: NewCommand, now: number) {
  if (expiresAt !== undefined && expiresInSeconds !== undefined)
    throw invalidFields({ expires_at: "Give expires_at or expires_in_seconds, not both." });
  const inMilliseconds =
    expiresInSeconds === undefined ? commandLimits.defaultLifetimeMilliseconds : expiresInSeconds * 1000;
  const end = expiresAt ?? now + inMilliseconds;
  const days = commandLimits.longestLifetimeMilliseconds / 86_400_000;
  const field = expiresInSeconds === undefined ? "expires_at" : "expires_in_seconds";
  if (!(end > now) || end > now + commandLimits.longestLifetimeMilliseconds)
    throw invalidFields({ [field]: `A command expires in the future, in ${days} days at most.` });
  return { expiresAt: end, createdAt: now };
}

const defaultPriority = 1;
