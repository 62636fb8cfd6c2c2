/** A Modbus meter: its model's map and habits, its faults, and its supply point. */
import { type ModbusDevice, ModbusServer, type RegisterMap, type RegisterTable, registerMap } from "@anymeter/modbus";
import type { Session } from "@anymeter/sans-io";
import type { SupplyPoint } from "../../supply/supply-point.ts";
import { FaultSwitches, yesOrNo } from "../faults.ts";
import type { MeterIdentity, SimulatedMeter, SimulatedMeterOptions } from "../simulated-meter.ts";
import { measured, momentOf } from "./measured-values.ts";
import { type ModbusModel, modelNamed } from "./models.ts";
import { imageOf } from "./register-image.ts";
import { registrationOf } from "./registration.ts";
import { WrongFraming } from "./wrong-framing.ts";

/** What can be wrong with the meter or its gateway, beside the line. */
export type ModbusFaults = {
  /** The unit does not answer: its address was changed, or its wire is off. */
  readonly absent?: boolean | undefined;
  /** Every request is answered with exception 06. */
  readonly busy?: boolean | undefined;
  /** All values are "not available", as before the first measurement. */
  readonly noValues?: boolean | undefined;
  /** The gateway converts where it should pass through, or the other way round. */
  readonly wrongFraming?: boolean | undefined;
};

export class ModbusMeter implements ModbusDevice, SimulatedMeter {
  readonly protocol = "modbus";
  readonly timezone = "UTC";
  readonly identity: MeterIdentity;
  readonly registration: SimulatedMeter["registration"];
  readonly faults = new FaultSwitches<ModbusFaults>();
  readonly ownFaults = { absent: yesOrNo, busy: yesOrNo, noValues: yesOrNo, wrongFraming: yesOrNo };
  readonly identification: NonNullable<ModbusDevice["identification"]>;
  readonly #model: ModbusModel;
  readonly #map: RegisterMap;
  readonly #options: SimulatedMeterOptions<SupplyPoint>;

  constructor(options: SimulatedMeterOptions<SupplyPoint>) {
    const model = modelNamed(options.model);
    this.#options = options;
    this.#model = model;
    this.#map = registerMap(model.map);
    const { make, firmware } = model;
    const digits = String(8_000_000 + options.number);
    this.identity = { serial: `MD${digits}`, make, model: model.model, firmware };
    this.registration = registrationOf(model, this.#map, this.unit, digits);
    this.identification = {
      conformity: 0x81,
      objects: new Map([make, model.model, firmware].map((text, id) => [id, latin(text)])),
    };
  }

  /** Address on the bus. */
  get unit(): number {
    return this.#options.position + 1;
  }

  /** It has no clock: nothing it tells has a time. */
  get clockTime(): number {
    return this.#options.now();
  }

  newSession(onLine: readonly SimulatedMeter[]): Session {
    const framing = this.#model.framing.value;
    // What is framed otherwise is noise to a meter: it stays silent.
    const meters = onLine
      .filter((meter) => meter instanceof ModbusMeter)
      .filter((meter) => meter.#model.framing.value === framing);
    const server = new ModbusServer({
      framing,
      device: (unit) => meters.find((meter) => meter.answersTo(unit)),
      habits: { transactionId: this.#model.transactionId.value },
    });
    return this.faults.current.wrongFraming ? new WrongFraming(server, framing) : server;
  }

  answersTo(unit: number): boolean {
    if (this.faults.current.absent) return false;
    return unit === this.unit || this.#model.answersTo.value === "any unit";
  }

  readRegisters(table: RegisterTable, address: number, quantity: number): Uint8Array | 2 | 3 | 6 {
    if (this.faults.current.busy) return serverBusy;
    if (quantity > this.#model.mostRegisters.value) return illegalValue;
    const { supply, now } = this.#options;
    const moment = momentOf(supply, now(), !this.#map.entries.some(({ series }) => series === secondVoltage));
    const image = imageOf({
      map: this.#map,
      lacks: this.#model.lacks.value,
      valueIn: (series) => {
        if (this.faults.current.noValues) return undefined;
        const value = measured(series, moment);
        if (value !== "no phase") return value;
        return this.#model.missingPhase.value === "zero" ? 0 : undefined;
      },
    });
    // Most makes keep the same registers for both functions; these keep one table, as their manuals have it.
    const right = table === (this.#map.table === "holding" ? "holding-registers" : "input-registers");
    return (right ? image.read(address, quantity) : undefined) ?? illegalAddress;
  }
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Voltage L2: what a single-phase meter has not. */
const secondVoltage = "1-0:52.7.0";
const illegalAddress = 2;
const illegalValue = 3;
const serverBusy = 6;
