/**
 * Times as meters of the VDEW and LEM manuals' kind write them: digits `sYYMMDDhhmmss`, local, with or without the season
 * digit `s` in front and the seconds at the end (ZST10, ZSTs11, ZST12, ZSTs13).
 */
import { type LocalDateTime, localDateTimeOf, localMilliseconds } from "@anymeter/sans-io";
import { iec62056Error } from "../errors.ts";

export type Season = "normal" | "daylight-saving" | "utc";

export interface MeterTime extends LocalDateTime {
  /** What the season digit says; undefined when there is none. */
  readonly season?: Season;
}

/** By season digit. */
const seasons: readonly Season[] = ["normal", "daylight-saving", "utc"];

/** The four forms by their number of digits. */
export type TimeFormat = "ZST10" | "ZSTs11" | "ZST12" | "ZSTs13";

/**
 * 24:00 becomes 00:00 of the next day.
 * @throws ProtocolError `time_invalid`
 */
export function decodeMeterTime(text: string): MeterTime {
  const match = timeDigits.exec(text.trim());
  if (!match) throw iec62056Error("time_invalid", { text, reason: "it is not [s]YYMMDDhhmm[ss]" });
  const [, season, ...fields] = match;
  const [year, month, day, hour, minute, second] = fields.map((field) => Number(field ?? 0)) as [number, ...number[]];
  const isMidnight = hour === 24 && minute === 0 && second === 0;
  const written = { year: 2000 + year, month, day, hour: isMidnight ? 0 : hour, minute, second } as MeterTime;
  const time = meterTimeOf(localMilliseconds(written));
  if (Object.entries(time).some(([name, value]) => written[name as keyof MeterTime] !== value)) {
    throw iec62056Error("time_invalid", { text, reason: "the calendar has no such time" });
  }
  return meterTimeOf(
    localMilliseconds(time) + (isMidnight ? dayMilliseconds : 0),
    season === undefined ? undefined : seasons[Number(season)],
  );
}

/** An odd number of digits has the season digit. */
const timeDigits = /^([012])?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?$/;
const dayMilliseconds = 86_400_000;

/** The digits of a time in a form. */
export function encodeMeterTime(time: MeterTime, format: TimeFormat): string {
  const season = format.includes("s") ? String(Math.max(0, seasons.indexOf(time.season ?? "normal"))) : "";
  const [year, ...rest] = [time.year % 100, time.month, time.day, time.hour, time.minute];
  const seconds = format === "ZST12" || format === "ZSTs13" ? [time.second] : [];
  return season + [year!, ...rest, ...seconds].map((field) => String(field).padStart(2, "0")).join("");
}

/** The local time so many milliseconds after a time, of the same season. */
export function addMilliseconds(time: MeterTime, milliseconds: number): MeterTime {
  return meterTimeOf(localMilliseconds(time) + milliseconds, time.season);
}

/** The time that shows so many milliseconds as if local were UTC. */
export function meterTimeOf(local: number, season?: Season): MeterTime {
  return { ...localDateTimeOf(local), ...(season && { season }) };
}

/**
 * The instant of a time with a season.
 * @param standardOffset minutes that normal time is ahead of UTC; daylight saving time is an hour more
 * @returns milliseconds since 1970; undefined for a time without a season, which is known only to who knows the zone's rules
 */
export function epochOf(time: MeterTime, standardOffset: number): number | undefined {
  if (!time.season) return undefined;
  const offset = { normal: standardOffset, "daylight-saving": standardOffset + 60, utc: 0 }[time.season];
  return localMilliseconds(time) - offset * 60_000;
}
