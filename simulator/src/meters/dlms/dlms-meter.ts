/** A DLMS meter: its make's habits, its identity, its memory and its supply point, served as a COSEM device. */
import { randomBytes } from "node:crypto";
import type {
  ActionAnswer,
  Data,
  GetAnswer,
  LinkSettings,
  MethodDescriptor,
  SelectedAttribute,
  ServerAssociation,
  ServerDevice,
  ServerHabits,
} from "@anymeter/dlms-cosem";
import type { Session } from "@anymeter/sans-io";
import { dayOf } from "../../calendar.ts";
import type { SupplyPoint } from "../../supply/supply-point.ts";
import { MeterClock } from "../meter-clock.ts";
import type { MeterRegistration, MeterIdentity as PublicIdentity, SimulatedMeter } from "../simulated-meter.ts";
import { timezones } from "../zone.ts";
import { associationsOf } from "./associations.ts";
import { DlmsFaultSwitches, dlmsFaultChecks } from "./faults.ts";
import type { MeterIdentity } from "./identity.ts";
import type { Framing, MeterMake } from "./makes.ts";
import { Measurements } from "./measurements.ts";
import { type MeterMemory, toSpans } from "./memory.ts";
import { DlmsMeterSession } from "./meter-session.ts";
import { associationObject, securityObjects } from "./objects/association-objects.ts";
import { clockObject } from "./objects/clock-object.ts";
import { disconnectObject } from "./objects/disconnect-object.ts";
import { identityObjects } from "./objects/identity-objects.ts";
import { ObjectModel } from "./objects/object-model.ts";
import {
  dailyProfileName,
  eventCodeObject,
  eventLogName,
  loadProfileName,
  profileObject,
} from "./objects/profile-objects.ts";
import { registerObjects } from "./objects/register-objects.ts";
import { DailyProfile } from "./profiles/daily-profile.ts";
import { EventLog, eventCodes } from "./profiles/event-log.ts";
import { LoadProfile } from "./profiles/load-profile.ts";
import { pushSetupObject } from "./push/push-setup.ts";
import { registrationOf } from "./registration.ts";
import { MeterSecurity } from "./security.ts";

export interface DlmsMeterSettings {
  readonly make: MeterMake;
  readonly identity: MeterIdentity;
  readonly supply: SupplyPoint;
  /** True time, milliseconds UTC. */
  readonly now: () => number;
  readonly seed: number;
  /** How far the clock was off before anyone set it, in milliseconds. */
  readonly clockError: number;
  readonly memory: MeterMemory;
  /** Persists the memory: "now" before it returns, or "soon". */
  readonly remember: (urgency: "now" | "soon") => void;
  readonly historyDays: number;
  /** Seconds. */
  readonly capturePeriod: number;
  /** The keys the utility was given are not the meter's. */
  readonly wrongKeyRegistered?: boolean;
  /** It connects to the head-end instead of listening. */
  readonly dialsIn?: boolean;
}

export class DlmsMeter implements ServerDevice, SimulatedMeter {
  readonly protocol = "dlms-cosem";
  readonly make: MeterMake;
  readonly identity: MeterIdentity & PublicIdentity;
  readonly registration: MeterRegistration;
  readonly timezone: string;
  readonly measurements: Measurements;
  readonly faults = new DlmsFaultSwitches();
  readonly ownFaults = dlmsFaultChecks;
  readonly link: LinkSettings;
  readonly associations: readonly ServerAssociation[];
  readonly habits: ServerHabits;
  /** Seconds of a period of the load profile. */
  readonly capturePeriod: number;
  readonly security: MeterSecurity | undefined;
  /** What method 1 of the push setup does; set by whoever gives the meter a place to push to. */
  pushNow: () => void = () => {};
  readonly #settings: DlmsMeterSettings;
  readonly #loadProfile: LoadProfile;
  readonly #eventLog: EventLog;
  readonly #objects: ObjectModel;

  constructor(settings: DlmsMeterSettings) {
    const { make, identity, memory, supply, now, seed, clockError, historyDays, capturePeriod } = settings;
    this.#settings = settings;
    this.make = make;
    const { manufacturer, model, firmware } = make;
    this.identity = { ...identity, make: manufacturer, model, firmware };
    this.registration = registrationOf(make, identity, {
      wrongKey: settings.wrongKeyRegistered ?? false,
      dialsIn: settings.dialsIn ?? false,
    });
    this.timezone = timezones[make.clock.value.zone];
    this.habits = make.session.value;
    this.capturePeriod = capturePeriod;
    this.link = serverLink(make.framing.value, make.access.value.clientSap);
    const clock = new MeterClock(seed, clockError, memory.clockAdjustments);
    this.measurements = new Measurements(supply, clock, now);
    if (memory.disconnections.length > 0) supply.disconnections = toSpans(memory.disconnections);
    this.#loadProfile = new LoadProfile({ make, measurements: this.measurements, capturePeriod, days: historyDays });
    this.#eventLog = new EventLog(this.measurements, make.clock.value, memory.events, historyDays);
    this.security = this.#makeSecurity();
    this.#objects = this.#makeObjects();
    this.associations = associationsOf(make, identity, this.security, this.faults);
  }

