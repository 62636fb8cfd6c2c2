/** One message of a meter from beginning to end: whose it is, opened, decoded, stored, answered. */
import {
  type Apdu,
  type DataNotification,
  decodeApdu,
  encodeApdu,
  isProtected,
  PushBlocks,
} from "@anymeter/dlms-cosem";
import { ProtocolError } from "@anymeter/sans-io";
import type { Kysely } from "kysely";
import type { ProfileRowStore } from "../../readings/profile-rows/row-writer.ts";
import type { DeviceKeys, OpenKeys } from "../../registry/security-keys.ts";
import type { Database } from "../../stores/relational/database.ts";
import { SharedStatement } from "../../stores/relational/shared-statement.ts";
import type { Clock } from "../clock.ts";
import type { DerivedEvents } from "../drivers/derived-events/derived-events.ts";
import { settingsOf } from "../drivers/dlms/client-settings.ts";
import { epochOf } from "../drivers/dlms/epoch.ts";
import { keyKind, type ReserveCounters } from "../drivers/dlms/invocation-counters.ts";
import type { ContactedDevice } from "../drivers/driver.ts";
import type { ProfileStore } from "../drivers/profile-memory.ts";
import { type EventStore, type ReadingStore, readingsPerWrite } from "../drivers/stores.ts";
import { storeRows } from "../drivers/udil-rows.ts";
import { zoneOffsetsOf } from "../drivers/zone-offsets.ts";
import type { HeadEndLog } from "../log.ts";
import { contactedDevices } from "../session/contacted-devices.ts";
import type { Heartbeat } from "./heartbeats.ts";
import { PeerCounters } from "./peer-counters.ts";
import { bodyOf, logicalDeviceNameIn, onlyNameIn, type PushBody } from "./push-body.ts";
import { carriedTitle, demandNothing, type OpenedPush, openPush, protectAnswer } from "./push-keys.ts";
import type { PushMetrics } from "./push-metrics.ts";
import type { PushSettings } from "./push-settings.ts";
import { valuesOf } from "./pushed-values.ts";
import { mostCandidates, type PusherEvidence, PusherFinder } from "./pusher-finder.ts";
import { RefusedPush } from "./refused-push.ts";
import { type TurnedAway, UnknownPushers } from "./unknown-pushers.ts";

export interface PushReceiverOptions {
  readonly db: Kysely<Database>;
  readonly readings: ReadingStore;
  readonly events: EventStore;
  readonly profileRows: ProfileRowStore;
  /** Events that we told of meters: what a meter tells of them takes their place. */
  readonly derivedEvents?: DerivedEvents | undefined;
  readonly profiles: ProfileStore;
  readonly openKeys: OpenKeys;
  readonly reserveCounter: ReserveCounters;
  /** IANA zone of meters without a config. */
  readonly defaultTimezone: string;
  readonly clock: Clock;
  readonly settings: PushSettings;
  readonly metrics: PushMetrics;
  readonly logger: HeadEndLog;
  /** Asks for the push setup of a meter whose pushes cannot be understood. */
  readonly requestPushSetup: (device: string, pushSetup: string) => Promise<void>;
}

/** Where a message came from. */
export interface Arrival {
  readonly transport: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
  /** The meter whose connection it is. */
  readonly connectedDevice?: string | undefined;
}

/** A push that was opened, with what opened it. */
interface PushOfMeter {
  readonly device: ContactedDevice;
  readonly push: OpenedPush;
  readonly content: Apdu;
  readonly keys: DeviceKeys;
  /** Logical device name, hexadecimal. */
  readonly registeredName: string | null;
}

/** What became of a message. */
export interface Receipt {
  /** The APDU to answer with, protected as the push was. */
  readonly answer?: Uint8Array | undefined;
  /** The meter it is of. */
  readonly device?: ContactedDevice | undefined;
}

