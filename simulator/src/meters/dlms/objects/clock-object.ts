/** The clock (class 8): shown as the make writes it, set by attribute or by method. */
import {
  boolean,
  type Data,
  decodeDateTime,
  enumerated,
  integer,
  long,
  octetString,
  unsigned,
} from "@anymeter/dlms-cosem";
import { isDaylightSaving, zoneOffset } from "../../zone.ts";
import type { ClockHabit } from "../makes.ts";
import { meterTime } from "../profiles/row-writer.ts";
import { instantOfDateTime } from "../profiles/selection.ts";
import { attribute, type CosemObject, results } from "./object-model.ts";

export interface SettableClock {
  /** Milliseconds UTC as the meter has it. */
  time(): number;
  set(time: number): void;
}

export function clockObject(clock: SettableClock, habit: ClockHabit): CosemObject {
  const { zone } = habit;
  const write = (data: Data) => {
    const time = timeOf(data, habit);
    if (time === undefined) return results.typeUnmatched;
    clock.set(time);
    return results.success;
  };
  const adjust = (number: number, adjusted: (time: number, parameter: Data | undefined) => number | undefined) => ({
    number,
    invoke: (parameter: Data | undefined) => {
      const time = adjusted(clock.time(), parameter);
      if (time === undefined) return { result: results.typeUnmatched };
      clock.set(time);
      return { result: results.success };
    },
  });
  return {
    classId: 8,
    version: 0,
    logicalName: "0.0.1.0.0.255",
    audience: "public",
    attributes: [
      { number: 2, read: () => ({ data: octetString(meterTime(clock.time(), habit)) }), write },
      attribute(3, () => long(-zoneOffset(zone === "utc" ? "utc" : "central-european-standard", clock.time()))),
      attribute(4, () => unsigned(isDaylightSaving(zone, clock.time()) ? 0x80 : 0)),
      attribute(5, () => octetString(summerBegins)),
      attribute(6, () => octetString(summerEnds)),
      attribute(7, () => integer(60)),
      attribute(8, () => boolean(zone === "central-european")),
      attribute(9, () => enumerated(crystal)),
    ],
    methods: [
      adjust(1, (time) => nearest(time, 900_000)),
      adjust(3, (time) => nearest(time, 60_000)),
      adjust(6, (time, shift) => (isShift(shift) ? time + shift.value * 1000 : undefined)),
    ],
  };
}

function timeOf(data: Data, { zone }: ClockHabit): number | undefined {
  if (data.type === "date-time") return instantOfDateTime(data.value, zone);
  if (data.type !== "octet-string" || data.value.length !== 12) return undefined;
  return instantOfDateTime(decodeDateTime(data.value), zone);
}

/** shift_time takes -900 … 900 s (Blue Book, class 8, method 6). */
function isShift(data: Data | undefined): data is { type: "long"; value: number } {
  return data?.type === "long" && Math.abs(data.value) <= 900;
}

function nearest(time: number, step: number): number {
  return Math.round(time / step) * step;
}

const crystal = 1;
/** Last Sunday of March, 02:00, and of October, 03:00, in any year; deviations of the time that ends. */
const summerBegins = Uint8Array.of(0xff, 0xff, 3, 0xfe, 7, 2, 0, 0, 0, 0xff, 0xc4, 0x00);
const summerEnds = Uint8Array.of(0xff, 0xff, 10, 0xfe, 7, 3, 0, 0, 0, 0xff, 0x88, 0x80);
