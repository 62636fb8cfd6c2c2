/** Rows of a DLMS meter's profiles as rows of UDIL's tables. */
import {
  type CaptureObject,
  type Data,
  dateTimeFromData,
  decimalFromData,
  type EpochOptions,
  formatObis,
  type ProfileRow as MeterRow,
  type ScalerUnit,
  toEpochMilliseconds,
  units,
} from "@anymeter/dlms-cosem";
import { modelFields, obisOfField, tableProfiles, type UdilRow } from "@anymeter/udil";
import type { ProfileRow, RowTable } from "../../../readings/profile-rows/profile-row.ts";
import { isStorableInstant } from "../../../readings/timestamp.ts";
import { profilesBehind } from "../../../registry/protocols/dlms-commands.ts";
import { commandHomes } from "../../../registry/protocols/dlms-profiles.ts";
import type { ContactedDevice } from "../driver.ts";
import {
  FilledFields,
  fieldValue,
  hasRows,
  type NamedColumn,
  type PlannedField,
  planFields,
  rowOf,
  signalField,
} from "../udil-rows.ts";
import { unitless } from "./model-units.ts";
import { isSignal, presentValue } from "./signal-strength.ts";

/** Where the rows of a profile go. */
export interface RowTarget {
  readonly table: RowTable;
  /** Several profiles of one kind are channels, by their order. */
  readonly channel: number;
}

/**
 * Which table the rows of a profile are of: as the call says, else by the profiles of the meter's model, which are the
 * standard's when the model says nothing else. undefined: of none, or the meter is none of UDIL's.
 * @param logicalName "1.0.99.1.0.255"
 */
export function rowTargetOf(
  logicalName: string,
  device: ContactedDevice,
  model: string | undefined,
  asked: RowTable | undefined,
): RowTarget | undefined {
  if (asked === undefined && !hasRows(device)) return undefined;
  const home = commandHomes(model).on_demand_read;
  for (const { table } of tableProfiles) {
    if (asked !== undefined && asked !== table) continue;
    const channel = profilesBehind(table, home).indexOf(logicalName);
    // Logs of events and billing rows have no channels: whichever log an event is in, it is one event.
    if (channel >= 0) return { table: table as RowTable, channel: table === "LPRO" ? channel : 0 };
  }
  return asked === undefined ? undefined : { table: asked, channel: 0 };
}

/** How a profile's columns become fields. */
export interface RowPlan extends RowTarget {
  readonly fields: readonly (PlannedField | undefined)[];
  readonly scalers: readonly number[];
  readonly columns: readonly CaptureObject[];
  /** Minutes. */
  readonly interval: number;
  /** Which columns of the table stay empty although the meter has a value for them, and why: sentences. */
  readonly notes: readonly string[];
}

export interface CapturedColumns {
  readonly columns: readonly CaptureObject[];
  readonly scalerUnits: readonly (ScalerUnit | null | undefined)[];
  readonly capturePeriodSeconds: number;
}

/** undefined when no column is one of UDIL's. */
export function planRows(target: RowTarget, layout: CapturedColumns): RowPlan | undefined {
  const { columns, scalerUnits, capturePeriodSeconds } = layout;
  const { fields, leftOut } = planFields(columns.map((column, index) => columnOf(column, scalerUnits[index])));
  const ofTable = fieldNames.get(target.table);
  const notes = leftOut.flatMap(({ field, reason }) => (ofTable?.has(field) ? reason : []));
  if (fields.every((field) => field === undefined) && notes.length === 0) return undefined;
  const scalers = scalerUnits.map((scalerUnit) => scalerUnit?.scaler ?? 0);
  return { ...target, fields, scalers, columns, interval: Math.round(capturePeriodSeconds / 60), notes };
}

/** @param readAt milliseconds UTC */
export function udilRowsOf(
  rows: readonly MeterRow[],
  plan: RowPlan,
  device: ContactedDevice,
  readAt: number,
  epoch: EpochOptions,
): ProfileRow[] {
  const { table, channel, interval } = plan;
  const profile = table === "LPRO" ? { channel, ...(interval > 0 && { interval }) } : {};
  return rows.flatMap(({ epochMilliseconds: at, values }) => {
    if (at === undefined) return [];
    const data = values.map((value) => value?.data);
    return rowOf(device, { table, at, readAt, ...profile }, fieldsOf(data, plan, epoch));
  });
}

/** Fields of one row's values, in the order of the plan. */
export function fieldsOf(
  values: readonly (Data | undefined)[],
  { fields, scalers, columns }: Pick<RowPlan, "fields" | "scalers" | "columns">,
  epoch: EpochOptions,
): UdilRow {
  const filled = new FilledFields();
  for (let index = 0; index < fields.length; index++) {
    const planned = fields[index];
    const shown = values[index];
    const data = planned && shown && presentValue(columns[index]!, shown);
    if (planned === undefined || data === undefined) continue;
    const value = planned.kind === "datetime" ? instantOf(data, epoch) : numberOf(data, planned, scalers[index]!);
    if (value !== undefined) filled.set(planned, value);
  }
  return filled.row;
}

function numberOf(data: Data, planned: PlannedField, scaler: number): string | number | undefined {
  const decimal =
    data.type === "octet-string" ? numberInOctets(data.value, planned) : decimalFromData(data, scaler + planned.shift);
  return decimal === undefined ? undefined : fieldValue({ ...planned, shift: 0 }, decimal);
}

/** Some meters tell the tariff in force as one octet or as digits, and the signal as two octets, the second in dBm. */
function numberInOctets(octets: Uint8Array, { field, kind }: PlannedField): string | undefined {
  if (field === signalField) return octets.length === 2 ? String((octets[1]! << 24) >> 24) : undefined;
  if (kind !== "integer") return undefined;
  const text = String.fromCharCode(...octets.subarray(0, mostDigits + 1));
  if (/^\d+$/.test(text) && text.length <= mostDigits) return text;
  return octets.length === 1 ? String(octets[0]) : undefined;
}

/** undefined also for a time the store has no room for. */
function instantOf(data: Data, epoch: EpochOptions): number | undefined {
  try {
    const instant = toEpochMilliseconds(dateTimeFromData(data), epoch);
    return instant !== undefined && isStorableInstant(instant) ? instant : undefined;
  } catch {
    return undefined;
  }
}

/** How a column of a DLMS meter is named for UDIL; "" for what is no value: clocks, states, parts of objects. */
export function columnOf(column: CaptureObject, scalerUnit: ScalerUnit | null | undefined): NamedColumn {
  if (isSignal(column)) return { name: signalName, unit: "dBm" };
  const { classId, attribute, dataIndex } = column;
  if (!valueClasses.has(classId) || attribute !== 2 || dataIndex !== 0) return { name: "", unit: undefined };
  const name = formatObis(column.logicalName);
  if (scalerUnit) return { name, unit: unitless.has(scalerUnit.unit) ? "" : units.get(scalerUnit.unit)?.symbol };
  // Objects of class Data have no scaler and unit. Of the signal there the number itself tells what it is in.
  return { name, unit: classId !== dataClass ? undefined : name === signalName ? "dBm" : "" };
}

const signalName = formatObis(obisOfField(signalField)[0]!.obis);
const fieldNames: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(modelFields).map(([table, fields]) => [table, new Set(fields.map(({ model }) => model))]),
);
/** Data, Register, Extended register, Demand register. */
const valueClasses: ReadonlySet<number> = new Set([1, 3, 4, 5]);
const dataClass = 1;
/** Of a number of 32 bits. */
const mostDigits = 10;