export class PushReceiver {
  readonly #options: PushReceiverOptions;
  readonly #finder: PusherFinder;
  readonly #counters: PeerCounters;
  readonly #unknown: UnknownPushers;
  readonly #devices: SharedStatement<string, ContactedDevice | undefined>;
  /** When the push setup of a meter was asked for, by meter. */
  readonly #asked = new Map<string, number>();

  constructor(options: PushReceiverOptions) {
    this.#options = options;
    const { db, clock, settings, defaultTimezone } = options;
    this.#finder = new PusherFinder(db);
    this.#counters = new PeerCounters(db);
    this.#unknown = new UnknownPushers(db, settings.maxUnknownPushers, () => clock.now());
    this.#devices = new SharedStatement(async (ids) => {
      const found = await contactedDevices(db, ids, defaultTimezone);
      return ids.map((id) => found.get(id));
    });
  }

  /** Blocks of general block transfer are joined per line. */
  newBlocks(): PushBlocks {
    const { maxApduLength, maxBlockSenders } = this.#options.settings;
    return new PushBlocks(maxApduLength, maxBlockSenders);
  }

  /** Takes one whole APDU. Resolves when it is durable, or turned away; rejects when the stores fail. */
  async receive(apdu: Uint8Array, arrival: Arrival): Promise<Receipt> {
    const names: { systemTitle?: string | undefined; logicalDeviceName?: string | undefined } = {};
    let device: ContactedDevice | undefined;
    const entered: string[] = [];
    try {
      names.systemTitle = carriedTitle(apdu);
      const plain = isProtected(apdu) ? undefined : decoded(apdu);
      names.logicalDeviceName = plain && nameIn(plain);
      const name = plain && bareNameIn(plain);
      const evidence: PusherEvidence = {
        ...names,
        ...{ name, address: arrival.address, connectedDevice: arrival.connectedDevice },
      };
      const opened = await this.#open(apdu, evidence, entered, (found) => {
        device = found;
      });
      const { content } = opened;
      const { counter } = opened.push;
      if (counter && !this.#counters.claim(opened.device.id, counter.key, counter.value)) {
        throw new RefusedPush("counter_replayed", "A push under the same counter is being stored.");
      }
      names.logicalDeviceName ??= nameIn(content);
      refuseOtherName(opened.registeredName, names.logicalDeviceName);
      const stored = await this.#store(content, opened.device);
      if (counter) await this.#counters.accept(opened.device.id, counter.key, counter.value);
      await this.#unknown.resolve({ ...names, device: ownerOf(opened.device) });
      this.#options.metrics.push(arrival.transport, "stored", stored);
      return { device: opened.device, answer: await this.#answerTo(content, opened) };
    } catch (error) {
      await this.#turnAway(error, arrival, names, device);
      return { device };
    } finally {
      for (const id of entered) this.#counters.leave(id);
    }
  }

  /** Which meter a heartbeat is of; undefined when it is turned away. An alarm that came with it is stored. */
  async identify(heartbeat: Heartbeat, arrival: Arrival): Promise<ContactedDevice | undefined> {
    const { name, alarms } = heartbeat;
    let of: ContactedDevice | undefined;
    try {
      // Whoever says a name nobody has is not the meter that is registered at the same address.
      const named = (await this.#finder.find({ name, address: arrival.address })).filter(
        ({ evidence }) => evidence !== "address",
      );
      const device = await this.#only(named);
      if (alarms) {
        of = device;
        demandNothing(settingsFor(device));
        await this.#storeAlarms(device, alarms);
      }
      await this.#unknown.resolve({ logicalDeviceName: name, device: ownerOf(device) });
      this.#options.metrics.push(arrival.transport, "heartbeat");
      return device;
    } catch (error) {
      const passedOver = heartbeat.optional && error instanceof RefusedPush;
      if (!passedOver) await this.#turnAway(error, arrival, { logicalDeviceName: name }, of);
      return undefined;
    }
  }

  /** Writes down a message that is turned away before it is one. */
  async refuse(error: unknown, arrival: Arrival, device?: ContactedDevice): Promise<void> {
    await this.#turnAway(error, arrival, {}, device);
  }

  /** Finds the meter and opens the push: of several candidates the one whose key proves it. */
  async #open(
    apdu: Uint8Array,
    evidence: PusherEvidence,
    entered: string[],
    found: (device: ContactedDevice) => void,
  ): Promise<PushOfMeter> {
    const candidates = (await this.#finder.find(evidence)).filter(
      ({ systemTitle, evidence: kind }) =>
        kind === "system-title" || !systemTitle || !evidence.systemTitle || sameHex(systemTitle, evidence.systemTitle),
    );
    if (candidates.length === 0) throw new RefusedPush("unknown_meter");
    // Whoever registers a title of another organization ever so often takes nothing from it.
    const few = [...Map.groupBy(candidates, ({ organization }) => organization).values()]
      .filter((of) => of.length <= mostCandidates)
      .flat();
    if (few.length === 0 || (candidates.length > 1 && !isProtected(apdu))) throw new RefusedPush("ambiguous_meter");
    let refusal: unknown;
    for (const { device: id, logicalDeviceName } of few) {
      this.#counters.enter(id);
      entered.push(id);
      const [device, keys, counters] = await Promise.all([
        this.#devices.ask(id),
        this.#options.openKeys(id),
        this.#counters.last(id),
      ]);
      if (!device) continue;
      if (candidates.length === 1) found(device);
      try {
        const push = openPush(apdu, device, settingsFor(device), keys ?? {}, counters);
        // Without its tag being checked everything opens with any key: only what is an APDU was opened with the right one.
        const content = decoded(push.apdu);
        found(device);
        return { device, push, content, keys: keys ?? {}, registeredName: logicalDeviceName };
      } catch (error) {
        refusal ??= error;
      }
    }
    throw refusal ?? new RefusedPush("unknown_meter");
  }

  async #only(candidates: Awaited<ReturnType<PusherFinder["find"]>>): Promise<ContactedDevice> {
    if (candidates.length > 1) throw new RefusedPush("ambiguous_meter");
    const device = candidates[0] && (await this.#devices.ask(candidates[0].device));
    if (!device) throw new RefusedPush("unknown_meter");
    return device;
  }

  /** @returns how many readings and events */
  async #store(content: Apdu, device: ContactedDevice): Promise<number> {
    const pushed = pushIn(content);
    if (!pushed) throw new RefusedPush("damaged", `A ${content.type} is no push.`);
    const { readings, events, profileRows, derivedEvents, profiles, clock } = this.#options;
    const settings = settingsFor(device);
    const epoch = epochOf(settings, zoneOffsetsOf(device.timezone));
    const context = { device, settings, epoch, profiles, dateTime: pushed.dateTime, receivedAt: clock.now() };
    // A body that is a name alone says who is there, and nothing else.
    if (bareNameIn(content) !== undefined) return 0;
    const values = await valuesOf(pushed.body, context);
    for (let start = 0; start < values.readings.length; start += readingsPerWrite) {
      await readings.write(values.readings.slice(start, start + readingsPerWrite));
    }
    if (values.events.length > 0) await events.write(values.events);
    await storeRows(profileRows, derivedEvents ? await derivedEvents.settled(device, values.rows) : values.rows);
    if (values.notUnderstood !== undefined) {
      await this.#askForPushSetup(device.id, values.pushSetup);
      throw new RefusedPush("objects_unknown", values.notUnderstood);
    }
    return values.readings.length + values.events.length;
  }

  async #storeAlarms(device: ContactedDevice, alarms: number): Promise<void> {
    const { organizationNumber, number: deviceNumber } = device;
    const content = `Alarm register = ${alarms.toString(16).toUpperCase().padStart(8, "0")}, pushed by the meter`;
    const timestamp = this.#options.clock.now();
    await this.#options.events.write([{ organizationNumber, deviceNumber, timestamp, title: "Alarm", content }]);
  }

  async #answerTo(content: Apdu, { device, push, keys }: PushOfMeter): Promise<Uint8Array | undefined> {
    if (content.type !== "data-notification" || !content.invocation.confirmed) return undefined;
    const answer = encodeApdu({ type: "data-notification-confirm", invocation: content.invocation });
    if (!push.protected) return answer;
    // One by one: a meter refuses a counter below that of a session in between.
    const counter = await this.#options.reserveCounter(device.id, keyKind, 1, 1);
    return protectAnswer(answer, settingsFor(device), keys, counter);
  }

  async #askForPushSetup(device: string, pushSetup: string): Promise<void> {
    const now = this.#options.clock.now();
    const last = this.#asked.get(device);
    if (last !== undefined && now - last < this.#options.settings.pushSetupMilliseconds) return;
    if (this.#asked.size >= mostAsked) this.#asked.clear();
    this.#asked.set(device, now);
    await this.#options.requestPushSetup(device, pushSetup);
  }

  async #turnAway(
    error: unknown,
    { transport, address, port }: Arrival,
    names: Pick<TurnedAway, "systemTitle" | "logicalDeviceName">,
    device: ContactedDevice | undefined,
  ): Promise<void> {
    const refusal = refusalOf(error);
    if (!refusal) {
      this.#options.metrics.push(transport, "failed");
      throw error;
    }
    this.#options.metrics.push(transport, refusal.reason);
    this.#options.logger.debug(
      { transport, address, reason: refusal.reason, device: device?.name },
      "push turned away",
    );
    const { reason, detail } = refusal;
    await this.#unknown.record({
      transport,
      address,
      port,
      reason,
      detail,
      ...names,
      device: device && ownerOf(device),
    });
  }
}

