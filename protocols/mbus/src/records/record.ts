/** A data record: one value of a meter with all that says what it is (EN 13757-3, 6.2). */
import type { ProtocolError } from "@anymeter/sans-io";
import type { CalendarTime } from "./calendar-time.ts";

export type DataRecord = RecordHead & RecordValue;

export interface RecordHead {
  /** Where the record begins, in the (deciphered) data behind the header. */
  readonly offset: number;
  readonly function: RecordFunction;
  /** 0 is the current value; others are stored ones, such as due dates. */
  readonly storage: number;
  /** 0 is the total. */
  readonly tariff: number;
  /** Part of the device the value comes from, such as a pulse input. */
  readonly subunit: number;
  /** What is measured: "energy", "volume flow", "operating time" … with what a VIFE makes of it. */
  readonly quantity: string;
  /** "Wh", "m³", "°C" …; "" for values without one. */
  readonly unit: string;
  /** What VIFEs add that changes neither quantity nor unit: "at phase L1", "future value". */
  readonly modifiers: readonly string[];
  /** All bytes of the record, a view of the telegram: DIF and DIFE, VIF and VIFE, data. */
  readonly raw: Uint8Array;
  readonly dataInformationLength: number;
  readonly valueInformationLength: number;
  /** Why there is no value, or none that can be trusted as it stands. */
  readonly problem?: ProtocolError | undefined;
}

export type RecordValue =
  /** Exact decimal text, scaled to `unit`. */
  | { readonly kind: "decimal"; readonly value: string }
  /** Text of the meter, digits that name something, or a display code that is no number. */
  | { readonly kind: "text"; readonly value: string }
  /** Local time of the meter; all fields absent means "no date". */
  | { readonly kind: "time"; readonly value: CalendarTime }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "profile"; readonly value: Profile }
  | { readonly kind: "none"; readonly value: undefined };

/** Bits 4 and 5 of the DIF, by value. */
export const recordFunctions = ["instantaneous", "maximum", "minimum", "error state"] as const;
export type RecordFunction = (typeof recordFunctions)[number];

/** A compact profile: a series of values in one record. */
export interface Profile {
  /** Distance of the entries in time; absent when they are a list and not a series in time. */
  readonly spacing: { readonly count: number; readonly unit: ProfileSpacingUnit } | undefined;
  /** In the order of the telegram: from the base forward in time, or back for the inverse profile. */
  readonly entries: readonly ProfileEntry[];
}

export type ProfileSpacingUnit = "s" | "min" | "h" | "d" | "half month" | "month";

export interface ProfileEntry {
  /** The storage number this value would have as a record of its own. */
  readonly storage: number;
  /** Decimal text in the record's unit; absent where the meter has none or the base value is missing. */
  readonly value: string | undefined;
  /** Absent without a base time or a spacing in time. */
  readonly time: CalendarTime | undefined;
}

/** "energy, maximum, storage 1, tariff 2, at phase L1": the record in words, without its value. */
export function recordName(record: RecordHead): string {
  const parts = [record.quantity];
  if (record.function !== "instantaneous") parts.push(record.function);
  if (record.storage !== 0) parts.push(`storage ${record.storage}`);
  if (record.tariff !== 0) parts.push(`tariff ${record.tariff}`);
  if (record.subunit !== 0) parts.push(`subunit ${record.subunit}`);
  return [...parts, ...record.modifiers].join(", ");
}
