/** A Corus gas converter: its model's habits, its clock and memory, and the gas that flows through its meter. */
import {
  type DatabaseName,
  type DatabaseRecords,
  type DatabaseRequest,
  decodeValue,
  encodeRecord,
  encodeValue,
  type IFlagDevice,
  type InterruptedTransfers,
  layoutOf,
  type ParameterAddress,
  type ParameterBytes,
  type ParameterName,
  parameterMapOf,
  valueTypes,
} from "@anymeter/i-flag";
import type { Session } from "@anymeter/sans-io";
import type { GasSupply } from "../../supply/gas-supply.ts";
import { countUpTo, FaultSwitches, yesOrNo } from "../faults.ts";
import { RememberedClock } from "../meter-clock.ts";
import type { MeterIdentity, SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { instantOfLocal, localTimeAt, timezones } from "../zone.ts";
import { ConverterSession, type IFlagFaults } from "./converter-session.ts";
import { peaksOf, recordOf } from "./measurements.ts";
import { type IFlagModel, type MeasuredDatabase, modelNamed } from "./models.ts";
import { parameterValue } from "./parameter-values.ts";
import { type Period, periodsOf } from "./record-times.ts";
import { registrationOf } from "./registration.ts";

export class CorusConverter implements IFlagDevice, SimulatedMeter {
  readonly protocol = "i-flag";
  readonly identity: MeterIdentity;
  readonly timezone: string;
  readonly registration: SimulatedMeter["registration"];
  readonly faults = new FaultSwitches<IFlagFaults>();
  readonly ownFaults = {
    wrongChecksumsEvery: countUpTo(1_000, "frames", 1),
    lostAcknowledgementsEvery: countUpTo(1_000, "acknowledgements", 1),
    disorderedFramesEvery: countUpTo(1_000, "frames", 1),
    writeProtected: yesOrNo,
  };
  readonly identification: string;
  readonly transfers: InterruptedTransfers = {};
  readonly #model: IFlagModel;
  readonly #options: SimulatedMeterOptions<GasSupply>;
  readonly #clock: RememberedClock;
  readonly #parameters: ReadonlyMap<number, { readonly name: ParameterName; readonly address: ParameterAddress }>;
  /** Records that are over and so never change, by database and end. */
  readonly #records = new Map<string, Uint8Array | undefined>();

  constructor(options: SimulatedMeterOptions<GasSupply>) {
    const model = modelNamed(options.model);
    const serial = `${model.flag}${9_000_000 + options.number}`;
    this.#model = model;
    this.#options = options;
    this.identity = { serial, make: model.make, model: model.model, firmware: model.firmware };
    this.timezone = timezones[model.zone.value];
    this.registration = registrationOf(model);
    this.identification = `${model.flag}5${model.model}`;
    this.#parameters = parametersOf(model);
    this.#clock = new RememberedClock(options.seed, options.clockError, options.memory(serial));
  }

  get clockTime(): number {
    return this.#clock.time(this.#options.now());
  }

  newSession(): Session {
    const { frameData, sleepsAfter } = this.#model;
    return new ConverterSession(this, { frameData: frameData.value, idle: sleepsAfter.value }, this.faults);
  }

  readParameter(id: number): Uint8Array | undefined {
    const parameter = this.#parameters.get(id);
    if (!parameter) return undefined;
    const value = parameterValue(parameter.name, {
      model: this.#model,
      supply: this.#options.supply,
      now: this.#options.now(),
      clock: localTimeAt(this.#model.zone.value, this.clockTime),
    });
    return encodeValue(parameter.address.type, value as never);
  }

  writableLength(id: number): number | undefined {
    const parameter = this.#parameters.get(id);
    if (parameter?.name !== "datetime" && parameter?.name !== "battery_days") return undefined;
    return valueTypes[parameter.address.type].length;
  }

  writeParameters(parameters: readonly ParameterBytes[]): boolean {
    if (this.faults.current.writeProtected) return false;
    for (const { id, bytes } of parameters) {
      if (this.#parameters.get(id)?.name === "datetime") this.#setClock(decodeValue("date", bytes));
    }
    return true;
  }

  readDatabase({ database, mask, newest, oldest }: DatabaseRequest): DatabaseRecords | undefined {
    if (database === "event") return { recordLength: layoutOf("event", 5).length, records: [] };
    if (!isMeasured(database)) return undefined;
    const layout = layoutOf(database, this.#model.records.value[database]);
    if (mask !== layout.mask) return undefined;
    const { zone } = this.#model;
    const { historyDays, capturePeriod } = this.#options;
    const times = { zone: zone.value, interval: capturePeriod * 1000, historyDays };
    const records = periodsOf(database, this.clockTime, times).flatMap((period) => {
      // Limits are compared as the clock shows times, whatever the zone does.
      const end = localTimeAt(this.#model.zone.value, period.to);
      if (end > (newest ?? "9") || end < (oldest ?? "")) return [];
      return this.#record(database, period) ?? [];
    });
    return { recordLength: layout.length, records };
  }

  #setClock(text: string | undefined): void {
    if (text === undefined) return;
    const time = instantOfLocal(this.#model.zone.value, Date.parse(`${text}Z`));
    this.#clock.set(time, this.#options.now());
  }

  #record(database: MeasuredDatabase, period: Period): Uint8Array | undefined {
    const key = `${database} ${period.to}`;
    if (!this.#records.has(key)) this.#records.set(key, this.#newRecord(database, period));
    if (this.#records.size > mostRecords) this.#records.delete(this.#records.keys().next().value!);
    return this.#records.get(key);
  }

  /** undefined when the clock was set past the end: then the record was never written. */
  #newRecord(database: MeasuredDatabase, period: Period): Uint8Array | undefined {
    const { supply, capturePeriod } = this.#options;
    const to = this.#clock.instantOf(period.to);
    if (to === undefined) return undefined;
    const from = this.#clock.instantOf(period.from) ?? to - (period.to - period.from);
    const record = recordOf(database, supply, this.#model, {
      ...{
        from,
        to,
        start: localTimeAt(this.#model.zone.value, period.from),
        end: localTimeAt(this.#model.zone.value, period.to),
      },
      clockWasSet: this.#clock.wasSetBetween(from, to),
    });
    const peaks = database === "monthly" ? peaksOf(supply, this.#model, this.#intervals(from, to, capturePeriod)) : {};
    const layout = layoutOf(database, this.#model.records.value[database]);
    return encodeRecord(layout, { ...record, ...peaks }, this.#model.float3Exponent.value);
  }

  #intervals(from: number, to: number, seconds: number) {
    const step = seconds * 1000;
    const count = Math.max(0, Math.floor((to - from) / step));
    return Array.from({ length: count }, (_, index) => {
      const begin = from + index * step;
      return {
        from: begin,
        to: begin + step,
        end: localTimeAt(this.#model.zone.value, this.#clock.time(begin + step)),
      };
    });
  }
}

/** Two years of quarter hours. */
const mostRecords = 70_000;

function isMeasured(database: DatabaseName): database is MeasuredDatabase {
  return database === "interval" || database === "hourly" || database === "daily" || database === "monthly";
}

function parametersOf({ map, secondPressure }: IFlagModel) {
  const addresses = Object.entries(parameterMapOf(map.value.used).addresses);
  return new Map(
    addresses
      .filter(([name]) => name !== "pressure_2" || secondPressure.value)
      .map(([name, address]) => [address.id, { name: name as ParameterName, address }]),
  );
}
