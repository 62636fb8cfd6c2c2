/** Values that a maker keeps in objects of their own (class 1, or registers), written in the type the meter shows. */
import { type Data, formatObis } from "@anymeter/dlms-cosem";
import { RunFailure } from "../../../causes.ts";
import type { CallContext } from "../call.ts";
import { registersOf } from "../register-classes.ts";
import { isNumber, numberLike, wholeOf } from "./exact-numbers.ts";
import { asData, type MeterObject, type MeterObjects, objectName } from "./meter-objects.ts";

export interface RegisterWish {
  readonly logicalName: string;
  readonly value: number;
  /** Power of ten from the value's unit to the base unit of the register: 3 for kW to W. */
  readonly exponent: number;
}

export interface WantedRegister {
  readonly object: MeterObject;
  /** What is written, in the register's scale; 0 for what is no number. */
  readonly whole: bigint;
  /** Nothing was rounded. */
  readonly exact: boolean;
  /** A sentence when the meter shows another value. */
  difference(): Promise<readonly string[]>;
  write(): Promise<void>;
}

/** @throws RunFailure `command_unsupported` when the meter lacks one, `command_refused` when a value does not fit */
export async function findRegisters(
  context: CallContext,
  objects: MeterObjects,
  wishes: readonly RegisterWish[],
): Promise<readonly WantedRegister[]> {
  const { columns, scalerUnits } = await registersOf(
    context,
    wishes.map(({ logicalName }) => logicalName),
  );
  const registers: WantedRegister[] = [];
  for (const { logicalName, value, exponent } of wishes) {
    const index = columns.findIndex((column) => column.logicalName === logicalName);
    const column = columns[index];
    if (!column) throw new RunFailure("command_unsupported", `The meter has no ${formatObis(logicalName)}.`);
    const shown = await objects.value(column, 2, asData);
    const { whole, exact } = wholeOf(value, exponent - (scalerUnits[index]?.scaler ?? 0));
    const data = shown.type === "boolean" ? { type: shown.type, value: whole !== 0n } : numberLike(shown, whole);
    if (!data) {
      throw new RunFailure("command_refused", `${value} does not fit the ${objectName(column)} (${shown.type}).`);
    }
    registers.push(
      wanted(objects, column, data, { whole, exact }, (other) =>
        other.type === "boolean" ? other.value === (whole !== 0n) : isNumber(other, whole),
      ),
    );
  }
  return registers;
}

/** One after another: a meter is asked one thing at a time. */
export async function differencesOf(registers: readonly WantedRegister[]): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const register of registers) differences.push(...(await register.difference()));
  return differences;
}

/** A value of class 1 that is written as given. */
export function wantedValue(
  objects: MeterObjects,
  logicalName: string,
  data: Data,
  isShown: (data: Data) => boolean,
): WantedRegister {
  return wanted(objects, { classId: 1, logicalName }, data, { whole: 0n, exact: true }, isShown);
}

function wanted(
  objects: MeterObjects,
  { classId, logicalName }: MeterObject,
  data: Data,
  number: Pick<WantedRegister, "whole" | "exact">,
  isShown: (data: Data) => boolean,
): WantedRegister {
  const object = { classId, logicalName };
  return {
    object,
    ...number,
    difference: async () =>
      isShown(await objects.value(object, 2, asData)) ? [] : [`The ${objectName(object)} shows another value.`],
    write: () => objects.write(object, 2, data),
  };
}

/** A maker's own value, whether of class 1 or a register; undefined when the meter does not show it. */
export async function shownValue(objects: MeterObjects, logicalName: string): Promise<Data | undefined> {
  return (
    (await objects.valueIfThere({ classId: 1, logicalName }, 2, asData)) ??
    (await objects.valueIfThere({ classId: 3, logicalName }, 2, asData))
  );
}
