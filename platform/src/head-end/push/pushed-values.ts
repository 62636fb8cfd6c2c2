/** What a push says, as readings and events of its meter. */
import {
  type CosemDateTime,
  captureObjectsFromData,
  type Data,
  DlmsError,
  dateTimeFromData,
  decimalFromData,
  decodeProfileRows,
  type EpochOptions,
  formatObis,
  logicalNameOf,
  type ScalerUnit,
  scalerUnitFromData,
  toEpochMilliseconds,
  units,
} from "@anymeter/dlms-cosem";
import type { MeterSystemEvent } from "../../events/event-writer.ts";
import type { ProfileRow } from "../../readings/profile-rows/profile-row.ts";
import type { Reading } from "../../readings/reading-writer.ts";
import { instantLimits } from "../../readings/timestamp.ts";
import type { CompleteDlmsSettings } from "../../registry/protocols/dlms.ts";
import { defaultPushSetup, pushLayoutName } from "../drivers/dlms/calls/read-push-setup.ts";
import { eventTitle } from "../drivers/dlms/event-codes.ts";
import { eventCodeObject, eventLogObject, eventOf, textOfData } from "../drivers/dlms/event-rows.ts";
import { scalerUnitsByModel } from "../drivers/dlms/model-units.ts";
import { type ProfileLayout, scalerUnitAttributes } from "../drivers/dlms/profile-layout.ts";
import { registersProfile } from "../drivers/dlms/register-classes.ts";
import { cellInfo, gsmDiagnosticClass, presentValue, signalScalerUnit } from "../drivers/dlms/signal-strength.ts";
import { columnOf, planRows, rowTargetOf, udilRowsOf } from "../drivers/dlms/udil-profiles.ts";
import type { ContactedDevice } from "../drivers/driver.ts";
import { EventCrosswalk } from "../drivers/event-crosswalk.ts";
import { ReadingCollector } from "../drivers/meter-values.ts";
import type { ProfileStore } from "../drivers/profile-memory.ts";
import { hasRows, type NamedColumn, rowOfValues } from "../drivers/udil-rows.ts";
import { itemsByLayout, type PushBody, type PushedItem, type PushLayout } from "./push-body.ts";

export interface PushContext {
  readonly device: ContactedDevice;
  readonly settings: CompleteDlmsSettings;
  readonly epoch: EpochOptions;
  readonly profiles: ProfileStore;
  /** Of the APDU. */
  readonly dateTime: CosemDateTime | undefined;
  /** Milliseconds UTC. */
  readonly receivedAt: number;
}

export interface PushedValues {
  readonly readings: readonly Reading[];
  readonly events: readonly MeterSystemEvent[];
  /** Of UDIL's tables; none of a meter that its clients do not know. */
  readonly rows: readonly ProfileRow[];
  /** What was left out and why: sentences. */
  readonly notes: readonly string[];
  /** Why nothing can be made of values that are there; undefined when everything that has a series was understood. */
  readonly notUnderstood?: string | undefined;
  /** The push setup to read so that it will be. */
  readonly pushSetup: string;
}

export async function valuesOf(body: PushBody, context: PushContext): Promise<PushedValues> {
  const pushSetup = body.pushSetup ?? defaultPushSetup;
  const { ofPushes, all: layouts } = await layoutsOf(context, pushSetup);
  const items = body.shape === "bare" ? bareItems(body, ofPushes) : body.items;
  if (!items) {
    const notUnderstood = `${body.values.length} values came without the names of their objects.`;
    return { readings: [], events: [], rows: [], notes: [], notUnderstood, pushSetup };
  }
  const found = new Found(context);
  const time = timeOf(items, context);
  for (const item of items) {
    if (item.classId === profileClass) await addRows(item, items, context, found);
    else if (isAlarm(item)) addAlarm(item, time, context, found);
    else addValue(item, items, layouts, time, context, found);
  }
  const { events, notes, collector } = found;
  const readings = collector.take();
  const missing = notes.length > 0 && readings.length === 0 && events.length === 0 ? notes.join(" ") : undefined;
  const rows = found.rowsOfUdil(time);
  return { readings, events, rows, notes: [...notes, ...collector.notes], notUnderstood: missing, pushSetup };
}

