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
import type { ClockHabit, MeterMake } from "../makes.ts";
import { profileStatusName, unspecifiedTime } from "../profiles/columns.ts";
import { meterTime } from "../profiles/row-writer.ts";
import { type MeterRegister, type RegisterType, registersOf } from "../registers.ts";
import { attribute, type CosemObject, type ObjectAttribute } from "./object-model.ts";

/** The registers of a make: the same objects for all its meters. */
export function registerObjects(make: MeterMake): readonly CosemObject[] {
  const known = objectsOfMakes.get(make);
  if (known !== undefined) return known;
  const objects = [...registersOf(make).map((register) => registerObject(register, make.clock.value)), profileStatus];
  objectsOfMakes.set(make, objects);
  return objects;
}

const objectsOfMakes = new WeakMap<MeterMake, readonly CosemObject[]>();

const profileStatus: CosemObject = {
  classId: 1,
  version: 0,
  logicalName: profileStatusName,
  audience: "management",
  attributes: [attribute(2, () => unsigned(0))],
};

function registerObject(register: MeterRegister, clock: ClockHabit): CosemObject {
  const { classId, logicalName, type, value, scaler, unit, capturedAt } = register;
  return {
    classId,
    version: 0,
    logicalName,
    audience: "management",
    attributes: [
      { number: 2, read: ({ now }) => ({ data: registerValue(type, value(now())) }) },
      attribute(3, () => structure(integer(scaler), enumerated(unit))),
      ...(capturedAt === undefined ? [] : extendedAttributes(capturedAt, clock)),
    ],
  };
}

/** Status and capture time of an extended register. */
function extendedAttributes(
  capturedAt: NonNullable<MeterRegister["capturedAt"]>,
  clock: ClockHabit,
): readonly ObjectAttribute[] {
  return [
    attribute(4, () => unsigned(0)),
    {
      number: 5,
      read: ({ now }) => {
        const time = capturedAt(now());
        return { data: octetString(time === undefined ? unspecifiedTime : meterTime(time, clock)) };
      },
    },
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
