/** Columns of profiles: registers, and what is captured beside them. */
import type { Interruption } from "../../../supply/interruptions.ts";
import { isDaylightSaving } from "../../zone.ts";
import type { ClockHabit, MeterMake } from "../makes.ts";
import { type MeterRegister, type Moment, type RegisterName, registersOf } from "../registers.ts";
import { signalName, signalOctets, signalStrength } from "../signal.ts";
import { type CaptureObject, clockColumn } from "./row-store.ts";
import { type CellType, meterTime, type RowWriter } from "./row-writer.ts";

/** "status" is the profile status word, "tariff" the one in force, "reset-time" the last end of a billing period. */
export type ColumnName = RegisterName | "clock" | "status" | "tariff" | "signal" | "reset-count" | "reset-time";

export interface Column {
  readonly object: CaptureObject;
  readonly type: CellType | "clock";
  readonly value: (moment: Moment, row: RowContext) => CellValue;
}

/** Octets, or a number; of a clock the time. */
export type CellValue = number | Uint8Array;

export interface RowContext {
  /** By the meter's clock, milliseconds UTC. */
  readonly time: number;
  /** Milliseconds since the row before. */
  readonly period: number;
  /** Outages around the row. */
  readonly interruptions: readonly Interruption[];
}

export const profileStatusName = "0.0.96.10.1.255";
export const tariffInForceName = "0.0.96.14.0.255";
export const resetCountName = "1.0.0.1.0.255";
export const resetTimeName = "1.0.0.1.2.255";

/** The columns of a make's profile: the same for all its meters. */
export function columnsOf(names: readonly ColumnName[], make: MeterMake): readonly Column[] {
  const registers = new Map(registersOf(make).map((register) => [register.name, register]));
  return names.map((name) => columnOf(name, make, registers));
}

/** What columns capture; the same list for the same columns. */
export function captureObjectsOf(columns: readonly Column[]): readonly CaptureObject[] {
  const objects = objectsOfColumns.get(columns) ?? columns.map(({ object }) => object);
  objectsOfColumns.set(columns, objects);
  return objects;
}

const objectsOfColumns = new WeakMap<readonly Column[], readonly CaptureObject[]>();

/** Writes the cells of a row. */
export function writeRow(
  writer: RowWriter,
  columns: readonly Column[],
  { moment, row, clock }: { readonly moment: Moment; readonly row: RowContext; readonly clock: ClockHabit },
): void {
  writer.structure(columns.length);
  for (const { type, value } of columns) writeCell(writer, type, value(moment, row), clock);
}

export function writeCell(writer: RowWriter, type: Column["type"], value: CellValue, clock: ClockHabit): void {
  if (type === "clock") writer.clock(value as number, clock);
  else if (typeof value === "number") writer.cell(type, value);
  else writer.octets(value);
}

/** A date-time of which nothing is specified: what is not known yet. */
export const unspecifiedTime = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80, 0x00, 0xff);

/** Throws a RangeError when the make has no such column. */
function columnOf(name: ColumnName, make: MeterMake, registers: ReadonlyMap<RegisterName, MeterRegister>): Column {
  const clock = make.clock.value;
  switch (name) {
    case "clock":
      return { object: clockColumn, type: "clock", value: (_, { time }) => time };
    case "status":
      return {
        object: dataObject(profileStatusName),
        type: "unsigned",
        value: (moment, row) => statusOf(moment, row, clock),
      };
    case "tariff":
      return {
        object: dataObject(tariffInForceName),
        type: "unsigned",
        value: ({ source, instant }) => source.tariffs.at(instant),
      };
    case "reset-count":
      return {
        object: dataObject(resetCountName),
        type: "double-long-unsigned",
        value: ({ source, instant }) => source.billing.closedAt(instant),
      };
    case "reset-time":
      return {
        object: dataObject(resetTimeName),
        type: "octet-string",
        value: ({ source: { billing }, instant }) => {
          const last = billing.resets[billing.closedAt(instant) - 1];
          return last === undefined ? unspecifiedTime : meterTime(last.time, clock);
        },
      };
    case "signal":
      return signalColumn(make);
    default: {
      const register = registers.get(name);
      if (register === undefined) throw new RangeError(`a ${make.model} has no register ${name}`);
      const { classId, logicalName, type, value } = register;
      return { object: { classId, logicalName, attribute: 2 }, type, value };
    }
  }
}

function signalColumn({ signal, model }: MeterMake): Column {
  if (signal?.value === "register") {
    const object = { classId: 3, logicalName: signalName, attribute: 2 };
    return { object, type: "long", value: ({ source, instant }) => signalStrength(source.seed, instant) };
  }
  if (signal?.value === "octets") {
    const value = ({ source, instant }: Moment) => signalOctets(signalStrength(source.seed, instant));
    return { object: dataObject(signalName), type: "octet-string", value };
  }
  throw new RangeError(`a ${model} captures no signal strength`);
}

/** The profile status of IDIS: 08 daylight saving, 20 clock adjusted, 80 power failed in the period. */
function statusOf({ source, instant }: Moment, row: RowContext, { zone }: ClockHabit): number {
  const { clock } = source.measurements;
  const start = instant - row.period;
  let status = isDaylightSaving(zone, row.time) ? 0x08 : 0;
  if (clock.wasSetBetween(start, instant)) status |= 0x20;
  if (row.interruptions.some(({ to }) => to >= start && to < instant)) status |= 0x80;
  return status;
}

function dataObject(logicalName: string): CaptureObject {
  return { classId: 1, logicalName, attribute: 2 };
}