/** What came of a push so far. */
class Found {
  readonly collector: ReadingCollector;
  readonly events: MeterSystemEvent[] = [];
  readonly notes: string[] = [];
  /** Of the moment, with or without a series. */
  readonly values: (NamedColumn & { readonly value: string })[] = [];
  readonly #rows: ProfileRow[] = [];
  readonly #context: PushContext;
  readonly #crosswalk: EventCrosswalk;

  constructor(context: PushContext) {
    this.#context = context;
    this.collector = new ReadingCollector(context.device);
    this.#crosswalk = new EventCrosswalk(context.settings.event_codes, context.settings.event_crosswalk);
  }

  addEvent(event: MeterSystemEvent, code: number | undefined): void {
    this.events.push(event);
    const row = code === undefined ? undefined : this.#crosswalk.rowOf(event, code, this.#context.receivedAt);
    if (row) this.#rows.push(row);
  }

  addRows(rows: readonly ProfileRow[]): void {
    this.#rows.push(...rows);
  }

  rowsOfUdil(at: number): ProfileRow[] {
    const { device, receivedAt } = this.#context;
    if (!hasRows(device)) return [];
    return [...this.#rows, { ...rowOfValues(device, { table: "INST", at }, this.values), readAt: receivedAt }];
  }
}

interface KnownLayouts {
  /** Of whole bodies: the configured one first, then what was read from the meter. */
  readonly ofPushes: readonly PushLayout[];
  /** These, and registers that were read one by one: for scalers and classes. */
  readonly all: readonly PushLayout[];
}

async function layoutsOf({ settings, profiles, device }: PushContext, pushSetup: string): Promise<KnownLayouts> {
  const [push, registers] = await Promise.all([
    profiles.recall<ProfileLayout>(device.id, pushLayoutName(pushSetup)),
    profiles.recall<ProfileLayout>(device.id, registersProfile),
  ]);
  const ofPushes = [configured(settings), push?.layout].filter((layout) => layout !== undefined);
  return { ofPushes, all: registers ? [...ofPushes, registers.layout] : ofPushes };
}

function configured({ push_objects: objects }: CompleteDlmsSettings): PushLayout | undefined {
  if (!objects) return undefined;
  return {
    columns: objects.map(({ class: classId, obis, attribute = 2 }) => ({
      classId,
      logicalName: logicalNameOf(obis),
      attribute,
      dataIndex: 0,
    })),
    scalerUnits: objects.map(({ scaler, unit }) =>
      scaler === undefined && unit === undefined ? null : { scaler: scaler ?? 0, unit: unit ?? noUnit },
    ),
  };
}

/** By the first layout that has the body's length. */
function bareItems({ values }: PushBody, layouts: readonly PushLayout[]): readonly PushedItem[] | undefined {
  return layouts.map((layout) => itemsByLayout(values, layout)).find((items) => items !== undefined);
}

function addValue(
  item: PushedItem,
  items: readonly PushedItem[],
  layouts: readonly PushLayout[],
  time: number,
  context: PushContext,
  { collector, notes, values }: Found,
): void {
  const classId = item.classId || classByLayouts(item, layouts);
  if (!(valueAttributes[classId] ?? [2]).includes(item.attribute) || item.dataIndex !== 0) return;
  const name = formatObis(item.logicalName);
  const data = presentValue({ ...item, classId }, item.data);
  if (!data || decimalFromData(data, 0) === undefined) return;
  const scalerUnit =
    classId === gsmDiagnosticClass
      ? signalScalerUnit
      : (item.scalerUnit ?? toldBeside(item, items) ?? scalerByLayouts(item, layouts));
  const hasSeries = context.device.series.has(name);
  if (!scalerUnit && classId !== dataClass) {
    if (!hasSeries) return;
    notes.push(`${name} is not stored: neither the push nor anything known of the meter tells its scaler and unit.`);
    return;
  }
  const unit = (scalerUnit && units.get(scalerUnit.unit)?.symbol) || null;
  const value = decimalFromData(data, scalerUnit?.scaler ?? 0)!;
  values.push({ ...columnOf({ ...item, classId: classId || registerClass }, scalerUnit), value });
  if (hasSeries) {
    collector.add({ names: [name], value, unit, timestamp: captureTimeOf(item, items, context) ?? time });
  }
}

/** The scaler-unit of the same object as another item of the body. */
function toldBeside({ classId, logicalName }: PushedItem, items: readonly PushedItem[]): ScalerUnit | undefined {
  const attribute = scalerUnitAttributes[classId];
  const told = items.find((item) => item.logicalName === logicalName && item.attribute === attribute);
  try {
    return told && scalerUnitFromData(told.data);
  } catch {
    return undefined;
  }
}

function scalerByLayouts({ logicalName }: PushedItem, layouts: readonly PushLayout[]): ScalerUnit | undefined {
  for (const { columns, scalerUnits } of layouts) {
    const found = columns.findIndex((column, index) => column.logicalName === logicalName && scalerUnits[index]);
    if (found >= 0) return scalerUnits[found]!;
  }
  return undefined;
}

function classByLayouts({ logicalName }: PushedItem, layouts: readonly PushLayout[]): number {
  for (const { columns } of layouts) {
    const found = columns.find((column) => column.logicalName === logicalName);
    if (found) return found.classId;
  }
  return 0;
}

/** The meter's clock in the body, else the APDU's time, else when it came. A clock that calls itself wrong is none. */
function timeOf(items: readonly PushedItem[], { dateTime, epoch, receivedAt }: PushContext): number {
  const clock = items.find(({ logicalName, data }) => clockObject.test(logicalName) && isDateTime(data));
  return instantOf(clock?.data, epoch) ?? usableInstant(dateTime, epoch) ?? receivedAt;
}

function captureTimeOf(item: PushedItem, items: readonly PushedItem[], { epoch }: PushContext): number | undefined {
  const attribute = captureTimeAttributes[item.classId];
  if (attribute === undefined) return undefined;
  const told = items.find((other) => other.logicalName === item.logicalName && other.attribute === attribute);
  return instantOf(told?.data, epoch);
}

function instantOf(data: Data | undefined, epoch: EpochOptions): number | undefined {
  if (!data || !isDateTime(data)) return undefined;
  return usableInstant(dateTimeFromData(data), epoch);
}

function usableInstant(dateTime: CosemDateTime | undefined, epoch: EpochOptions): number | undefined {
  if (!dateTime || dateTime.status?.invalidValue || dateTime.status?.invalidClockStatus) return undefined;
  const instant = toEpochMilliseconds(dateTime, epoch);
  return instant !== undefined && instant >= instantLimits.earliest && instant <= instantLimits.latest
    ? instant
    : undefined;
}

function isDateTime(data: Data): boolean {
  return data.type === "date-time" || (data.type === "octet-string" && data.value.length === 12);
}

/** Rows of a profile, whose columns are told beside them or were read from the meter before. */
async function addRows(
  item: PushedItem,
  items: readonly PushedItem[],
  { device, profiles, epoch, settings, receivedAt }: PushContext,
  found: Found,
): Promise<void> {
  if (item.attribute !== bufferAttribute) return;
  const name = formatObis(item.logicalName);
  const remembered = (await profiles.recall<ProfileLayout>(device.id, name))?.layout;
  const told = items.find((other) => other.logicalName === item.logicalName && other.attribute === captureObjects);
  try {
    const columns = told ? captureObjectsFromData(told.data) : remembered?.columns;
    if (!columns) {
      found.notes.push(`The rows of ${name} are not stored: its capture objects are not known.`);
      return;
    }
    const scalerUnits = columns.map((column) =>
      scalerByLayouts({ ...column, data: item.data }, remembered ? [remembered] : []),
    );
    const rows = decodeProfileRows(item.data, columns, {
      capturePeriodSeconds: remembered?.capturePeriodSeconds ?? 0,
      sortMethod: remembered?.sortMethod ?? "fifo",
      scalerUnits,
      epoch,
    });
    for (const row of rows) {
      if (eventLogObject.test(item.logicalName)) {
        const logged = eventOf(row, columns, name, device, settings);
        if (logged) found.addEvent(logged.event, logged.code);
      } else {
        row.values.forEach(({ decimal }, index) => {
          const column = columns[index]!;
          const symbol = units.get(scalerUnits[index]?.unit ?? noUnit)?.symbol;
          if (decimal === undefined || !valueAttributes[column.classId]?.includes(column.attribute)) return;
          const timestamp = row.epochMilliseconds ?? Number.NaN;
          found.collector.add({
            names: [formatObis(column.logicalName)],
            value: decimal,
            unit: symbol || null,
            timestamp,
          });
        });
      }
    }
    const target = rowTargetOf(item.logicalName, device, settings.profile, undefined);
    const capturePeriodSeconds = remembered?.capturePeriodSeconds ?? 0;
    const layout = {
      columns,
      scalerUnits: scalerUnitsByModel(columns, scalerUnits, settings.profile),
      capturePeriodSeconds,
    };
    const plan = target && target.table !== "EVNT" && planRows(target, layout);
    if (plan) {
      found.notes.push(...plan.notes);
      found.addRows(udilRowsOf(rows, plan, device, receivedAt, epoch));
    }
  } catch (error) {
    if (!(error instanceof DlmsError)) throw error;
    found.notes.push(`The rows of ${name} are not stored: ${error.message}`);
  }
}

function isAlarm({ logicalName, attribute }: PushedItem): boolean {
  return attribute === 2 && (alarmObject.test(logicalName) || eventCodeObject.test(logicalName));
}

/** A register without an alarm in it is no event. */
function addAlarm(
  { logicalName, data }: PushedItem,
  timestamp: number,
  { device, settings }: PushContext,
  found: Found,
): void {
  const { organizationNumber, number: deviceNumber } = device;
  const name = formatObis(logicalName);
  const value = decimalFromData(data, 0) ?? (data.type === "bit-string" ? data.value : undefined);
  if (value === undefined || /^0*$/.test(value)) return;
  const code = eventCodeObject.test(logicalName) ? Number(value) : undefined;
  const title = code === undefined ? "Alarm" : eventTitle(code, settings.event_codes, settings.event_crosswalk);
  const content = `${name} = ${textOfData(data)}, pushed by the meter`;
  found.addEvent({ organizationNumber, deviceNumber, timestamp, title, content }, code);
}

/** Attributes whose value is a quantity, by class (Blue Book 4.3). */
const valueAttributes: Readonly<Record<number, readonly number[]>> = {
  ...{ 1: [2], 3: [2], 4: [2], 5: [2, 3], 8: [] },
  [gsmDiagnosticClass]: [cellInfo],
};
/** Attribute capture_time of class 4 and of class 5. */
const captureTimeAttributes: Readonly<Record<number, number>> = { 4: 5, 5: 6 };
const [dataClass, registerClass, profileClass] = [1, 3, 7];
const [bufferAttribute, captureObjects] = [2, 3];
/** Count: a number without a unit. */
const noUnit = 255;
const clockObject = /^0\.\d+\.1\.0\.\d+\.255$/;
/** 0-b:97.98.e: alarm registers (0-9) and alarm descriptors (20-29), Blue Book 6.2.1. */
const alarmObject = /^0\.\d+\.97\.98\.(?:\d|2\d)\.255$/;
