/** A client on a real socket for tests and benchmarks: the library's session, and promises. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import {
  type ActionResult,
  type ClientAuthentication,
  type ClientEvent,
  type ClientSecurity,
  ClientSession,
  countFrom,
  type Data,
  type GetDataResult,
  type LinkSettings,
  type MechanismName,
  type MethodCall,
  type NegotiatedContext,
  type SelectedAttribute,
} from "@anymeter/dlms-cosem";
import type { DlmsSettings } from "../meters/dlms/registration.ts";
import type { MeterDescription } from "../neighbourhood/description.ts";

export interface MeterClientOptions {
  /** First invocation counter to use; default: the meter's own plus one, asked through the public client. */
  readonly counter?: number;
  /** Associate as the public client. */
  readonly asPublic?: boolean;
  /** Milliseconds of silence that end a request. Default 5,000. */
  readonly timeout?: number;
  /** Instead of what was registered, hex. */
  readonly encryptionKey?: string;
  readonly maxListSize?: number;
}

/** Connects and associates. Rejects with the session's error. */
export async function openMeter(meter: MeterDescription, options: MeterClientOptions = {}): Promise<MeterClient> {
  const needsCounter = keysOf(meter) !== undefined && !options.asPublic;
  const counter = options.counter ?? (needsCounter ? (await readCounter(meter)) + 1 : 0);
  const client = new MeterClient(meter, options, counter);
  await client.connected();
  return client;
}

async function readCounter(meter: MeterDescription): Promise<number> {
  const visitor = await openMeter(meter, { asPublic: true });
  const value = await visitor.read(1, settingsOf(meter).invocation_counter_object!, 2);
  await visitor.close();
  return value.value as number;
}

export class MeterClient {
  readonly #session: ClientSession;
  readonly #socket: Socket;
  readonly #timeout: number;
  readonly #events: ClientEvent[] = [];
  #wake: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  negotiated: NegotiatedContext | undefined;

