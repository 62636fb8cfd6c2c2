/** An IEC 62056-21 meter: its model's habits, its clock and memory, and the supply it measures. */
import {
  type Command,
  decodeMeterTime,
  type ServerAnswer,
  type ServerDevice,
  type ServerDialogue,
} from "@anymeter/iec62056-21";
import { localMilliseconds, type Session } from "@anymeter/sans-io";
import type { SupplyPoint } from "../../supply/supply-point.ts";
import { countUpTo, FaultSwitches, isTurn, yesOrNo } from "../faults.ts";
import { RememberedClock } from "../meter-clock.ts";
import { otherPasscode, passcode } from "../passcode.ts";
import type { MeterIdentity, SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { instantOfLocal } from "../zone.ts";
import { MeterLoadProfile } from "./load-profile.ts";
import { localDigits, seasonDigit } from "./local-time.ts";
import { Iec62056MeterSession, PushingSession } from "./meter-sessions.ts";
import { type Iec62056Model, modelNamed } from "./models.ts";
import { p1Telegram } from "./p1-telegram.ts";
import { readoutText } from "./readout.ts";
import { energyRegisters, type MeasuredState, presentRegisters } from "./registers.ts";
import { registrationOf, timezone } from "./registration.ts";

/** What can be wrong with the meter, beside its line. */
export type Iec62056Faults = {
  /** Somebody changed the password at the meter. */
  readonly passwordChanged?: boolean | undefined;
  /** Programming mode ends in a break, as after too many wrong passwords. */
  readonly locked?: boolean | undefined;
  /** One answer in so many has a wrong block check character. */
  readonly wrongChecksEvery?: number | undefined;
  /** One command in so many, passwords aside, is refused with NAK. */
  readonly refusesEvery?: number | undefined;
};

export class Iec62056Meter implements ServerDevice, SimulatedMeter {
  readonly protocol = "iec62056-21";
  readonly identity: MeterIdentity;
  readonly timezone = timezone;
  readonly registration: SimulatedMeter["registration"];
  readonly faults = new FaultSwitches<Iec62056Faults>();
  readonly ownFaults = {
    passwordChanged: yesOrNo,
    locked: yesOrNo,
    wrongChecksEvery: countUpTo(1_000, "answers", 1),
    refusesEvery: countUpTo(1_000, "commands", 2),
  };
  readonly identification: ServerDevice["identification"];
  readonly address: string;
  readonly operand: (() => string) | undefined;
  readonly #model: Iec62056Model;
  readonly #options: SimulatedMeterOptions<SupplyPoint>;
  readonly #clock: RememberedClock;
  readonly #profile: MeterLoadProfile;
  readonly #password: string;
  #commands = 0;

  constructor(options: SimulatedMeterOptions<SupplyPoint>) {
    const model = modelNamed(options.model);
    const { make, firmware, flag } = model;
    this.#model = model;
    this.#options = options;
    const serial = `${flag.toUpperCase()}${5_000_000 + options.number}`;
    this.identity = { serial, make, model: model.model, firmware };
    this.address = serial.slice(-7);
    this.identification = {
      manufacturer: flag,
      baudCharacter: model.baudCharacter.value,
      ...(model.offersModeE.value && { escapes: ["2"] }),
      model: model.model,
    };
    this.operand = model.programming.value && (() => `(${this.address})`);
    this.#clock = new RememberedClock(options.seed, options.clockError, options.memory(serial));
    const { supply, historyDays, capturePeriod } = options;
    const zone = model.zone.value;
    this.#profile = new MeterLoadProfile({
      supply,
      clock: this.#clock,
      zone,
      period: capturePeriod * 1000,
      historyDays,
    });
    this.#password = passcode(options.seed, "password");
    this.registration = registrationOf(model, this.address, this.#registeredPassword);
  }

  newSession(): Session {
    const interval = this.#model.pushes.value;
    return interval === undefined
      ? new Iec62056MeterSession(this, this.faults)
      : new PushingSession(interval, () => this.#telegram());
  }

  get clockTime(): number {
    return this.#clock.time(this.#options.now());
  }

  get parity(): "none" | "even" {
    return this.#model.parity.value;
  }

  get nulsToWake(): number | undefined {
    return this.#model.wakeUp.value;
  }

  get protocolCharacters(): readonly string[] | undefined {
    return this.#model.protocolCharacters.value;
  }

  get locked(): boolean {
    return this.faults.current.locked === true;
  }

  readout(): string {
    const { supply, now } = this.#options;
    return readoutText({
      ...{ model: this.#model, address: this.address, clockTime: this.clockTime, state: this.#state },
      monthEnd: (time) => supply.registers(this.#clock.instantOf(time) ?? now()),
    });
  }

  command({ command, data = "" }: Command, dialogue: ServerDialogue): ServerAnswer {
    const isPassword = command.startsWith("P");
    if (!isPassword && isTurn(++this.#commands, this.faults.current.refusesEvery)) return { type: "refuse" };
    const [, address = "", value = ""] = /^(.*?)\((.*)\)$/.exec(data) ?? [];
    switch (command) {
      case "P1":
        dialogue.unlocked =
          value === (this.faults.current.passwordChanged ? otherPasscode(this.#password) : this.#password);
        return { type: dialogue.unlocked ? "acknowledge" : "refuse" };
      case "R5":
      case "R6":
        return address === profileAddress ? this.#readProfile(value, command) : this.#read(address);
      case "W5":
        return dialogue.unlocked ? this.#setClock(address, value) : errorAnswer(notAllowed);
      default:
        return { type: "refuse" };
    }
  }

  prepareDay(day: number): void {
    if (this.#model.programming.value) this.#profile.prepareDay(day, this.clockTime);
  }

  get #registeredPassword(): string | undefined {
    const { value } = this.#model.programming;
    if (!value) return undefined;
    return value.registered === "wrong" ? otherPasscode(this.#password) : this.#password;
  }

  get #state(): MeasuredState {
    const { supply, now } = this.#options;
    return { energy: supply.registers(now()), now: supply.now(now()) };
  }

  #read(address: string): ServerAnswer {
    const zone = this.#model.zone.value;
    const season = seasonDigit(zone, this.clockTime);
    const digits = localDigits(zone, this.clockTime);
    if (address === dateAddress) return data(`${address}(${season}${digits.slice(0, 6)})`);
    if (address === timeAddress) return data(`${address}(${season}${digits.slice(6)})`);
    if (address === "0.0.0") return data(`${address}(${this.address})`);
    const register = [...energyRegisters, ...presentRegisters].find((each) => each.address === address);
    return register ? data(`${address}(${register.text(this.#state)}*${register.unit})`) : errorAnswer(unknownAddress);
  }

  #readProfile(limits: string, command: string): ServerAnswer {
    const [from, to] = limits === "" ? ["", ""] : limits.split(";");
    try {
      const lines = this.#profile.lines(this.#limit(from, 0), this.#limit(to, this.clockTime), this.clockTime);
      if (lines.length === 0) return data(`${profileAddress}()`);
      const rows = command === "R6" ? this.#model.programming.value!.rowsPerBlock : lines.length;
      const blocks = Math.ceil(lines.length / rows);
      const block = (index: number) =>
        lines
          .slice(index * rows, (index + 1) * rows)
          .map((line) => `${line}\r\n`)
          .join("");
      return { type: "data", texts: Array.from({ length: blocks }, (_, index) => block(index)) };
    } catch {
      return errorAnswer(wrongInput);
    }
  }

  /** @throws what the library throws for digits that are no time */
  #limit(digits: string | undefined, open: number): number {
    if (!digits) return open;
    const time = decodeMeterTime(digits);
    return instantOfLocal(this.#model.zone.value, localMilliseconds(time), time.season === "daylight-saving");
  }

  /** Date and time are set one by one; each keeps the other. */
  #setClock(address: string, value: string): ServerAnswer {
    const zone = this.#model.zone.value;
    const shown = localDigits(zone, this.clockTime);
    const isDate = address === dateAddress;
    if ((!isDate && address !== timeAddress) || !/^[01]?\d{6}$/.test(value)) return errorAnswer(wrongInput);
    const digits = isDate ? value.slice(-6) + shown.slice(6) : shown.slice(0, 6) + value.slice(-6);
    try {
      const season = value.length === 7 ? value.startsWith("1") : seasonDigit(zone, this.clockTime) === "1";
      const time = instantOfLocal(zone, localMilliseconds(decodeMeterTime(digits)), season);
      this.#clock.set(time, this.#options.now());
      return { type: "acknowledge" };
    } catch {
      return errorAnswer(wrongInput);
    }
  }

  #telegram(): Uint8Array {
    const { supply } = this.#options;
    const registers = [...energyRegisters.slice(0, 2), ...presentRegisters];
    const connected = registers.filter(({ address }) => {
      const phase = phaseOfVoltage(address);
      return phase === undefined || supply.phases[phase];
    });
    return p1Telegram({
      identification: `${this.#model.flag}${this.#model.baudCharacter.value}\\2${this.#model.model}`,
      ...{ serial: this.identity.serial, zone: this.#model.zone.value, time: this.clockTime },
      ...{ registers: connected, state: this.#state },
    });
  }
}

/** 0 to 2; undefined for what is no voltage. */
function phaseOfVoltage(address: string): number | undefined {
  const match = /^(32|52|72)\.7\.0$/.exec(address);
  return match ? (Number(match[1]) - 32) / 20 : undefined;
}

function data(text: string): ServerAnswer {
  return { type: "data", texts: [text] };
}

function errorAnswer(text: string): ServerAnswer {
  return data(`(${text})`);
}

const profileAddress = "P.01";
const timeAddress = "0.9.1";
const dateAddress = "0.9.2";
/** Error messages of the invented makers. */
const [unknownAddress, notAllowed, wrongInput] = ["ER01", "ER06", "ER07"] as const;
