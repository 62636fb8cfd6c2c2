/** `read_registers`: the present values of registers, stored as readings where the meter has such a series. */
import {
  type CaptureObject,
  type Data,
  dateTimeFromData,
  decimalFromData,
  formatObis,
  logicalNameOf,
  type SelectedAttribute,
  toEpochMilliseconds,
  units,
} from "@anymeter/dlms-cosem";
import type { ProfileRow } from "../../../../readings/profile-rows/profile-row.ts";
import type { Reading } from "../../../../readings/reading-writer.ts";
import type { DlmsArguments } from "../../../../registry/protocols/dlms.ts";
import { RunFailure } from "../../../causes.ts";
import { withComputedFields } from "../../computed-fields.ts";
import type { CallOutcome } from "../../driver.ts";
import { storeReadings } from "../../meter-values.ts";
import { storedValue } from "../../stored-values.ts";
import { hasRows, rowOf, storeRows } from "../../udil-rows.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { planColumns } from "../column-plan.ts";
import { accessFailure } from "../failure-causes.ts";
import { scalerUnitsByModel } from "../model-units.ts";
import { registersOf } from "../register-classes.ts";
import { presentValue } from "../signal-strength.ts";
import { fieldsOf, planRows, type RowPlan } from "../udil-profiles.ts";
import { registersBehind } from "./registers-behind.ts";

export async function readRegisters(context: CallContext): Promise<StartedCall> {
  const { obis, udil_table } = context.call.kwargs as DlmsArguments<"read_registers">;
  const names = obis
    ? [...new Set(obis.map((code) => logicalNameOf(code)))]
    : await registersBehind(context, [udil_table ?? "INST"]);
  const layout = await registersOf(context, names);
  const wanted = layout.columns.filter(({ logicalName }) => names.includes(logicalName));
  const answers = await context.session.get(wanted.map(attributeOf));
  const times = await captureTimes(context, wanted);
  const readAt = context.clock.now();
  const told = wanted.map((object) => layout.scalerUnits[layout.columns.indexOf(object)]);
  const scalerUnits = scalerUnitsByModel(wanted, told, context.dlms.profile);
  const plan = planColumns(wanted, scalerUnits, context.device.series);
  const readings: Reading[] = [];
  const result: Record<string, RegisterValue> = {};
  const refused: RunFailure[] = [];
  const unknown: string[] = [];
  wanted.forEach((object, index) => {
    const { classId, logicalName } = object;
    const answer = answers[index];
    const name = formatObis(logicalName);
    if (!answer || !("data" in answer)) {
      refused.push(accessFailure(`class ${classId} ${name}`, answer?.error ?? otherReason));
      return;
    }
    const data = presentValue(object, answer.data);
    if (!data) {
      unknown.push(`${name} is not known to the meter.`);
      return;
    }
    const timestamp = times[index] ?? readAt;
    const scalerUnit = scalerUnits[index];
    const asRead = decimalFromData(data, scalerUnit?.scaler ?? 0) ?? textOf(data.value);
    const unit = scalerUnit ? (units.get(scalerUnit.unit)?.symbol ?? null) : null;
    result[name] = { value: asRead, unit, timestamp: new Date(timestamp).toISOString() };
    const series = plan.series[index];
    const decimal = series && decimalFromData(data, plan.scalerUnits[index]!.scaler);
    const value = decimal === undefined ? undefined : storedValue(decimal);
    if (!series || value === undefined) return;
    const { organizationNumber, number: deviceNumber } = context.device;
    readings.push({ organizationNumber, deviceNumber, seriesNumber: series.number, timestamp, value });
  });
  for (const name of names) {
    if (!wanted.some(({ logicalName }) => logicalName === name)) {
      refused.push(new RunFailure("object_missing", `${formatObis(name)} is no register of this meter.`));
    }
  }
  const values = answers.map((answer) => (answer && "data" in answer ? answer.data : undefined));
  const table = udil_table ?? (hasRows(context.device) ? "INST" : undefined);
  const rows = table && planRows({ table, channel: 0 }, { columns: wanted, scalerUnits, capturePeriodSeconds: 0 });
  const written = rows
    ? storeRows(context.profileRows, [
        snapshot(context, rows, values, readAt, table === "INST" && (!obis || udil_table !== undefined)),
      ])
    : undefined;
  const stored = Promise.all([storeReadings(context.readings, readings), written]);
  const notes = [...plan.notes, ...(rows?.notes ?? []), ...unknown];
  return { outcome: stored.then(() => outcomeOf(context, readings, result, refused, notes)) };
}

/** Everything read at once, as one row. Registers that were chosen one by one may leave out phases of the meter. */
function snapshot(
  { device, epoch }: CallContext,
  plan: RowPlan,
  values: readonly (Data | undefined)[],
  readAt: number,
  isWhole: boolean,
): ProfileRow {
  const at = Math.floor(readAt / 1000) * 1000;
  const fields = fieldsOf(values, plan, epoch);
  const whole = isWhole ? withComputedFields(fields, true) : fields;
  return rowOf(device, { table: plan.table, at, readAt }, whole);
}

/** The good values are stored and shown, also when others were refused. */
function outcomeOf(
  context: CallContext,
  readings: readonly Reading[],
  result: Record<string, RegisterValue>,
  refused: readonly RunFailure[],
  notes: readonly string[],
): CallOutcome {
  const more = refused.slice(1).map(({ detail }) => detail ?? "");
  const rowsRead = Object.keys(result).length;
  const outcome = { rowsRead, readingsStored: readings.length, notes: [...notes, ...more], result };
  if (refused[0]) context.call.fail(refused[0], outcome);
  return outcome;
}

interface RegisterValue {
  readonly value: string;
  readonly unit: string | null;
  readonly timestamp: string;
}

/** When the value of an extended or demand register was captured, where the meter tells; milliseconds UTC. */
async function captureTimes(context: CallContext, objects: readonly CaptureObject[]): Promise<(number | undefined)[]> {
  const timed = objects.filter(({ classId }) => captureTimeAttributes[classId] !== undefined);
  const answers = await context.session.get(
    timed.map(({ classId, logicalName }) => ({ classId, logicalName, attribute: captureTimeAttributes[classId]! })),
  );
  return objects.map((object) => {
    const answer = answers[timed.indexOf(object)];
    if (!answer || !("data" in answer)) return undefined;
    try {
      return toEpochMilliseconds(dateTimeFromData(answer.data), context.epoch);
    } catch {
      return undefined;
    }
  });
}

function attributeOf({ classId, logicalName, attribute }: CaptureObject): SelectedAttribute {
  return { classId, logicalName, attribute };
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value).slice(0, 200);
}

/** Attribute capture_time: class 4 and the current average of class 5. */
const captureTimeAttributes: Readonly<Record<number, number>> = { 4: 5, 5: 6 };
const otherReason = 250;
