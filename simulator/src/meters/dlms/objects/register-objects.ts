/** Registers (class 3): energy since installation, and what flows now. */
import {
  type Data,
  doubleLongUnsigned,
  enumerated,
  integer,
  long64Unsigned,
  longUnsigned,
  structure,
  unsigned,
} from "@anymeter/dlms-cosem";
import type { MeterMake } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import { cellType, profileStatusName } from "../profiles/load-profile.ts";
import type { CellType } from "../profiles/row-writer.ts";
import { type Quantity, quantities, rawValue, scalerOf } from "../quantities.ts";
import { attribute, type CosemObject } from "./object-model.ts";

export function registerObjects(make: MeterMake, measurements: Measurements): CosemObject[] {
  const offered = Object.entries<Quantity>(quantities).filter(([name, { phases }]) =>
    make.phases === 3 ? !singlePhaseOnly.includes(name) : phases === undefined,
  );
  return [
    ...offered.map(([, quantity]) => registerObject(quantity, make, measurements)),
    {
      classId: 1,
      version: 0,
      logicalName: profileStatusName,
      audience: "management",
      attributes: [attribute(2, () => unsigned(0))],
    },
  ];
}

function registerObject(quantity: Quantity, make: MeterMake, measurements: Measurements): CosemObject {
  const type = cellType(quantity, make);
  return {
    classId: 3,
    version: 0,
    logicalName: quantity.logicalName,
    audience: "management",
    attributes: [
      attribute(2, () => {
        const { supply } = measurements;
        const now = measurements.now();
        return registerValue(type, rawValue(quantity, make.resolutions, supply.registers(now), supply.now(now)));
      }),
      attribute(3, () => structure(integer(scalerOf(quantity, make.resolutions)), enumerated(quantity.unit))),
    ],
  };
}

/** The names a single-phase meter has instead of those of three phases. */
const singlePhaseOnly = ["volts", "amperes"];

/** A register's value in the type its make writes it in. */
export function registerValue(type: CellType, value: number): Data {
  return constructors[type](value);
}

const constructors: Record<CellType, (value: number) => Data> = {
  unsigned,
  "long-unsigned": longUnsigned,
  "double-long-unsigned": doubleLongUnsigned,
  "long64-unsigned": (value) => long64Unsigned(BigInt(value)),
};
