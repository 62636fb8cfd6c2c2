/** Registers (classes 3 and 4): energy since installation, by tariff too, greatest demands, and what flows now. */
import {
  type Data,
  doubleLongUnsigned,
  enumerated,
  integer,
  long,
  long64Unsigned,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from "@anymeter/dlms-cosem";
import type { ClockHabit } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import { profileStatusName, unspecifiedTime } from "../profiles/columns.ts";
import { meterTime } from "../profiles/row-writer.ts";
import { type MeterRegister, Moment, type Registers, type RegisterType } from "../registers.ts";
import { attribute, type CosemObject, type ObjectAttribute } from "./object-model.ts";

export function registerObjects(
  registers: Registers,
  measurements: Measurements,
  clock: ClockHabit,
): readonly CosemObject[] {
  const now = () => new Moment(measurements, measurements.now());
  return [
    ...registers.all.map((register) => registerObject(register, now, clock)),
    {
      classId: 1,
      version: 0,
      logicalName: profileStatusName,
      audience: "management",
      attributes: [attribute(2, () => unsigned(0))],
    },
  ];
}

function registerObject(register: MeterRegister, now: () => Moment, clock: ClockHabit): CosemObject {
  const { classId, logicalName, type, value, scaler, unit, capturedAt } = register;
  return {
    classId,
    version: 0,
    logicalName,
    audience: "management",
    attributes: [
      attribute(2, () => registerValue(type, value(now()))),
      attribute(3, () => structure(integer(scaler), enumerated(unit))),
      ...(capturedAt === undefined ? [] : extendedAttributes(() => capturedAt(now()), clock)),
    ],
  };
}

/** Status and capture time of an extended register. */
function extendedAttributes(capturedAt: () => number | undefined, clock: ClockHabit): readonly ObjectAttribute[] {
  return [
    attribute(4, () => unsigned(0)),
    attribute(5, () => {
      const time = capturedAt();
      return octetString(time === undefined ? unspecifiedTime : meterTime(time, clock));
    }),
  ];
}

/** A register's value in the type its make writes it in. */
export function registerValue(type: RegisterType, value: number): Data {
  return constructors[type](value);
}

const constructors: Record<RegisterType, (value: number) => Data> = {
  unsigned,
  long,
  "long-unsigned": longUnsigned,
  "double-long-unsigned": doubleLongUnsigned,
  "long64-unsigned": (value) => long64Unsigned(BigInt(value)),
};
