/** Columns of profiles: registers, and what is captured beside them. */
import type { Interruption } from "../../../supply/interruptions.ts";
import { isDaylightSaving } from "../../zone.ts";
import type { ClockHabit } from "../makes.ts";
import type { Measurements } from "../measurements.ts";
import type { Moment, RegisterName, Registers } from "../registers.ts";
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

/** Where columns beside registers come from. */
export interface ColumnSources {
  readonly registers: Registers;
  readonly measurements: Measurements;
  readonly clock: ClockHabit;
  /** Tariff in force at a true instant. */
  readonly tariffAt: (instant: number) => number;
  /** Ends of billing periods until a true instant, and when the last was by the meter's clock. */
  readonly resetsAt: (instant: number) => { readonly count: number; readonly time: number | undefined };
  /** What the meter's modem shows at a true instant; absent = it has none. */
  readonly signal?: {
    readonly object: CaptureObject;
    readonly type: CellType;
    readonly value: (instant: number) => CellValue;
  };
}

export const profileStatusName = "0.0.96.10.1.255";
export const tariffInForceName = "0.0.96.14.0.255";
export const resetCountName = "1.0.0.1.0.255";
export const resetTimeName = "1.0.0.1.2.255";

export function columnsOf(names: readonly ColumnName[], sources: ColumnSources): readonly Column[] {
  return names.map((name) => columnOf(name, sources));
}

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

function columnOf(name: ColumnName, sources: ColumnSources): Column {
  const { registers, measurements, clock, tariffAt, resetsAt, signal } = sources;
  switch (name) {
    case "clock":
      return { object: clockColumn, type: "clock", value: (_, { time }) => time };
    case "status":
      return {
        object: dataObject(profileStatusName),
        type: "unsigned",
        value: ({ instant }, row) => statusOf(instant, row, measurements, clock),
      };
    case "tariff":
      return { object: dataObject(tariffInForceName), type: "unsigned", value: ({ instant }) => tariffAt(instant) };
    case "reset-count":
      return {
        object: dataObject(resetCountName),
        type: "double-long-unsigned",
        value: ({ instant }) => resetsAt(instant).count,
      };
    case "reset-time":
      return {
        object: dataObject(resetTimeName),
        type: "octet-string",
        value: ({ instant }) => {
          const { time } = resetsAt(instant);
          return time === undefined ? unspecifiedTime : meterTime(time, clock);
        },
      };
    case "signal":
      if (signal === undefined) throw new RangeError("a meter without a modem has no column for its signal");
      return { object: signal.object, type: signal.type, value: ({ instant }) => signal.value(instant) };
    default: {
      const { classId, logicalName, type, value } = registers.named(name);
      return { object: { classId, logicalName, attribute: 2 }, type, value };
    }
  }
}

/** The profile status of IDIS: 08 daylight saving, 20 clock adjusted, 80 power failed in the period. */
function statusOf(instant: number, row: RowContext, { clock }: Measurements, { zone }: ClockHabit): number {
  const start = instant - row.period;
  let status = isDaylightSaving(zone, row.time) ? 0x08 : 0;
  if (clock.wasSetBetween(start, instant)) status |= 0x20;
  if (row.interruptions.some(({ to }) => to >= start && to < instant)) status |= 0x80;
  return status;
}

function dataObject(logicalName: string): CaptureObject {
  return { classId: 1, logicalName, attribute: 2 };
}
