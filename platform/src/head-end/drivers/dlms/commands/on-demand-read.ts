/** `on_demand_read`: rows of one of the six kinds, read and stored as scheduled reads do it, and given as the result. */
import { formatObis } from "@anymeter/dlms-cosem";
import type { UdilRow, UdilTable } from "@anymeter/udil";
import type { RowTable } from "../../../../readings/profile-rows/profile-row.ts";
import type { OnDemandType } from "../../../../registry/commands/index.ts";
import { profilesBehind } from "../../../../registry/protocols/dlms-commands.ts";
import { commandHomes } from "../../../../registry/protocols/dlms-profiles.ts";
import { RunFailure } from "../../../causes.ts";
import { CollectedRows } from "../../collected-rows.ts";
import { eventOfRelay } from "../../derived-events/command-events.ts";
import type { CallOutcome, CommandToCarryOut } from "../../driver.ts";
import { type OnDemandParameters, onDemandOutcome, rangeOf, told } from "../../on-demand-read.ts";
import { privateCall } from "../../private-call.ts";
import { rowOf } from "../../udil-rows.ts";
import type { CallContext, CallHandler, StartedCall } from "../call.ts";
import { readEvents } from "../calls/read-events.ts";
import { readProfile } from "../calls/read-profile.ts";
import { readRegisters } from "../calls/read-registers.ts";
import { registersBehind } from "../calls/registers-behind.ts";
import { commandFailure } from "./failures.ts";
import { findProfiles } from "./profiles.ts";
import { settingsInForce } from "./settings-in-force.ts";

/** A read changes nothing: level 4 is not told, and what was broken off is read anew. */
export async function readOnDemand(
  context: CallContext,
  command: CommandToCarryOut<"on_demand_read">,
): Promise<StartedCall> {
  await command.reached(3);
  const { parameters } = command;
  const collected = new CollectedRows(context.profileRows);
  const reading = { context: { ...context, profileRows: collected }, collected, parameters };
  try {
    const started = await reads[parameters.type](reading);
    const outcomes = Promise.all(started.map(({ outcome }) => outcome));
    return { outcome: outcomes.then((all) => onDemandOutcome(parameters.type, collected, all)) };
  } catch (error) {
    throw commandFailure(error, "");
  }
}

interface Reading {
  /** Its rows go by `collected` into the store. */
  readonly context: CallContext;
  readonly collected: CollectedRows;
  readonly parameters: OnDemandParameters;
}

const reads: Readonly<Record<OnDemandType, (reading: Reading) => Promise<readonly StartedCall[]>>> = {
  INST: async (reading) => {
    const [profile] = await profilesOf(reading, "INST");
    return [
      profile === undefined ? await readNow(reading, "INST", ["INST"]) : await readRows(reading, "INST", profile),
    ];
  },
  // Without a profile of days the registers are what its next row will be.
  BILL: async (reading) => {
    const [profile] = await profilesOf(reading, "BILL");
    return [
      profile === undefined ? await readNow(reading, "BILL", ["BILL"]) : await readRows(reading, "BILL", profile),
    ];
  },
  MBIL: async (reading) => {
    const [profile] = await profilesOf(reading, "MBIL");
    return [await readRows(reading, "MBIL", profile ?? missing("MBIL"))];
  },
  LPRO: async (reading) => {
    const profiles = await profilesOf(reading, "LPRO");
    const started: StartedCall[] = [];
    for (const profile of profiles.length > 0 ? profiles : [missing("LPRO")]) {
      started.push(await readRows(reading, "LPRO", profile));
    }
    return started;
  },
  EVNT: async (reading) => {
    const logs = await profilesOf(reading, "EVNT");
    if (logs.length === 0) missing("EVNT");
    const obis = logs.map((log) => formatObis(log));
    return [
      await make(reading, readEvents, {
        obis,
        udil_table: "EVNT",
        ...rangeOf(reading.context.clock, reading.parameters),
      }),
    ];
  },
  VISL: async (reading) => {
    const { outcome } = await readNow(reading, "INST", ["INST", "VISL"]);
    const settings = await settingsInForce(reading.context);
    await tellSeenRelay(reading.context, settings);
    return [{ outcome: outcome.then((done) => withSettings(reading, settings, done)) }];
  },
};

function missing(table: UdilTable): never {
  throw new RunFailure("command_unsupported", `The meter has no profile behind ${table}.`);
}

async function profilesOf({ context }: Reading, table: UdilTable): Promise<readonly string[]> {
  return await findProfiles(context, profilesBehind(table, commandHomes(context.dlms.profile).on_demand_read));
}

async function readRows(reading: Reading, table: RowTable, profile: string): Promise<StartedCall> {
  return await make(reading, readProfile, {
    obis: formatObis(profile),
    udil_table: table,
    ...rangeOf(reading.context.clock, reading.parameters),
  });
}

/** The present values of the registers behind the fields of the tables, those that the meter has, as a row. */
async function readNow(reading: Reading, table: RowTable, fieldsOf: readonly UdilTable[]): Promise<StartedCall> {
  const obis = (await registersBehind(reading.context, fieldsOf)).map((name) => formatObis(name));
  return await make(reading, readRegisters, { obis, udil_table: table });
}

async function make(
  { context }: Reading,
  handler: CallHandler,
  kwargs: Readonly<Record<string, unknown>>,
): Promise<StartedCall> {
  const call = privateCall(context.call, kwargs);
  const { outcome } = await handler({ ...context, call });
  return { outcome: outcome.then((done) => told(call, done)) };
}

async function tellSeenRelay({ derivedEvents, device, clock }: CallContext, { auxr_status }: UdilRow): Promise<void> {
  if (auxr_status === undefined) return;
  await derivedEvents?.tellSeenRelay(device, { ...eventOfRelay(auxr_status === 1), at: clock.now() });
}

/** METER_VISUALS takes what the snapshot and the settings tell; the snapshot's row is written again with both. */
async function withSettings(
  { context, collected }: Reading,
  settings: Awaited<ReturnType<typeof settingsInForce>>,
  outcome: CallOutcome,
): Promise<CallOutcome> {
  const readAt = context.clock.now();
  const [snapshot] = collected.of("INST").slice(-1);
  const at = snapshot?.at ?? Math.floor(readAt / 1000) * 1000;
  const fields = { ...snapshot?.fields, ...settings };
  await collected.write([rowOf(context.device, { table: "INST", at, readAt: snapshot?.readAt ?? readAt }, fields)]);
  return outcome;
}
