/** What P1 data sets mean beyond their text: times, hexadecimal text, the meters behind the meter. */

import { obisOf } from "../data/address.ts";
import type { DataSet, DataValue } from "../data/data-set.ts";
import { decodeMeterTime, type MeterTime } from "../data/meter-time.ts";
import { iec62056Error } from "../errors.ts";

/**
 * `YYMMDDhhmmssX`, X being S in summer and W in winter; without X the season is unknown (before DSMR 4).
 * @throws ProtocolError `time_invalid`
 */
export function decodeP1Time(text: string): MeterTime {
  const season = text.at(-1);
  if (text.length !== 13 || (season !== "S" && season !== "W")) {
    if (text.length === 12) return decodeMeterTime(text);
    throw iec62056Error("time_invalid", { text, reason: "it is not YYMMDDhhmmss with S or W behind it" });
  }
  return { ...decodeMeterTime(text.slice(0, 12)), season: season === "S" ? "daylight-saving" : "normal" };
}

/** Text that is written in hexadecimal digits, as identifiers and messages are; the text itself when it is not. */
export function textFromHex(value: string): string {
  if (value.length === 0 || value.length % 2 !== 0 || !/^[0-9A-Fa-f]+$/.test(value)) return value;
  return value.replace(/../g, (digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** A meter that the electricity meter reads over M-Bus and passes on. */
export interface P1SubMeter {
  /** 1 to 4. */
  readonly channel: number;
  /** M-Bus device type: 3 gas, 4 heat, 6 hot water, 7 water … */
  readonly deviceType?: number;
  readonly identifier?: string;
  readonly reading?: { readonly time?: MeterTime; readonly value: DataValue };
}

/** The meters behind a P1 meter, by channel. A time that is none, as meters send before their first contact, is left out. */
export function p1SubMeters(dataSets: readonly DataSet[]): P1SubMeter[] {
  const meters = new Map<number, P1SubMeter>();
  for (const { address, values } of dataSets) {
    const obis = obisOf(address);
    if (obis?.a !== 0 || !obis.b || values.length === 0) continue;
    const found = subMeterPart(obis.c, obis.d, values);
    if (found) meters.set(obis.b, { ...meters.get(obis.b), ...found, channel: obis.b });
  }
  return [...meters.values()].sort((one, other) => one.channel - other.channel);
}

function subMeterPart(c: number, d: number, values: readonly DataValue[]): Omit<P1SubMeter, "channel"> | undefined {
  const [first] = values;
  if (c === 24 && d === 1) return { deviceType: Number(first!.value) };
  if (c === 96 && d === 1) return { identifier: textFromHex(first!.value) };
  if (c === 24 && d === 2 && values.length >= 2) return { reading: readingOf(first!.value, values.at(-1)!) };
  // Before DSMR 4: (time)(status)(interval)(1)(address)(unit)(value).
  if (c === 24 && d === 3 && values.length === 7) {
    return { reading: readingOf(first!.value, { value: values[6]!.value, unit: values[5]!.value }) };
  }
  return undefined;
}

function readingOf(time: string, value: DataValue): { time?: MeterTime; value: DataValue } {
  try {
    return { time: decodeP1Time(time), value };
  } catch {
    return { value };
  }
}
