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
import type { EventName } from "./event-codes.ts";
import { DlmsFaultSwitches, dlmsFaultChecks } from "./faults.ts";
import type { MeterIdentity } from "./identity.ts";
import type { Framing, MeterMake } from "./makes.ts";
import { Measurements } from "./measurements.ts";
import type { MeterMemory } from "./memory.ts";
import { DlmsMeterSession } from "./meter-session.ts";
import { objectsOf } from "./objects/meter-objects.ts";
import type { ObjectModel } from "./objects/object-model.ts";
import { Operation } from "./operation/operation.ts";
import { EventLog } from "./profiles/event-log.ts";
import { type MeterProfiles, profilesOf } from "./profiles/meter-profiles.ts";
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
  readonly operation: Operation;
  readonly security: MeterSecurity | undefined;
  /** What method 1 of the push setup does; set by whoever gives the meter a place to push to. */
  pushNow: () => void = () => {};
  readonly #settings: DlmsMeterSettings;
  readonly #profiles: MeterProfiles;
  readonly #eventLog: EventLog;
  #objects: ObjectModel | undefined;

  constructor(settings: DlmsMeterSettings) {
    const { make, identity, memory, supply, now, seed, clockError, historyDays: days } = settings;
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
    this.link = serverLink(make.framing.value, make.access.value.clientSap);
    const clock = make.clock.value;
    const measurements = new Measurements(supply, new MeterClock(seed, clockError, memory.clockAdjustments), now);
    this.measurements = measurements;
    this.#eventLog = new EventLog({ measurements, clock, codes: make.events, memory, days });
    const log = (event: EventName, time: number) => this.#eventLog.record(event, time);
    this.operation = new Operation({ make, seed, measurements, memory, log });
    this.#profiles = profilesOf({
      ...{ make, memory, days, source: this.operation, eventLog: this.#eventLog },
      capturePeriod: settings.capturePeriod,
    });
    this.security = this.#makeSecurity();
    this.associations = associationsOf(make, identity, this.security, this.faults);
  }

  newSession(): Session {
    return new DlmsMeterSession(this);
  }

  get systemTitle(): Uint8Array {
    return this.identity.systemTitle;
  }

  get(attribute: SelectedAttribute, association: ServerAssociation): GetAnswer {
    this.operation.settle();
    return this.#model.get(attribute, association);
  }

  set(attribute: SelectedAttribute, data: Data, association: ServerAssociation): number {
    this.operation.settle();
    return this.#model.set(attribute, data, association);
  }

  action(method: MethodDescriptor, parameter: Data | undefined, association: ServerAssociation): ActionAnswer {
    this.operation.settle();
    return this.#model.action(method, parameter, association);
  }

  random(length: number): Uint8Array {
    return randomBytes(length);
  }

  /** Computes a day of load profile (days since 1970) ahead of the first who reads it. */
  prepareDay(day: number): void {
    this.#profiles.loadProfile.encoded(day);
  }

  /** What the meter's clock shows, milliseconds UTC. */
  get clockTime(): number {
    return this.measurements.clockTime();
  }

  /** Seconds of a period of the load profile. */
  get capturePeriod(): number {
    return this.#profiles.loadProfile.capturePeriod;
  }

  /** Sets the clock, as class 8 does. Rows captured before keep their times. */
  setClock(time: number): void {
    const { memory, remember } = this.#settings;
    this.operation.settingClock(() => {
      const before = this.clockTime;
      const adjustment = this.measurements.clock.set(time, this.measurements.now());
      memory.clockAdjustments = [...memory.clockAdjustments, adjustment].slice(-rememberedAdjustments);
      this.#profiles.loadProfile.forgetFrom(dayOf(Math.min(before, time)));
      this.#eventLog.record("clock-adjusted-from", before);
      this.#eventLog.record("clock-adjusted-to", this.clockTime);
    });
    remember("now");
  }

  get isConnected(): boolean {
    this.operation.settle();
    return this.operation.loadSwitch?.isClosed ?? true;
  }

  get controlState(): 0 | 1 | 2 | undefined {
    this.operation.settle();
    return this.operation.loadSwitch?.controlState;
  }

  /** Presses the button at the switch, which opens it or closes it. @returns whether the make lets somebody do that now */
  pressButton(): boolean {
    const action = this.isConnected ? "open" : "close";
    const allowed = this.operation.operateSwitch(action, "manual");
    if (allowed) this.#settings.remember("now");
    return allowed;
  }

  /** Logs that the meter lost its own supply, or got it back. */
  logPower(event: "power-down" | "power-up"): void {
    this.operation.settle();
    this.operation.log(event);
    this.#settings.remember("now");
  }

  /** What is programmed in several steps is one event. */
  #programmed(event: EventName): void {
    this.operation.changed();
    this.#eventLog.recordOnce(event, this.clockTime);
    this.#settings.remember("now");
  }

  /** Made when somebody first asks for an object: most meters of a large neighbourhood are never asked. */
  get #model(): ObjectModel {
    this.#objects ??= objectsOf(this, {
      ...{ profiles: this.#profiles, eventLog: this.#eventLog },
      programmed: (event) => this.#programmed(event),
      changed: () => this.#settings.remember("now"),
    });
    return this.#objects;
  }

  #makeSecurity(): MeterSecurity | undefined {
    const { make, identity, memory, remember } = this.#settings;
    const { security } = make.access.value;
    return security && new MeterSecurity(security, identity, this.faults, memory, remember);
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