  constructor(meter: MeterDescription, options: MeterClientOptions, counter: number) {
    this.#timeout = options.timeout ?? 5_000;
    const [settings, keys] = [settingsOf(meter), keysOf(meter)];
    const security: ClientSecurity | undefined =
      keys === undefined || options.asPublic
        ? undefined
        : {
            suite: settings.suite as 0 | 1,
            systemTitle: clientSystemTitle,
            keys: {
              unicastEncryption: fromHex(options.encryptionKey ?? keys.encryption),
              authentication: fromHex(keys.authentication),
            },
            counter: countFrom(counter),
            policy: { authenticated: true, encrypted: true },
            dedicatedKey: settings.dedicated_key ? "own-counter" : "none",
          };
    this.#session = new ClientSession({
      link: linkSettings(meter, options.asPublic ? 16 : settings.client_sap),
      authentication: options.asPublic ? { mechanism: "none" } : authentication(meter),
      ...(security && { security }),
      ...(options.maxListSize !== undefined && { maxListSize: options.maxListSize }),
      random: (length) => randomBytes(length),
    });
    this.#socket = connect({ host: meter.host, port: meter.port, noDelay: true, allowHalfOpen: true });
    this.#socket.on("connect", () => {
      this.#session.connect();
      this.#pump();
    });
    this.#socket.on("data", (bytes) => {
      this.#session.receive(bytes);
      this.#pump();
    });
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => {
      this.#session.connectionLost();
      this.#pump();
    });
  }

  async connected(): Promise<void> {
    for (;;) {
      const event = await this.#next();
      if (event.type === "failed") throw event.error;
      if (event.type !== "associated") continue;
      this.negotiated = event.negotiated;
      return;
    }
  }

  /** One result per attribute. */
  async get(...attributes: readonly SelectedAttribute[]): Promise<GetDataResult[]> {
    return (await this.#answer(this.#session.get(attributes))).results as GetDataResult[];
  }

  /** One attribute's data. Throws when the meter answers with a data-access-result. */
  async read(
    classId: number,
    logicalName: string,
    attribute: number,
    selection?: SelectedAttribute["selection"],
  ): Promise<Data> {
    const [result] = await this.get({ classId, logicalName, attribute, ...(selection && { selection }) });
    if (result === undefined || !("data" in result)) throw new Error(`data-access-result ${result?.error}`);
    return result.data;
  }

  /** The data-access-result, 0 = success. */
  async set(classId: number, logicalName: string, attribute: number, data: Data): Promise<number> {
    const id = this.#session.set([{ attribute: { classId, logicalName, attribute }, data }]);
    return ((await this.#answer(id)).results as number[])[0]!;
  }

  async action(call: MethodCall): Promise<ActionResult> {
    return ((await this.#answer(this.#session.action([call]))).results as ActionResult[])[0]!;
  }

  async close(): Promise<void> {
    await this.release();
    this.#socket.destroy();
  }

  /** Ends the association and the link, and leaves the socket open. */
  async release(): Promise<void> {
    this.#session.release();
    this.#pump();
    while (!this.#session.finished) await this.#next();
    this.#clearTimer();
  }

  destroy(): void {
    this.#clearTimer();
    this.#socket.destroy();
  }

  async #answer(id: number): Promise<Extract<ClientEvent, { type: "response" }>> {
    this.#pump();
    for (;;) {
      const event = await this.#next();
      if (event.type === "failed") throw event.error;
      if (event.type === "request-failed" && event.id === id) throw event.error;
      if (event.type === "response" && event.id === id) return event;
    }
  }

  #pump(): void {
    for (let output = this.#session.takeOutput(); output !== undefined; output = this.#session.takeOutput()) {
      if (!this.#socket.destroyed) this.#socket.write(output);
    }
    for (let event = this.#session.nextEvent(); event !== undefined; event = this.#session.nextEvent()) {
      this.#events.push(event);
    }
    this.#clearTimer();
    if (this.#session.waiting) this.#timer = setTimeout(() => this.#timedOut(), this.#timeout);
    this.#wake?.();
  }

  #timedOut(): void {
    this.#session.timedOut();
    this.#pump();
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
  }

  async #next(): Promise<ClientEvent> {
    while (this.#events.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#events.shift()!;
  }
}

function linkSettings(meter: MeterDescription, client: number): LinkSettings {
  const settings = settingsOf(meter);
  if (settings.framing === "wrapper") return { framing: "wrapper", client, server: settings.server_sap };
  const size = settings.hdlc_max_information ?? 128;
  const window = settings.hdlc_window ?? 1;
  return {
    framing: "hdlc",
    client,
    server: {
      logicalDevice: settings.server_sap,
      physicalDevice: settings.hdlc_physical_address!,
      length: settings.hdlc_address_length!,
    },
    parameters: {
      maximumInformationSend: size,
      maximumInformationReceive: size,
      windowSend: window,
      windowReceive: window,
    },
    retries: 1,
  };
}

function authentication(meter: MeterDescription): ClientAuthentication {
  const mechanism = settingsOf(meter).authentication as MechanismName;
  if (mechanism === "lls") return { mechanism, password: new TextEncoder().encode(meter.secrets!.dlms_secret) };
  return mechanism === "gmac" ? { mechanism } : { mechanism: "none" };
}

function settingsOf({ protocol, settings }: MeterDescription): DlmsSettings {
  if (protocol !== "dlms-cosem") throw new TypeError(`a meter of ${protocol} is no DLMS meter`);
  return settings as DlmsSettings;
}

function keysOf({ secrets }: MeterDescription): { encryption: string; authentication: string } | undefined {
  const encryption = secrets?.dlms_global_unicast_encryption_key;
  const authentication = secrets?.dlms_global_authentication_key;
  return encryption === undefined || authentication === undefined ? undefined : { encryption, authentication };
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

const clientSystemTitle = Uint8Array.of(0x41, 0x4e, 0x59, 0, 0, 0, 0, 1);
