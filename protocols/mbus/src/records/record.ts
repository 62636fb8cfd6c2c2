/** A data record: one value of a meter with all that says what it is (EN 13757-3, 6.2). */
import type { ProtocolError } from "@anymeter/sans-io";
import type { CalendarTime } from "./calendar-time.ts";

export type DataRecord = RecordHead & RecordValue;

export interface RecordHead {
  /** Where the record begins, in the (deciphered) data after the header, and how many bytes it has. */
  readonly offset: number;
  readonly length: number;
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
  /** DIF and DIFE, VIF and VIFE, data: views of the telegram. */
  readonly raw: RawRecord;
  /** Why there is no value, or none that can be trusted; the bytes are in `raw`. */
  readonly problem?: ProtocolError | undefined;
}

export interface RawRecord {
  readonly dataInformation: Uint8Array;
  readonly valueInformation: Uint8Array;
  readonly data: Uint8Array;
}

export type RecordValue =
  /** Exact decimal text, scaled to `unit`. */
  | { readonly kind: "decimal"; readonly value: string }
  /** Text of the meter, or the digits of a display code that is no number. */
  | { readonly kind: "text"; readonly value: string }
  /** Local time of the meter; all fields absent means "no date". */
  | { readonly kind: "time"; readonly value: CalendarTime }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  /** A compact profile: values one after another. */
  | { readonly kind: "profile"; readonly value: ProfileValue }
  | { readonly kind: "none"; readonly value: undefined };

/** Bits 4 and 5 of the DIF, by value. */
export const recordFunctions = ["instantaneous", "maximum", "minimum", "error state"] as const;
export type RecordFunction = (typeof recordFunctions)[number];

export interface ProfileValue {
  /** Distance of the values in time; absent when the meter does not say it. */
  readonly spacing?: { readonly count: number; readonly unit: string } | undefined;
  /** Decimal text in the record's unit, oldest first; undefined where the meter has none. */
  readonly values: readonly (string | undefined)[];
}
