/** A LIS-200 gas device: its model's habits, its clock and memory, and the gas that flows through its meter. */
import {
  type Address,
  addressText,
  findTime,
  type Lis200Device,
  type LockNumber,
  type ServedArchive,
} from "@anymeter/lis-200";
import type { Session } from "@anymeter/sans-io";
import type { GasSupply } from "../../supply/gas-supply.ts";
import { countUpTo, FaultSwitches, yesOrNo } from "../faults.ts";
import { RememberedClock } from "../meter-clock.ts";
import { otherPasscode, passcode } from "../passcode.ts";
import type { MeterIdentity, SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { instantOfLocal, isDaylightSaving, timezones } from "../zone.ts";
import { DeviceArchive, localText } from "./archive.ts";
import { Lis200MeterSession } from "./meter-session.ts";
import { type Lis200Model, modelNamed } from "./models.ts";
import { registrationOf } from "./registration.ts";
import { valueAt } from "./values.ts";

/** What can be wrong with the device, beside its line. */
export type Lis200Faults = {
  /** Somebody changed the locks' codes at the device. */
  readonly codesChanged?: boolean | undefined;
  /** Every function is locked (#0020), as after too many wrong codes. */
  readonly locked?: boolean | undefined;
  /** One answer in so many has a wrong block check. */
  readonly wrongChecksEvery?: number | undefined;
  /** One record in so many fails its own checksum. */
  readonly damagedRecordsEvery?: number | undefined;
};

export class Lis200Meter implements Lis200Device, SimulatedMeter {
  readonly protocol = "lis-200";
  readonly identity: MeterIdentity;
  readonly timezone: string;
  readonly registration: SimulatedMeter["registration"];
  readonly faults = new FaultSwitches<Lis200Faults>();
  readonly ownFaults = {
    codesChanged: yesOrNo,
    locked: yesOrNo,
    wrongChecksEvery: countUpTo(1_000, "answers", 1),
    damagedRecordsEvery: countUpTo(100_000, "records", 1),
  };
  readonly identification: Lis200Device["identification"];
  readonly deviceAddress: string;
  readonly nulsToWake: number | undefined;
  readonly operand = "0000000";
  readonly #model: Lis200Model;
  readonly #options: SimulatedMeterOptions<GasSupply>;
  readonly #clock: RememberedClock;
  readonly #archives: ReadonlyMap<number, DeviceArchive>;

  constructor(options: SimulatedMeterOptions<GasSupply>) {
    const model = modelNamed(options.model);
    const { make, firmware, flag } = model;
    const serial = `${flag.toUpperCase()}${7_000_000 + options.number}`;
    this.#model = model;
    this.#options = options;
    this.identity = { serial, make, model: model.model, firmware };
    this.timezone = timezones[model.zone.value];
    this.deviceAddress = serial.slice(-7);
    this.nulsToWake = model.wakeUp.value;
    this.identification = {
      manufacturer: flag,
      baudCharacter: "6",
      ...(model.offersModeE.value && { escapes: ["2"] }),
      model: model.model,
    };
    this.#clock = new RememberedClock(options.seed, options.clockError, options.memory(serial));
    this.#archives = this.#makeArchives();
    const wrong = model.registeredCode.value === "wrong";
    const code = this.#codeOf(model.locks.value.used);
    this.registration = registrationOf(model, this.deviceAddress, wrong ? otherPasscode(code) : code);
  }

  newSession(): Session {
    return new Lis200MeterSession(this, this.faults);
  }

  get clockTime(): number {
    return this.#clock.time(this.#options.now());
  }

  /** Read by each dialogue anew, so that a code can change meanwhile. */
  get lockCodes(): ReadonlyMap<LockNumber, string> {
    const { numbers } = this.#model.locks.value;
    const made = (code: string) => (this.faults.current.codesChanged ? otherPasscode(code) : code);
    return new Map(numbers.map((number) => [number, made(this.#codeOf(number))]));
  }

  read(address: Address): string | number {
    if (this.faults.current.locked) return functionLocked;
    const { supply, now, capturePeriod } = this.#options;
    const zone = this.#model.zone.value;
    const value = valueAt(addressText(address), {
      ...{ model: this.#model, serial: this.identity.serial, supply, now: now(), measuringPeriod: capturePeriod },
      clock: localText(this.clockTime, zone),
      summerTime: isDaylightSaving(zone, this.clockTime),
    });
    return value ?? unknownAddress;
  }

  write(address: Address, value: string, openLocks: ReadonlySet<LockNumber>): number | undefined {
    if (this.faults.current.locked) return functionLocked;
    if (addressText(address) !== clockAddress) return valueAtIsKnown(this.read(address)) ? constant : unknownAddress;
    if (!this.#mayAct(openLocks)) return noWriteRight;
    const local = findTime(value);
    if (local === undefined) return wrongInput;
    this.#clock.set(instantOfLocal(this.#model.zone.value, Date.parse(`${local}Z`)), this.#options.now());
    return undefined;
  }

  archive(number: number, openLocks: ReadonlySet<LockNumber>): ServedArchive | number | undefined {
    if (this.faults.current.locked) return functionLocked;
    if (this.#model.locks.value.guardsArchives && !this.#mayAct(openLocks)) return noReadRight;
    return this.#archives.get(number)?.served(this.clockTime, this.faults.current.damagedRecordsEvery);
  }

  prepareDay(day: number): void {
    for (const archive of this.#archives.values()) archive.prepareDay(day, this.clockTime);
  }

  /** The lock in use, or one above it: the manufacturer's and the supplier's open everything. */
  #mayAct(openLocks: ReadonlySet<LockNumber>): boolean {
    return [2, 3, this.#model.locks.value.used].some((number) => openLocks.has(number as LockNumber));
  }

  #codeOf(lock: LockNumber): string {
    return passcode(this.#options.seed, "codes", lock);
  }

  #makeArchives(): ReadonlyMap<number, DeviceArchive> {
    const { supply, seed, historyDays, capturePeriod } = this.#options;
    const zone = this.#model.zone.value;
    const shared = { supply, clock: this.#clock, zone, seed, historyDays, habit: this.#model.rows.value };
    return new Map(
      this.#model.archives.value.map((model) => [
        model.number,
        new DeviceArchive({ ...shared, model, measuringPeriod: capturePeriod * 1000 }),
      ]),
    );
  }
}

function valueAtIsKnown(value: string | number): boolean {
  return typeof value === "string";
}

const clockAddress = "1:400.0";
/** Numbers of refusals. */
const [unknownAddress, constant, wrongInput, noReadRight, noWriteRight, functionLocked] = [1, 9, 13, 18, 19, 20];