  newSession(): Session {
    return new DlmsMeterSession(this);
  }

  get systemTitle(): Uint8Array {
    return this.identity.systemTitle;
  }

  get(attribute: SelectedAttribute, association: ServerAssociation): GetAnswer {
    return this.#objects.get(attribute, association);
  }

  set(attribute: SelectedAttribute, data: Data, association: ServerAssociation): number {
    return this.#objects.set(attribute, data, association);
  }

  action(method: MethodDescriptor, parameter: Data | undefined, association: ServerAssociation): ActionAnswer {
    return this.#objects.action(method, parameter, association);
  }

  random(length: number): Uint8Array {
    return randomBytes(length);
  }

  /** Computes a day of load profile (days since 1970) ahead of the first who reads it. */
  prepareDay(day: number): void {
    this.#loadProfile.encoded(day);
  }

  /** What the meter's clock shows, milliseconds UTC. */
  get clockTime(): number {
    return this.measurements.clockTime();
  }

  /** Sets the clock, as class 8 does. Rows captured before keep their times. */
  setClock(time: number): void {
    const { memory, remember } = this.#settings;
    const before = this.clockTime;
    const adjustment = this.measurements.clock.set(time, this.measurements.now());
    memory.clockAdjustments = [...memory.clockAdjustments, adjustment].slice(-rememberedAdjustments);
    this.#loadProfile.forgetFrom(dayOf(Math.min(before, time)));
    this.#eventLog.record({ time: Math.floor(before), code: eventCodes["clock-adjusted-from"] });
    this.#logNow("clock-adjusted-to");
    remember("now");
  }

  get isConnected(): boolean {
    return this.#settings.memory.disconnections.at(-1)?.to !== null;
  }

  /** Opens the switch: the load's energy stops. */
  disconnect(): void {
    if (!this.isConnected) return;
    const { memory } = this.#settings;
    memory.disconnections = [...memory.disconnections, { from: this.measurements.now(), to: null }];
    this.#switched("remote-disconnection");
  }

  /** Closes the switch. */
  reconnect(): void {
    if (this.isConnected) return;
    const { memory } = this.#settings;
    const last = memory.disconnections.at(-1)!;
    memory.disconnections = [...memory.disconnections.slice(0, -1), { from: last.from, to: this.measurements.now() }];
    this.#switched("remote-connection");
  }

  /** Logs that the meter lost its own supply, or got it back. */
  logPower(event: "power-down" | "power-up"): void {
    this.#logNow(event);
    this.#settings.remember("now");
  }

  #switched(event: "remote-disconnection" | "remote-connection"): void {
    const { memory, supply, remember } = this.#settings;
    supply.disconnections = toSpans(memory.disconnections);
    this.#logNow(event);
    remember("now");
  }

  #logNow(event: keyof typeof eventCodes): void {
    this.#settings.memory.events = this.#eventLog.record({ time: Math.floor(this.clockTime), code: eventCodes[event] });
  }

  #makeSecurity(): MeterSecurity | undefined {
    const { make, identity, memory, remember } = this.#settings;
    const { security } = make.access.value;
    return security && new MeterSecurity(security, identity, this.faults, memory, remember);
  }

  #makeObjects(): ObjectModel {
    const { make, identity, historyDays } = this.#settings;
    const { security } = this;
    const { zone } = make.clock.value;
    const daily = new DailyProfile(make, this.measurements, historyDays);
    return new ObjectModel([
      associationObject(() => this.#objects),
      ...identityObjects(identity, make),
      clockObject({ time: () => this.clockTime, set: (time) => this.setClock(time) }, make.clock.value),
      ...registerObjects(make, this.measurements),
      profileObject(loadProfileName, this.#loadProfile, zone),
      profileObject(dailyProfileName, daily, zone),
      profileObject(eventLogName, this.#eventLog, zone),
      eventCodeObject(),
      disconnectObject({
        isClosed: () => this.isConnected,
        open: () => this.disconnect(),
        close: () => this.reconnect(),
      }),
      ...(security === undefined ? [] : securityObjects(security, identity)),
      ...(make.push === undefined ? [] : [pushSetupObject(make, make.push.value, () => this.pushNow())]),
    ]);
  }
}

function serverLink(framing: Framing, clientSap: number): LinkSettings {
  if (framing.type === "wrapper") return { framing: "wrapper", client: clientSap, server: 1 };
  const { physicalAddress, addressLength, maxInformation, window } = framing;
  return {
    framing: "hdlc",
    client: clientSap,
    server: { logicalDevice: 1, physicalDevice: physicalAddress, length: addressLength },
    parameters: {
      maximumInformationSend: maxInformation,
      maximumInformationReceive: maxInformation,
      windowSend: window,
      windowReceive: window,
    },
  };
}

const rememberedAdjustments = 500;
