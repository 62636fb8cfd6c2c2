/**
 * The mould of a driver: what a protocol's driver tells of itself, and the contact made of it. The protocol library's client
 * session talks over the line; a request is a promise; errors become causes; calls are made one after another.
 */
import { type ClientSession, Conversation, ProtocolError, type Request } from "@anymeter/sans-io";
import type { CommandName } from "../../registry/commands/index.ts";
import type { ProtocolDeclaration } from "../../registry/protocols/declaration.ts";
import type { SettingsName } from "../../registry/protocols/index.ts";
import type { DeviceKeys } from "../../registry/security-keys.ts";
import type { ExecutionType } from "../../registry/task-calls.ts";
import { asRunFailure, type CauseCode, RunFailure } from "../causes.ts";
import type { Line } from "../session/line.ts";
import type { CallOutcome, Contact, ContactedDevice, Driver, PendingCall } from "./driver.ts";
import type { DriverServices } from "./driver-services.ts";
import { type CausesByCode, failureOf } from "./failure-causes.ts";
import { type ZoneOffsets, zoneOffsetsOf } from "./zone-offsets.ts";

/** Everything a protocol says about how its meters are read. */
export interface DriverDescription<Client extends ClientSession, Settings> {
  /** Label in metrics and logs. */
  readonly name: string;
  readonly declaration: ProtocolDeclaration;
  /** The client session of one contact. @throws RunFailure `settings_invalid` or `key_missing` */
  readonly client: (options: ClientOptions<Settings>) => Client;
  /** What comes before the first call: a sign-on, a selection. */
  readonly open?: (context: ContactContext<Client, Settings>) => Promise<void>;
  /** What follows the last call: a goodbye. A meter that does not answer it has done its work all the same. */
  readonly close?: (context: ContactContext<Client, Settings>) => Promise<void>;
  readonly calls: Readonly<Record<string, CallHandler<Client, Settings>>>;
  /** Commands its meters can be asked for. A handler tells how far it got by `call.command`. */
  readonly commands?: Readonly<Partial<Record<CommandName, CallHandler<Client, Settings>>>>;
  /** Causes of the library's errors that their fault alone does not tell. */
  readonly causes: CausesByCode;
}

export interface ClientOptions<Settings> {
  readonly device: ContactedDevice;
  /** The type's and the device's settings over the defaults. */
  readonly settings: Settings;
  readonly keys: DeviceKeys;
  /** Longest wait for an answer, from `timeout_seconds` or the head-end's default. */
  readonly timeoutMilliseconds: number;
}

export interface ContactContext<Client, Settings> extends ClientOptions<Settings>, DriverServices {
  readonly client: Client;
  /** The answer to a request made of the client. @throws RunFailure with the cause */
  readonly request: <Result>(request: Request<Result>) => Promise<Result>;
  /** Offsets of the meter's zone, for times that carry none. */
  readonly zone: ZoneOffsets;
  /** Tells what the meter's clock showed. */
  readonly tellClock: Contact["clock"];
}

export interface CallContext<Client, Settings> extends ContactContext<Client, Settings> {
  readonly call: PendingCall;
}

/**
 * Makes one call. The meter's part is over when the handler resolves; the outcome follows when what it read is durable,
 * while the session already goes on with the next call.
 */
export type CallHandler<Client, Settings> = (context: CallContext<Client, Settings>) => Promise<StartedCall>;

export interface StartedCall {
  readonly outcome: Promise<CallOutcome>;
}

/** Makes the driver; one serves every session of the process. */
export function conversationDriver<Client extends ClientSession, Settings>(
  description: DriverDescription<Client, Settings>,
  services: DriverServices,
): Driver {
  const { declaration, causes, calls, commands = {} } = description;
  return {
    name: description.name,
    executionTypes: [declaration.executionType as ExecutionType],
    commands: new Set(Object.keys(commands) as CommandName[]),
    async contact(contact) {
      const { device } = contact;
      const keys = (await services.openKeys(device.id)) ?? {};
      for (const secret of [keys.iec62056Password, keys.secret]) if (secret) contact.conceal(secret);
      const settings = settingsOf<Settings>(declaration, device);
      const timeoutMilliseconds = timeoutOf(settings) ?? services.limits.session.idleTimeoutMilliseconds;
      const options = { device, settings, keys, timeoutMilliseconds };
      const client = made(() => description.client(options), causes);
      const dialogue = new Dialogue(client, await contact.connect(), causes);
      const context: ContactContext<Client, Settings> = {
        ...services,
        ...options,
        client,
        request: (request) => dialogue.request(request),
        zone: zoneOffsetsOf(device.timezone),
        tellClock: contact.clock,
      };
      const outcomes: Promise<void>[] = [];
      try {
        await description.open?.(context);
        for (const call of contact.calls) {
          call.begin();
          const handler = call.command ? commands[call.command.name] : calls[call.name];
          await makeCall(handler ?? unsupported, { ...context, call }, dialogue, outcomes, causes);
        }
        await description.close?.(context).catch(unlessStopped);
      } finally {
        await Promise.all(outcomes);
      }
    },
  };
}

async function unsupported({ call }: { readonly call: PendingCall }): Promise<never> {
  throw new RunFailure("command_unsupported", `Meters of this protocol are not asked for ${call.name}.`);
}

/** A meter's settings: its own over its type's over the defaults. */
export function settingsOf<Settings>({ settings }: ProtocolDeclaration, device: ContactedDevice): Settings {
  return { ...settings.defaults, ...device.settings[settings.name as SettingsName] } as Settings;
}

/** @throws RunFailure when the session is over: then no other call can be made either */
async function makeCall<Client, Settings>(
  handler: CallHandler<Client, Settings>,
  context: CallContext<Client, Settings>,
  dialogue: Dialogue,
  outcomes: Promise<void>[],
  causes: CausesByCode,
): Promise<void> {
  const { call } = context;
  try {
    const { outcome } = await handler(context);
    call.answered();
    outcomes.push(
      outcome.then(
        (done) => call.succeed(done),
        (error: unknown) => call.fail(asRunFailure(failureOf(error, causes))),
      ),
    );
  } catch (error) {
    const failure = asRunFailure(failureOf(error, causes));
    call.fail(failure);
    if (dialogue.over) throw failure;
  }
}

/** A conversation whose errors are causes, and that knows when there is nobody to talk to any more. */
class Dialogue {
  readonly #conversation: Conversation;
  readonly #causes: CausesByCode;
  #over = false;

  constructor(session: ClientSession, line: Line, causes: CausesByCode) {
    this.#conversation = new Conversation(session, line);
    this.#causes = causes;
  }

  /** The line broke, or the meter fell silent: further requests would only wait. */
  get over(): boolean {
    return this.#over;
  }

  async request<Result>(request: Request<Result>): Promise<Result> {
    try {
      return await this.#conversation.request(request);
    } catch (error) {
      // What is no error of the library comes from the line.
      if (!(error instanceof ProtocolError) || error.fault === "timeout") this.#over = true;
      throw failureOf(error, this.#causes);
    }
  }
}

function made<Made>(make: () => Made, causes: CausesByCode): Made {
  try {
    return make();
  } catch (error) {
    throw failureOf(error, causes);
  }
}

function timeoutOf(settings: unknown): number | undefined {
  const seconds = (settings as { readonly timeout_seconds?: number }).timeout_seconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

const stopped: CauseCode = "stopped";

function unlessStopped(error: unknown): void {
  if (error instanceof RunFailure && error.code === stopped) throw error;
}
