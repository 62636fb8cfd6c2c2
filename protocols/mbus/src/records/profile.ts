/**
 * Compact profiles (EN 13757-3:2018, annex F; OMS volume 2, annex "The M-Bus compact profile"): a series of values in one
 * record, behind a byte for size, unit and increments and one for the spacing. Base value and base time are records of
 * their own with the same storage number.
 */
import { scale } from "@anymeter/sans-io";
import { decodeDecimal } from "./binary-coded-decimal.ts";
import { type CalendarTime, daysOf } from "./calendar-time.ts";
import { type DataInformation, dataCodings } from "./data-information.ts";
import type { DataRecord, Profile, ProfileEntry, ProfileSpacingUnit } from "./record.ts";
import type { ProfileKind } from "./tables/combinable.ts";
import { integerOf, isInvalidInteger } from "./value.ts";
import type { ValueInformation } from "./value-information.ts";

/** What stands in the record itself; `expandProfiles` makes values of it when all records are known. */
class UnexpandedProfile implements Profile {
  readonly spacing: Profile["spacing"];
  readonly entries: readonly ProfileEntry[];
  readonly kind: ProfileKind;
  readonly mode: IncrementMode;
  readonly exponent: number;
  /** Raw numbers: absolute values or differences. */
  readonly numbers: readonly (number | bigint | undefined)[];

  constructor(
    kind: ProfileKind,
    mode: IncrementMode,
    spacing: Profile["spacing"],
    exponent: number,
    numbers: UnexpandedProfile["numbers"],
  ) {
    this.kind = kind;
    this.mode = mode;
    this.spacing = spacing;
    this.exponent = exponent;
    this.numbers = numbers;
    this.entries = [];
  }
}

/** The two high bits of the spacing control byte. */
const incrementModes = ["absolute", "increments", "decrements", "differences"] as const;
type IncrementMode = (typeof incrementModes)[number];

const spacingUnits = ["s", "min", "h", "d"] as const;

/** @returns the profile, or what is wrong with it */
export function readProfile(
  bytes: Uint8Array,
  start: number,
  end: number,
  { coding }: DataInformation,
  meaning: ValueInformation,
): Profile | string {
  if (coding.type !== "variable") return "a compact profile needs data of variable length";
  if (end - start < 2) return "a compact profile begins with two bytes for its spacing";
  const control = bytes[start]!;
  const element = dataCodings[control & 0x0f];
  if (!element?.length || element.type === "float") return "the elements of the compact profile have no usable coding";
  if ((end - start - 2) % element.length !== 0) return `its data is not whole elements of ${element.length} bytes`;
  const mode = incrementModes[control >> 6]!;
  const signed = mode === "absolute" || mode === "differences";
  const numbers: (number | bigint | undefined)[] = [];
  for (let at = start + 2; at < end; at += element.length) {
    const to = at + element.length;
    numbers.push(element.type === "bcd" ? decodeDecimal(bytes, at, to) : elementOf(bytes, at, to, signed));
  }
  const spacing = spacingOf((control >> 4) & 3, bytes[start + 1]!);
  return new UnexpandedProfile(meaning.profile!, mode, spacing, meaning.exponent, numbers);
}

/** Gives every profile its values and times, from the base records of the same telegram. */
export function expandProfiles(records: readonly DataRecord[]): DataRecord[] {
  return records.map((record) => {
    if (record.kind !== "profile" || !(record.value instanceof UnexpandedProfile)) return record;
    const { spacing } = record.value;
    return { ...record, value: { spacing, entries: entriesOf(record, record.value, records) } };
  });
}

function entriesOf(record: DataRecord, profile: UnexpandedProfile, records: readonly DataRecord[]): ProfileEntry[] {
  const baseTime = records.find(({ kind, storage }) => kind === "time" && storage === record.storage);
  const baseValue = records.find((other) => other.kind === "decimal" && isBase(other, record));
  const backward = profile.kind === "inverse";
  let sum = baseValue?.kind === "decimal" ? unscaled(baseValue.value, profile.exponent) : undefined;
  return profile.numbers.map((number, index) => {
    sum =
      profile.mode === "absolute" ? bigintOf(number) : added(sum, number, backward !== (profile.mode === "decrements"));
    return {
      storage: record.storage + index + 1,
      value: sum === undefined ? undefined : scale(sum, profile.exponent),
      time:
        baseTime?.kind === "time" && profile.spacing
          ? shiftTime(baseTime.value, profile.spacing, (backward ? -1 : 1) * (index + 1))
          : undefined,
    };
  });
}

