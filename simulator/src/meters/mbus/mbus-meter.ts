/** An M-Bus meter: its model's habits, its clock and memory, and what flows through it. */
import {
  MbusBus,
  type MbusDevice,
  MbusGatewaySession,
  type MbusSlave,
  SlaveStation,
  type TelegramContext,
} from "@anymeter/mbus";
import type { Session } from "@anymeter/sans-io";
import { bytesFor, seedFor } from "../../random.ts";
import type { HeatSupply } from "../../supply/heat-supply.ts";
import type { WaterSupply } from "../../supply/water-supply.ts";
import { FaultSwitches, yesOrNo } from "../faults.ts";
import { MeterClock } from "../meter-clock.ts";
import type { MeterIdentity, SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { instantOfLocal, timezones, zoneOffset } from "../zone.ts";
import { fields, type MeterView, type Readings } from "./fields.ts";
import { type MbusModel, modelNamed } from "./models.ts";
import { registrationOf } from "./registration.ts";
import {
  bcd,
  encipheredTelegram,
  fixedTelegram,
  type Header,
  manufacturerBytes,
  record,
  variableTelegram,
} from "./telegram.ts";

/** What can be wrong with the meter, beside its line. */
export type MbusFaults = {
  /** It hangs on no bus any more. */
  readonly absent?: boolean | undefined;
  /** It answers FC instead of E5, as over a line with bad levels. */
  readonly oddAcknowledgements?: boolean | undefined;
  /** It refuses readouts: application error 9, too many of them. */
  readonly limitsReadouts?: boolean | undefined;
  /** It has an alarm, told by ACD and REQ_UD1. */
  readonly alarm?: boolean | undefined;
  /** It enciphers with a key that nobody was told. */
  readonly otherKey?: boolean | undefined;
};

export type MbusSupply = HeatSupply | WaterSupply;

interface Memory {
  primaryAddress: number;
}

export class MbusMeter implements SimulatedMeter, MbusDevice, MbusSlave {
  readonly protocol = "mbus";
  readonly identity: MeterIdentity;
  readonly timezone: string;
  readonly registration: SimulatedMeter["registration"];
  readonly faults = new FaultSwitches<MbusFaults>();
  readonly ownFaults = {
    absent: yesOrNo,
    oddAcknowledgements: yesOrNo,
    limitsReadouts: yesOrNo,
    alarm: yesOrNo,
    otherKey: yesOrNo,
  };
  readonly secondaryAddress: Uint8Array;
  readonly #model: MbusModel;
  readonly #options: SimulatedMeterOptions<MbusSupply>;
  readonly #identification: string;
  readonly #clock: MeterClock;
  readonly #key: Uint8Array;
  readonly #memory: Memory;
  readonly #remember: () => void;
  readonly #station: SlaveStation;

  constructor(options: SimulatedMeterOptions<MbusSupply>) {
    const model = modelNamed(options.model);
    const { make, flag, firmware, version, medium } = model;
    this.#model = model;
    this.#options = options;
    const shared = model.identification.value === "that of the meter before it" ? 1 : 0;
    this.#identification = numberOf(options.number - shared);
    const serial = `${flag}${this.#identification}${shared ? `-${model.medium}` : ""}`;
    this.identity = { serial, make, model: model.model, firmware };
    this.timezone = timezones[model.zone.value];
    const cell = options.memory(serial);
    const hasAddress = model.addressing.value === "primary";
    this.#memory = cell.state<Memory>({ primaryAddress: hasAddress ? options.position + 1 : 0 });
    this.#remember = () => cell.remember("now");
    this.#clock = new MeterClock(options.seed, options.clockError);
    this.#key = bytesFor(seedFor(options.seed, "mbus key"), 16);
    this.secondaryAddress = Uint8Array.of(
      ...bcd(Number(this.#identification), 8),
      ...manufacturerBytes(flag),
      version,
      medium,
    );
    this.#station = new SlaveStation(this, model.link.value);
    this.registration = registrationOf(
      model,
      {
        primary: this.#memory.primaryAddress,
        identification: this.#identification,
        predecessor: String(Number(this.#identification) - 10_000_000),
      },
      Buffer.from(this.#key).toString("hex"),
    );
  }

  /** All meters behind the gateway are one bus. */
  newSession(onLine: readonly SimulatedMeter[]): Session {
    return new MbusGatewaySession(new MbusBus(onLine.filter((meter) => meter instanceof MbusMeter)));
  }

  get clockTime(): number {
    return this.#clock.time(this.#options.now());
  }

  get primaryAddress(): number {
    return this.#memory.primaryAddress;
  }

  set primaryAddress(address: number) {
    this.#memory.primaryAddress = address;
    this.#remember();
  }

  hear(frame: Parameters<MbusSlave["hear"]>[0]): ReturnType<MbusSlave["hear"]> {
    const { absent, oddAcknowledgements } = this.faults.current;
    if (absent) return undefined;
    const answer = this.#station.hear(frame);
    const isAcknowledgement = answer?.bytes.length === 1;
    return isAcknowledgement && oddAcknowledgements ? { ...answer, bytes: Uint8Array.of(0xfc) } : answer;
  }

  telegrams({ accessNumber }: TelegramContext): readonly Uint8Array[] {
    const { limitsReadouts, alarm, otherKey } = this.faults.current;
    if (limitsReadouts) return [Uint8Array.of(applicationError, tooManyReadouts)];
    const { structure, numbers, telegrams, isEnciphered, link } = this.#model;
    const header = this.#header(accessNumber, alarm ? permanentError : 0);
    const view = this.#view();
    if (structure.value === "fixed") {
      return [fixedTelegram(header, view.now.volume, view.monthBegin(0).readings.volume)];
    }
    const pages = telegrams.value.map((names) => names.flatMap((name) => record(fields[name], view, numbers.value)));
    if (isEnciphered.value) {
      const key = otherKey ? this.#key.map((byte) => byte ^ 0xff) : this.#key;
      return pages.map((records) => encipheredTelegram(header, records, key));
    }
    const isEndless = link.value.frameCount === "always-same";
    return pages.map((records, index) => variableTelegram(header, records, isEndless || index < pages.length - 1));
  }

  alarm(): Uint8Array | undefined {
    return this.faults.current.alarm ? Uint8Array.of(alarmInformation, permanentError) : undefined;
  }

  #header(accessNumber: number, status: number): Header {
    const { flag, version, medium } = this.#model;
    const identification = bcd(Number(this.#identification), 8);
    return { identification, manufacturer: manufacturerBytes(flag), version, medium, accessNumber, status };
  }

  #view(): MeterView {
    const { now, historyDays } = this.#options;
    const { zone, storedDate } = this.#model;
    const instant = now();
    return {
      identification: this.#identification,
      now: this.#readingsAt(instant),
      clock: this.clockTime,
      zone: zone.value,
      monthBegin: (monthsBack) => {
        const begin = this.#monthBegin(monthsBack);
        return { readings: this.#readingsAt(begin), instant: begin };
      },
      storedDate: storedDate.value,
      operatingHours: historyDays * 24 + (Math.floor(instant / hourMilliseconds) % 24),
      errorFlags: this.faults.current.alarm ? 1 : 0,
      batteryDays: batteryDays - (Math.floor(instant / dayMilliseconds) % 1_000),
    };
  }

  /** Local midnight of the first day of a month. */
  #monthBegin(monthsBack: number): number {
    const zone = this.#model.zone.value;
    const local = new Date(this.clockTime + zoneOffset(zone, this.clockTime) * 60_000);
    return instantOfLocal(zone, Date.UTC(local.getUTCFullYear(), local.getUTCMonth() - monthsBack, 1));
  }

  #readingsAt(instant: number): Readings {
    const { supply } = this.#options;
    if (supply.medium === "water") {
      const { flow, temperature } = supply.now(instant);
      return {
        ...{ energy: 0, power: 0, returnTemperature: temperature },
        ...{ volume: supply.volume(instant), flow, flowTemperature: temperature },
      };
    }
    const { flowTemperature, returnTemperature, power, flow } = supply.now(instant);
    const swapped = this.#model.sensors.value === "swapped";
    return {
      ...{ ...supply.registers(instant), power, flow },
      flowTemperature: swapped ? returnTemperature : flowTemperature,
      returnTemperature: swapped ? flowTemperature : returnTemperature,
    };
  }
}

/** Eight digits. */
function numberOf(meter: number): string {
  return String(firstNumber + meter * 137);
}

const firstNumber = 61_000_000;
const applicationError = 0x70;
const tooManyReadouts = 9;
const alarmInformation = 0x71;
const permanentError = 0x08;
const batteryDays = 3_000;
const hourMilliseconds = 3_600_000;
const dayMilliseconds = 24 * hourMilliseconds;
