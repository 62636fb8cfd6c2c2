/**
 * The billing reset that `device_creation` names: a meter learns it by a command of its own, `update_mdi_reset_date`, as it
 * learns everything else. Vendors' MDCs are told of the creation itself, with the reset in it.
 */
import { randomUUID } from "node:crypto";
import type { Transaction } from "kysely";
import type { CommandName, CommandParameters } from "../registry/commands/index.ts";
import type { Database } from "../stores/relational/database.ts";
import { namedDevices } from "./addressed-devices.ts";
import { digestOf } from "./digest.ts";
import { refusalOf } from "./refusals.ts";
import { type CommandToStore, type Placement, storeCommand, storePlacements } from "./stored-commands.ts";

/**
 * Gives the command for our own meters that can be asked for it, at once and as urgent as the creation.
 * @param placements of the creation
 * @returns the same, whose remarks say whether the reset was sent, or why not
 */
export async function sendBillingReset(
  transaction: Transaction<Database>,
  creation: CommandToStore,
  placements: readonly Placement[],
  commandsOf: (protocol: string) => ReadonlySet<CommandName> | undefined,
): Promise<readonly Placement[]> {
  const ids = placements.flatMap(({ meterDevice, mdc, refusal }) =>
    meterDevice !== undefined && mdc === undefined && !refusal ? [{ id: meterDevice }] : [],
  );
  if (ids.length === 0) return placements;
  const meters = await namedDevices(transaction, creation.organization, ids);
  const refusals = new Map(meters.map((device) => [device.meter?.id, refusalOf(command, device, commandsOf)]));
  const isAsked = ({ meterDevice, done }: Placement) =>
    refusals.has(meterDevice) && refusals.get(meterDevice) === undefined && !isNew(done?.result);
  const asked = placements.filter(isAsked);
  if (asked.length > 0) await give(transaction, creation, asked);
  return placements.map((placement) => {
    const { meterDevice, done } = placement;
    if (!refusals.has(meterDevice)) return placement;
    const outcome = isAsked(placement) ? sent : `${notSent} ${refusals.get(meterDevice)?.remark ?? askLater}`;
    return { ...placement, done: { ...done, remark: [done?.remark ?? "", outcome].join(" ").trim() } };
  });
}

async function give(
  transaction: Transaction<Database>,
  creation: CommandToStore,
  asked: readonly Placement[],
): Promise<void> {
  const { mdi_reset_date, mdi_reset_time } = creation.parameters as CommandParameters<"device_creation">;
  const parameters = { mdi_reset_date, mdi_reset_time };
  const devices = asked.map(({ meterDevice }) => ({ id: meterDevice! }));
  const follower: CommandToStore = {
    ...{ ...creation, id: randomUUID(), command, parameters },
    // Nobody asked for it by a key: who gives the creation again by its key is told of the creation.
    ...{ idempotencyKey: undefined, digest: digestOf({ command, parameters, devices }) },
  };
  await storeCommand(transaction, follower);
  await storePlacements(
    transaction,
    follower,
    asked.map(({ done: _, ...placement }) => placement),
  );
}

const command = "update_mdi_reset_date";

/** One that was registered by the creation cannot be called yet. */
function isNew(result: unknown): boolean {
  return (result as { readonly registered?: boolean } | undefined)?.registered === true;
}

const sent = "The billing reset goes to the meter as a command of its own, update_mdi_reset_date.";
const notSent = "The billing reset is not sent to the meter.";
const askLater = "Give update_mdi_reset_date when it can be called.";