/** Same storage, tariff, subunit, quantity and unit. */
function isBase(base: DataRecord, profile: DataRecord): boolean {
  return (
    base.storage === profile.storage &&
    base.tariff === profile.tariff &&
    base.subunit === profile.subunit &&
    base.quantity === profile.quantity &&
    base.unit === profile.unit &&
    base.modifiers.join() === profile.modifiers.join()
  );
}

/** Once an increment is missing, nothing after it is known. */
function added(sum: bigint | undefined, difference: number | bigint | undefined, subtract: boolean) {
  if (sum === undefined || difference === undefined) return undefined;
  return subtract ? sum - BigInt(difference) : sum + BigInt(difference);
}

/** A base value in steps of the profile's resolution; undefined when it is finer than that. */
function unscaled(text: string, exponent: number): bigint | undefined {
  const [whole = "", fraction = ""] = scale(text, -exponent).split(".");
  return /^0*$/.test(fraction) ? BigInt(whole) : undefined;
}

function elementOf(bytes: Uint8Array, at: number, to: number, signed: boolean): number | bigint | undefined {
  if (signed && isInvalidInteger(bytes, at, to)) return undefined;
  if (!signed && bytes.subarray(at, to).every((byte) => byte === 0xff)) return undefined;
  return integerOf(bytes, at, to, signed);
}

function spacingOf(unit: number, value: number): Profile["spacing"] {
  if (value >= 1 && value <= 250) return { count: value, unit: spacingUnits[unit]! };
  return specialSpacings[`${value} ${unit}`];
}

/**
 * By spacing value and unit; all others are reserved, and 0 is a list without spacing in time. "254 0" is reserved by the
 * table and means a month in the example beside it.
 */
const specialSpacings: Readonly<Record<string, Profile["spacing"]>> = {
  "254 0": { count: 1, unit: "month" },
  "253 3": { count: 1, unit: "half month" },
  "254 1": { count: 6, unit: "month" },
  "254 2": { count: 3, unit: "month" },
  "254 3": { count: 1, unit: "month" },
};

/** Moves a time; undefined when it is not whole or the spacing has no calendar rule (half months). */
function shiftTime(
  time: CalendarTime,
  { count, unit }: NonNullable<Profile["spacing"]>,
  steps: number,
): CalendarTime | undefined {
  const { year, month, day, hour, minute, second } = time;
  if (year === undefined || month === undefined || day === undefined || unit === "half month") return undefined;
  if (unit === "month") {
    const months = year * 12 + month - 1 + count * steps;
    const [shiftedYear, shiftedMonth] = [Math.floor(months / 12), (months % 12) + 1];
    return {
      ...fieldsOf(time),
      year: shiftedYear,
      month: shiftedMonth,
      day: Math.min(day, daysOf(shiftedYear, shiftedMonth)),
    };
  }
  const shifted = new Date(
    Date.UTC(year, month - 1, day, hour ?? 0, minute ?? 0, second ?? 0) + steps * count * milliseconds[unit],
  );
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    ...(hour !== undefined && { hour: shifted.getUTCHours() }),
    ...(minute !== undefined && { minute: shifted.getUTCMinutes() }),
    ...(second !== undefined && { second: shifted.getUTCSeconds() }),
  };
}

/** Hour, minute and second, without what is true of the base time alone. */
function fieldsOf({ hour, minute, second }: CalendarTime): CalendarTime {
  return {
    ...(hour !== undefined && { hour }),
    ...(minute !== undefined && { minute }),
    ...(second !== undefined && { second }),
  };
}

function bigintOf(number: number | bigint | undefined): bigint | undefined {
  return number === undefined ? undefined : BigInt(number);
}

const milliseconds: Readonly<Record<Exclude<ProfileSpacingUnit, "half month" | "month">, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
