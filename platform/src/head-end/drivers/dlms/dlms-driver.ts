/** The driver of `generic_dlms`: associates with a meter, makes the calls, and releases. */
import { ClientSession, type ClientSettings } from "@anymeter/dlms-cosem";
import type { CompleteDlmsSettings, DlmsCall } from "../../../registry/protocols/dlms.ts";
import { asRunFailure, RunFailure } from "../../causes.ts";
import type { Contact, Driver, PendingCall } from "../driver.ts";
import type { DriverServices } from "../driver-services.ts";
import type { ObjectListStore } from "../stores.ts";
import { zoneOffsetsOf } from "../zone-offsets.ts";
import type { CallContext, CallHandler } from "./call.ts";
import { readEvents } from "./calls/read-events.ts";
import { readObjectList } from "./calls/read-object-list.ts";
import { readProfile, readProfileByOffset } from "./calls/read-profile.ts";
import { readPushSetup } from "./calls/read-push-setup.ts";
import { readRegisters } from "./calls/read-registers.ts";
import { setTime } from "./calls/set-time.ts";
import {
  clientSettings,
  defaultSystemTitle,
  publicClientSettings,
  settingsOf,
  usesCounter,
} from "./client-settings.ts";
import { carryOut, dlmsCommands } from "./commands/index.ts";
import { epochOf } from "./epoch.ts";
import { failureOf } from "./failure-causes.ts";
import { expectedCounter, type ReserveCounters, SessionCounters } from "./invocation-counters.ts";
import { MeterSession } from "./meter-session.ts";

export interface DlmsDriverOptions extends DriverServices {
  readonly objectLists: ObjectListStore;
  readonly reserveCounter: ReserveCounters;
  /** Our own system title, 8 bytes; every process that shares a store must have the same one. */
  readonly systemTitle?: Uint8Array;
}

/** Makes the driver; one serves every session of the process. */
export function dlmsDriver(options: DlmsDriverOptions): Driver {
  return {
    name: "dlms",
    executionTypes: ["generic_dlms"],
    commands: dlmsCommands,
    contact: async (contact) => {
      const dlms = settingsOf(contact.device);
      const offsets = zoneOffsetsOf(contact.device.timezone);
      const session = await associate(contact, dlms, options, options.limits.session.idleTimeoutMilliseconds);
      const outcomes: Promise<void>[] = [];
      try {
        for (const call of contact.calls) {
          call.begin();
          const context: CallContext = {
            ...options,
            device: contact.device,
            session,
            dlms,
            offsets,
            epoch: epochOf(dlms, offsets),
            call,
            tellClock: contact.clock,
          };
          await make(call, context, outcomes);
        }
        await session.release();
      } finally {
        await Promise.all(outcomes);
      }
    },
  };
}

const handlers: Readonly<Record<DlmsCall, CallHandler>> = {
  read_registers: readRegisters,
  read_profile: readProfile,
  read_profile_by_offset_seconds: readProfileByOffset,
  read_events: readEvents,
  read_object_list: readObjectList,
  read_push_setup: readPushSetup,
  set_time: setTime,
};

/** Makes one call. @throws RunFailure when the session is over: then no other call can be made either */
async function make(call: PendingCall, context: CallContext, outcomes: Promise<void>[]): Promise<void> {
  try {
    const { outcome } = call.command
      ? await carryOut(context, call.command)
      : await handlers[call.name as DlmsCall](context);
    call.answered();
    outcomes.push(
      outcome.then(
        (done) => call.succeed(done),
        (error: unknown) => call.fail(asRunFailure(failureOf(error))),
      ),
    );
  } catch (error) {
    const failure = asRunFailure(failureOf(error));
    if (context.session.over) throw failure;
    call.fail(failure);
  }
}

/** Opens the association; reads the meter's invocation counter first where the settings say how. */
async function associate(
  contact: Contact,
  dlms: CompleteDlmsSettings,
  options: DlmsDriverOptions,
  silenceMilliseconds: number,
): Promise<MeterSession> {
  const { device } = contact;
  const counters = new SessionCounters(device.id, options.reserveCounter);
  const keys = (await options.openKeys(device.id)) ?? {};
  for (const secret of [keys.secret, keys.iec62056Password]) if (secret) contact.conceal(secret);
  const systemTitle = options.systemTitle ?? defaultSystemTitle;
  const settings = clientSettings(device, dlms, keys, counters, systemTitle);
  const counted = usesCounter(dlms);
  let line = await contact.connect();
  const open = async (clientSettings: ClientSettings, beforeSending: () => Promise<void>) => {
    const session = new MeterSession({
      session: newSession(clientSettings),
      line,
      silenceMilliseconds: dlms.timeout_seconds ? dlms.timeout_seconds * 1000 : silenceMilliseconds,
      beforeSending,
    });
    await session.connect();
    return session;
  };
  const replenish = counted ? () => counters.replenish() : nothing;
  const readFirst = counted && dlms.invocation_counter_object !== undefined;
  if (readFirst) {
    const session = await open(publicClientSettings(dlms), nothing);
    const logicalName = dlms.invocation_counter_object!;
    const { value } = await session.read({ classId: 1, logicalName, attribute: 2 });
    if (typeof value !== "number") throw new RunFailure("invalid_answer", `${logicalName} is no invocation counter.`);
    await session.release();
    await counters.startAt(value + 1);
  }
  try {
    return await open(settings, replenish);
  } catch (thrown) {
    const error = counted ? blamedOnKeys(thrown) : thrown;
    const expected = expectedCounter(error);
    // Some meters close the connection with the first association, or with a counter they do not like: once more, anew.
    const closed =
      error instanceof RunFailure && (error.code === "connection_closed" || error.code === "connection_reset");
    if (expected === undefined && !(readFirst && closed)) throw error;
    if (expected !== undefined) await counters.startAt(expected);
    line = await contact.connect();
    return await open(settings, replenish);
  }
}

/** A meter that cannot open a ciphered association request calls it a failed authentication: no proof was given yet. */
function blamedOnKeys(error: unknown): unknown {
  if (!(error instanceof RunFailure) || error.code !== "authentication_failed") return error;
  return new RunFailure("wrong_key", error.detail, { cause: error.cause });
}

function newSession(settings: ClientSettings): ClientSession {
  try {
    return new ClientSession(settings);
  } catch (error) {
    throw failureOf(error);
  }
}

async function nothing(): Promise<void> {}
