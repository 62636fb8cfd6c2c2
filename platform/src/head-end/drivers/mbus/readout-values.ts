/** From the telegrams of a readout to named values with their times. */
import { type CalendarTime, type DataRecord, type Readout, recordName, timeText } from "@anymeter/mbus";
import type { CompleteMbusSettings } from "../../../registry/protocols/mbus.ts";
import type { ZoneOffsets } from "../zone-offsets.ts";
import { obisNameOf } from "./obis-names.ts";

/** One value of a meter. */
export interface NamedValue {
  /** Names its series may have, the preferred one first; the last is the record's own. */
  readonly names: readonly string[];
  /** Decimal text for what may be stored; text, dates and bytes are shown only. */
  readonly value: string;
  readonly isNumber: boolean;
  /** "" for values without one. */
  readonly unit: string;
  /** Milliseconds UTC; undefined where the meter does not tell when a stored value was. */
  readonly timestamp: number | undefined;
}

export interface ReadoutContext {
  readonly settings: CompleteMbusSettings;
  readonly zone: ZoneOffsets;
  /** When the meter answered, milliseconds UTC. */
  readonly readAt: number;
}

/** The record's own name: "energy", "volume/storage 1/tariff 2", "voltage/at phase L1". */
export function ownName(record: DataRecord): string {
  return recordName(record).replaceAll(", ", "/");
}

/** Every record that has a value, in the order of the telegrams. */
export function valuesOf({ telegrams }: Readout, context: ReadoutContext): NamedValue[] {
  const records = telegrams.flatMap((telegram) => telegram.records);
  const medium = telegrams.find(({ header }) => header?.medium !== undefined)?.header?.medium;
  const times = storedTimes(records, context);
  const presentTime = context.settings.reading_time === "meter" ? (times.get(0) ?? context.readAt) : context.readAt;
  const namesOf = (record: DataRecord) => {
    const own = ownName(record);
    const names = [context.settings.series_names?.[own], obisNameOf(record, medium), own];
    return names.filter((name) => name !== undefined);
  };
  return records.flatMap((record) => {
    if (record.problem) return [];
    const { unit, storage } = record;
    const named = { names: namesOf(record), unit };
    if (record.kind === "profile") {
      return record.value.entries.flatMap(({ value, time }) => {
        const timestamp = time && instantOf(time, context);
        return value === undefined ? [] : [{ ...named, value, isNumber: true, timestamp }];
      });
    }
    const value = textOf(record);
    if (value === undefined) return [];
    const timestamp = storage === 0 ? presentTime : times.get(storage);
    return [{ ...named, value, isNumber: record.kind === "decimal", timestamp }];
  });
}

/**
 * What the meter's clock showed, milliseconds UTC; undefined when it told no time of day. One that shows whole minutes or
 * seconds is on average half of that further than it shows.
 */
export function meterClock({ telegrams }: Readout, zone: ZoneOffsets): number | undefined {
  const records = telegrams.flatMap((telegram) => telegram.records);
  const clock = records.find((record) => isTimeOf(record, 0) && hasTimeOfDay(record));
  if (clock?.kind !== "time") return undefined;
  const shown = instantOf(clock.value, { zone, settings: undefined });
  return shown === undefined ? undefined : shown + (clock.value.second === undefined ? 30_000 : 500);
}

/** When stored values were, by their storage number; 0 is now. */
function storedTimes(records: readonly DataRecord[], context: ReadoutContext): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const record of records) {
    if (record.kind !== "time" || !isTimeOf(record, record.storage) || times.has(record.storage)) continue;
    if (record.storage === 0 && !hasTimeOfDay(record)) continue;
    const instant = instantOf(record.value, context);
    if (instant !== undefined) times.set(record.storage, instant);
  }
  return times;
}

function isTimeOf(record: DataRecord, storage: number): boolean {
  return (
    record.storage === storage &&
    record.function === "instantaneous" &&
    record.modifiers.length === 0 &&
    (record.quantity === "date and time" || record.quantity === "date")
  );
}

function hasTimeOfDay(record: DataRecord): boolean {
  return record.kind === "time" && record.value.hour !== undefined && record.value.year !== undefined;
}

/** undefined for a time that recurs, is no date, or is invalid by the meter's own word. */
function instantOf(
  time: CalendarTime,
  { zone, settings }: { readonly zone: ZoneOffsets; readonly settings: CompleteMbusSettings | undefined },
): number | undefined {
  const { year, month, day, hour, minute = 0, second = 0, summerTime } = time;
  if (timeText(time) === undefined || year === undefined || month === undefined || day === undefined) return undefined;
  const dayAfter = hour === undefined && settings?.stored_values_at === "end-of-day" ? 1 : 0;
  // The bit is set in summer; many meters never set it, so that only its being set tells something.
  return zone.instantOf({ year, month, day: day + dayAfter, hour: hour ?? 0, minute, second }, summerTime || undefined);
}

function textOf(record: DataRecord): string | undefined {
  switch (record.kind) {
    case "decimal":
    case "text":
      return record.value;
    case "time":
      return timeText(record.value);
    case "bytes":
      return Buffer.from(record.value).toString("hex").toUpperCase();
    default:
      return undefined;
  }
}
