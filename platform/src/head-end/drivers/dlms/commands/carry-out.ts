/** How a command is carried out, whichever it is: look, send, look again. */
import type { CommandName, CommandParameters } from "../../../../registry/commands/index.ts";
import type { CommandHomes, NoHome } from "../../../../registry/protocols/dlms-commands.ts";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import { asRunFailure, RunFailure } from "../../../causes.ts";
import { type CommandEvent, eventOfCommand } from "../../derived-events/command-events.ts";
import type { CommandToCarryOut } from "../../driver.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { failureOf } from "../failure-causes.ts";
import { commandFailure, isRefusal, unseen } from "./failures.ts";
import { MeterClock } from "./meter-clock.ts";
import { MeterObjects } from "./meter-objects.ts";

/** A command made ready for one meter. Nothing was changed yet: what the meter cannot do is told by then. */
export interface Preparation {
  /** What the meter shows that is not as commanded: sentences; none = it was carried out. */
  differences(): Promise<readonly string[]>;
  send(): Promise<void>;
  /** What is true once it was carried out, and should be known. */
  account?(): Promise<CommandAccount>;
  /** The meter may need seconds to do it: a relay moves. */
  readonly takesTime?: boolean;
}

export interface CommandAccount {
  /** Sentences for whoever gave the command. */
  readonly remarks?: readonly string[];
  /** What the meter shows, kept with the command. */
  readonly result?: unknown;
  /** What became of the meter, where that is not what was commanded; undefined = nothing changed. Absent = as commanded. */
  readonly event?: CommandEvent | undefined;
}

export interface Preparing<Name extends CommandName, Home> {
  readonly context: CallContext;
  readonly objects: MeterObjects;
  readonly clock: MeterClock;
  readonly parameters: CommandParameters<Name>;
  /** Where this meter keeps what the command sets. */
  readonly home: Home;
}

type HomedCommand = Extract<CommandName, keyof ReturnType<typeof commandHomes>>;
type HomeOf<Name extends HomedCommand> = Exclude<ReturnType<typeof commandHomes>[Name], { readonly by: "none" }>;

export type Prepare<Name extends HomedCommand> = (preparing: Preparing<Name, HomeOf<Name>>) => Promise<Preparation>;

export type CarryOut<Name extends CommandName = CommandName> = (
  context: CallContext,
  command: CommandToCarryOut<Name>,
) => Promise<StartedCall>;

/** A command that sets something the meter can show. */
export function verified<Name extends HomedCommand>(name: Name, prepare: Prepare<Name>): CarryOut<Name> {
  return prepared<Name, HomeOf<Name>>(
    (homes) => homes[name] as HomeOf<Name> | NoHome,
    (preparing) => prepare(preparing),
  );
}

/** A command whose home is that of another one, by its parameters. */
export function prepared<Name extends CommandName, Home>(
  homeOf: (homes: CommandHomes, parameters: CommandParameters<Name>) => Home | NoHome,
  prepare: (preparing: Preparing<Name, Home>) => Promise<Preparation>,
): CarryOut<Name> {
  return async (context, command) => {
    const { parameters } = command;
    const home = homeOf(commandHomes(context.dlms.profile), parameters);
    if (isNone(home)) throw new RunFailure("command_unsupported", home.reason);
    await command.reached(3);
    const begun = context.clock.now();
    const objects = new MeterObjects(context.session);
    const clock = new MeterClock(context);
    try {
      const preparation = await prepare({ context, objects, clock, parameters, home });
      const remarks = await sendOnce(context, command, preparation);
      const account = await accountOf(preparation);
      const event = "event" in account ? account.event : eventOfCommand(command.name, parameters);
      const told = tellEvent(context, event, begun);
      const notes = [...remarks, ...(account.remarks ?? [])];
      return { outcome: told.then((more) => ({ notes: [...notes, ...more], result: account.result })) };
    } catch (error) {
      throw commandFailure(error, objects.changes);
    }
  };
}

function isNone<Home>(home: Home | NoHome): home is NoHome {
  return (home as NoHome).by === "none";
}

/** @returns remarks @throws RunFailure `command_not_verified` */
async function sendOnce(
  context: CallContext,
  command: CommandToCarryOut,
  preparation: Preparation,
): Promise<readonly string[]> {
  // Level 4 is not told: nothing is sent, and how often a command was sent is counted by it.
  if (command.sentBefore && (await preparation.differences()).length === 0) {
    return ["An earlier attempt was broken off after it was sent; the meter shows that it was carried out."];
  }
  await command.reached(4);
  const refusal = await sendingRefused(preparation);
  const differences = await remaining(context, preparation, refusal === undefined).catch((error) => {
    throw refusal ?? unseen(error);
  });
  if (differences.length > 0) {
    throw refusal ?? new RunFailure("command_not_verified", differences.join(" "));
  }
  return refusal ? [`The meter refused it, and shows that it is so already. ${refusal.detail ?? ""}`.trimEnd()] : [];
}

/** Meters refuse what is so already: to disconnect a relay that is open, to delete what is not there. */
async function sendingRefused(preparation: Preparation): Promise<RunFailure | undefined> {
  try {
    await preparation.send();
    return undefined;
  } catch (error) {
    const failure = failureOf(error);
    if (isRefusal(failure)) return failure;
    throw unseen(error);
  }
}

async function remaining(
  { clock }: CallContext,
  preparation: Preparation,
  isWorthWaiting: boolean,
): Promise<readonly string[]> {
  let differences = await preparation.differences();
  for (const wait of preparation.takesTime && isWorthWaiting ? looks : []) {
    if (differences.length === 0) break;
    await new Promise<void>((resolve) => clock.after(wait, resolve));
    differences = await preparation.differences();
  }
  return differences;
}

/** The command was carried out, and was seen to be: nothing that fails from here on takes that back. */
async function accountOf(preparation: Preparation): Promise<CommandAccount> {
  try {
    return (await preparation.account?.()) ?? {};
  } catch (error) {
    const { message } = asRunFailure(failureOf(error));
    return { remarks: [`What the meter shows beside could not be read. ${message}`] };
  }
}

/** @returns remarks: the command was carried out, whatever becomes of its event */
async function tellEvent(
  { derivedEvents, device, clock }: CallContext,
  event: CommandEvent | undefined,
  begun: number,
): Promise<readonly string[]> {
  if (!event || !derivedEvents) return [];
  try {
    await derivedEvents.tell(device, [{ ...event, at: clock.now() }], begun);
    return [];
  } catch (error) {
    return [`No event tells of it. ${asRunFailure(error).message}`];
  }
}

/** Milliseconds between looks at a meter that may take its time: ten seconds in all. */
const looks: readonly number[] = [500, 1_500, 3_000, 5_000];