/** A push as it is stored: the body and when it was sent. An event-notification is a body of one value. */
function pushIn(apdu: Apdu): { readonly body: PushBody; readonly dateTime: DataNotification["dateTime"] } | undefined {
  if (apdu.type === "data-notification") return { body: bodyOf(apdu.body), dateTime: apdu.dateTime };
  if (apdu.type !== "event-notification") return undefined;
  const item = { ...apdu.attribute, dataIndex: 0, data: apdu.value };
  return { body: { shape: "listed", items: [item], values: [apdu.value] }, dateTime: apdu.time };
}

function ownerOf({ id, organization }: ContactedDevice): NonNullable<TurnedAway["device"]> {
  return { id, organization };
}

function nameIn(apdu: Apdu): string | undefined {
  return apdu.type === "data-notification" ? logicalDeviceNameIn(bodyOf(apdu.body)) : undefined;
}

/** The name of a notification that holds nothing else, in text. */
function bareNameIn(apdu: Apdu): string | undefined {
  return apdu.type === "data-notification" ? onlyNameIn(bodyOf(apdu.body)) : undefined;
}

function decoded(apdu: Uint8Array): Apdu {
  try {
    return decodeApdu(apdu);
  } catch (error) {
    if (error instanceof ProtocolError) throw new RefusedPush("damaged", error.message);
    throw error;
  }
}

function refuseOtherName(registered: string | null, pushed: string | undefined): void {
  if (!registered || pushed === undefined || sameHex(registered, pushed)) return;
  throw new RefusedPush("identity_mismatch", `The body names the logical device ${textOfName(pushed)}.`);
}

function textOfName(hex: string): string {
  const text = Buffer.from(hex, "hex").toString("latin1");
  return /^[\x20-\x7e]+$/.test(text) ? text : hex;
}

function refusalOf(error: unknown): RefusedPush | undefined {
  if (error instanceof RefusedPush) return error;
  return error instanceof ProtocolError ? new RefusedPush("damaged", error.message) : undefined;
}

function settingsFor(device: ContactedDevice) {
  try {
    return settingsOf(device);
  } catch (error) {
    throw new RefusedPush("settings_invalid", error instanceof Error ? error.message : String(error));
  }
}

function sameHex(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase();
}

/** Meters of which is remembered that they were asked. */
const mostAsked = 10_000;
