/**
 * The models of the neighbourhood's Modbus meters. Make and model are invented; each keeps its registers where the
 * map of a widely used meter says, and has habits of real meters and gateways, with the reason. A new model is one more entry.
 */
import type { FramingName } from "@anymeter/modbus";

export interface Habit<T> {
  readonly value: T;
  /** Why a simulated meter should do this. */
  readonly because: string;
}

export interface ModbusModel {
  readonly make: string;
  readonly model: string;
  readonly firmware: string;
  readonly description: string;
  /** Register map of @anymeter/modbus that the meter follows. */
  readonly map: string;
  readonly framing: Habit<FramingName>;
  /** The units it answers to: its address on the bus, or whatever it is called. */
  readonly answersTo: Habit<"its own unit" | "any unit">;
  /** Requests for more registers are refused with exception 03. */
  readonly mostRegisters: Habit<number>;
  /** What the registers of a phase that is not connected hold. */
  readonly missingPhase: Habit<"not available" | "zero">;
  /** What whoever is in front of the meter makes of transaction ids. */
  readonly transactionId: Habit<"echo" | "zero">;
  /** Series of the map whose registers this meter does not have: exception 02. */
  readonly lacks: Habit<readonly string[]>;
}

const wholeMap: Habit<readonly string[]> = { value: [], because: "it is what its map says" };
const echoes: Habit<"echo" | "zero"> = { value: "echo", because: "so the standard says" };
const ownUnit: Habit<"its own unit"> = { value: "its own unit", because: "it hangs on a bus beside others" };
const direct: Habit<FramingName> = { value: "tcp", because: "it has a network socket of its own" };
const serial: Habit<FramingName> = {
  value: "rtu",
  because: "it hangs on RS-485 behind a gateway that passes bytes through",
};

export const models: readonly ModbusModel[] = [
  {
    make: "Tallinder",
    model: "T3-630",
    firmware: "1.8",
    description: "Three-phase meter, float registers, RTU",
    map: "eastron-sdm630",
    framing: serial,
    answersTo: ownUnit,
    mostRegisters: { value: 80, because: "its manual allows 40 parameters a request" },
    missingPhase: { value: "not available", because: "NaN is what float meters tell of a phase without voltage" },
    transactionId: echoes,
    lacks: wholeMap,
  },
  {
    make: "Tallinder",
    model: "T1-120",
    firmware: "2.4",
    description: "Single-phase meter, float registers, RTU",
    map: "eastron-sdm120",
    framing: serial,
    answersTo: ownUnit,
    mostRegisters: { value: 60, because: "its maker's manuals allow 30 parameters a request" },
    missingPhase: { value: "zero", because: "it has one phase only" },
    transactionId: echoes,
    lacks: wholeMap,
  },
  {
    make: "Campana",
    model: "CG-340",
    firmware: "2.17",
    description: "Three-phase meter, integers with the low word first, RTU",
    map: "carlo-gavazzi-em340",
    framing: serial,
    answersTo: ownUnit,
    mostRegisters: { value: 50, because: "the lists of its registers say so" },
    missingPhase: { value: "zero", because: "integers have no NaN" },
    transactionId: echoes,
    lacks: wholeMap,
  },
  {
    make: "Brevik",
    model: "BE-23",
    firmware: "3.2",
    description: "Three-phase meter, 64-bit counters, behind a gateway with transaction ids of its own",
    map: "abb-b23",
    framing: { value: "tcp", because: "a converting gateway is in front of it" },
    answersTo: ownUnit,
    mostRegisters: { value: 125, because: "the standard's limit" },
    missingPhase: { value: "not available", because: "all ones are this make's word for it" },
    transactionId: { value: "zero", because: "some gateways answer with transaction id 0, whatever was asked" },
    lacks: wholeMap,
  },
  {
    make: "Sonnfeld",
    model: "SF-203",
    firmware: "5.0",
    description: "Three-phase SunSpec meter, scale registers",
    map: "sunspec-meter",
    framing: direct,
    answersTo: { value: "any unit", because: "it is itself on the network, and its unit means nothing" },
    mostRegisters: { value: 125, because: "the standard's limit" },
    missingPhase: { value: "not available", because: "SunSpec has 8000 for what is not implemented" },
    transactionId: echoes,
    lacks: wholeMap,
  },
  {
    make: "Jaspis",
    model: "J-96",
    firmware: "1.02",
    description: "Panel meter, float registers, older than its address list",
    map: "janitza-umg96rm",
    framing: direct,
    answersTo: { value: "any unit", because: "it is itself on the network, and its unit means nothing" },
    mostRegisters: { value: 125, because: "the standard's limit" },
    missingPhase: { value: "zero", because: "this make tells 0 V of an open input" },
    transactionId: echoes,
    lacks: {
      value: ["1-0:14.7.0"],
      because: "firmware older than the register map: one register it asks for is answered with exception 02",
    },
  },
  {
    make: "Ilmen",
    model: "iE-3155",
    firmware: "1.3",
    description: "Three-phase meter, floats in kW and 64-bit counters, RTU",
    map: "schneider-iem3000",
    framing: serial,
    answersTo: ownUnit,
    mostRegisters: { value: 125, because: "the standard's limit" },
    missingPhase: { value: "not available", because: "NaN is what float meters tell of a phase without voltage" },
    transactionId: echoes,
    lacks: wholeMap,
  },
];

export function modelNamed(name: string): ModbusModel {
  const model = models.find((one) => one.model === name);
  if (model) return model;
  throw new RangeError(`there is no Modbus model ${name}; there are ${models.map((one) => one.model).join(", ")}`);
}
