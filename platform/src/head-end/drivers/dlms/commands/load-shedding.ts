/** `load_shedding_scheduling`: a schedule (class 10) whose entries run the scripts of the relay. */

import {
  describeTime,
  longUnsigned,
  type ScheduleEntry,
  scheduleValues,
  toEpochMilliseconds,
} from "@anymeter/dlms-cosem";
import type { CommandParameters } from "../../../../registry/commands/index.ts";
import type { ScheduleHome } from "../../../../registry/protocols/dlms-commands.ts";
import { RunFailure } from "../../../causes.ts";
import { type Preparation, type Prepare, verified } from "./carry-out.ts";
import {
  addDays,
  type CalendarDay,
  clockRemarks,
  compareDates,
  type MeterClock,
  sameDate,
  sameTime,
  secondsOf,
  timeOfDay,
} from "./meter-clock.ts";
import type { MeterObjects } from "./meter-objects.ts";
import { type RelaySelectors, relaySelectors, scriptTableClass } from "./relay-scripts.ts";
import { type ShowSetting, timeText } from "./shown-settings.ts";

const prepare: Prepare<"load_shedding_scheduling"> = async ({ context, objects, clock, parameters, home }) => {
  const schedule = { classId: 10, logicalName: home.object };
  const before = await objects.value(schedule, 2, scheduleValues.entries);
  const scripts = await relaySelectors(objects, home.scripts);
  const wanted = wantedEntries(parameters, scripts, clock, home);
  if (wanted.length === 0) {
    throw new RunFailure("command_refused", "No time of the schedule falls between its start and its end.");
  }
  const others = home.clear ? [] : before.filter((entry) => !switches(scripts)(entry));
  const entries = numbered(wanted, new Set(others.map(({ index }) => index)), home.greatestIndex);
  return {
    async differences() {
      const shown = (await objects.value(schedule, 2, scheduleValues.entries)).filter(switches(scripts));
      const missing = wanted.filter((entry) => !shown.some((other) => sameEntry(entry, other)));
      const left = shown.filter((entry) => !wanted.some((other) => sameEntry(entry, other)));
      return [
        ...missing.map((entry) => `The schedule does not show ${describeEntry(entry, scripts)}.`),
        ...left.map((entry) => `The schedule still shows ${describeEntry(entry, scripts)}.`),
      ];
    },
    async send() {
      if (home.clear) await clear(objects, home.clear);
      else await deleteEntries(objects, schedule, before.filter(switches(scripts)));
      for (const entry of entries) await objects.invoke(schedule, 2, scheduleValues.insert.toData(entry));
    },
    account: async () => ({
      remarks: [...remarksOf(parameters, wanted, scripts), ...(await clockRemarks(objects, context))],
    }),
  };
};

export const scheduleLoadShedding = verified("load_shedding_scheduling", prepare);

/** Takes everything away that switches the relay. */
export async function emptySchedule(objects: MeterObjects, home: ScheduleHome): Promise<Preparation> {
  const schedule = { classId: 10, logicalName: home.object };
  const scripts = await relaySelectors(objects, home.scripts);
  const switching = async () => (await objects.value(schedule, 2, scheduleValues.entries)).filter(switches(scripts));
  const before = await switching();
  return {
    async differences() {
      return (await switching()).map((entry) => `The schedule still shows ${describeEntry(entry, scripts)}.`);
    },
    async send() {
      if (home.clear) await clear(objects, home.clear);
      else await deleteEntries(objects, schedule, before);
    },
  };
}

/** The entries that switch the relay today, in the order of the day. */
export function switchingOf(
  entries: readonly ScheduleEntry[],
  scripts: RelaySelectors,
  clock: MeterClock,
): readonly { readonly time: string; readonly connects: boolean }[] {
  const today = clock.localAt(clock.now());
  return entries
    .filter((entry) => entry.enable && switches(scripts)(entry) && isInForce(entry, today))
    .toSorted((one, other) => secondsOf(one.switchTime) - secondsOf(other.switchTime))
    .map(({ switchTime, scriptSelector }) => ({
      time: describeTime(switchTime),
      connects: scriptSelector === scripts.reconnect,
    }));
}

/** "off at 18:30:00, on at 20:30:00" */
export function describeSwitching(switching: ReturnType<typeof switchingOf>): string {
  return switching.map(({ time, connects }) => `${connects ? "on" : "off"} at ${time}`).join(", ");
}

/**
 * One for each time of the day. Entries have dates, but no time at which they begin: a time of day before that of the start
 * begins on the day after, one after that of the end is over on the day before.
 */
function wantedEntries(
  { start_datetime, end_datetime, load_shedding_slabs }: CommandParameters<"load_shedding_scheduling">,
  { table, disconnect, reconnect }: RelaySelectors,
  clock: MeterClock,
  { datesMustDiffer }: ScheduleHome,
): ScheduleEntry[] {
  const start = clock.localAt(clock.instantOf(start_datetime));
  const end = clock.localAt(clock.instantOf(end_datetime));
  return load_shedding_slabs.flatMap(({ action_time, relay_operate }) => {
    const switchTime = timeOfDay(action_time);
    const beginDate = addDays(start, secondsOf(switchTime) < secondsOf(start) ? 1 : 0);
    const endDate = addDays(end, secondsOf(switchTime) > secondsOf(end) ? -1 : 0);
    if (compareDates(beginDate, endDate) > 0) return [];
    // The day after is let in, and left out by its weekday.
    const widened = datesMustDiffer && compareDates(beginDate, endDate) === 0;
    return {
      index: 0,
      enable: true,
      scriptLogicalName: table,
      scriptSelector: relay_operate === 1 ? reconnect : disconnect,
      switchTime,
      validityWindow: alwaysMadeUp,
      execWeekdays: widened ? onlyWeekday(beginDate) : everyWeekday,
      execSpecdays: "",
      beginDate,
      endDate: widened ? addDays(endDate, 1) : endDate,
    };
  });
}

function remarksOf(
  { load_shedding_slabs }: CommandParameters<"load_shedding_scheduling">,
  wanted: readonly ScheduleEntry[],
  { disconnect }: RelaySelectors,
): readonly string[] {
  const last = wanted.toSorted(
    (one, other) => compareDates(one.endDate, other.endDate) || secondsOf(one.switchTime) - secondsOf(other.switchTime),
  );
  const dropped = load_shedding_slabs.length - wanted.length;
  return [
    ...(dropped > 0 ? [`${dropped} times of the day never come between start and end, and are left out.`] : []),
    ...(last.at(-1)?.scriptSelector === disconnect
      ? ["The last time before the end switches off: the supply stays off afterwards until it is switched on."]
      : []),
  ];
}

function switches({ table, disconnect, reconnect }: RelaySelectors): (entry: ScheduleEntry) => boolean {
  return ({ scriptLogicalName, scriptSelector }) =>
    scriptLogicalName === table && (scriptSelector === disconnect || scriptSelector === reconnect);
}

async function clear(objects: MeterObjects, { table, script }: { table: string; script: number }): Promise<void> {
  await objects.invoke({ classId: scriptTableClass, logicalName: table }, 1, longUnsigned(script));
}

/** Range by range of neighbours: other entries stay. */
async function deleteEntries(
  objects: MeterObjects,
  schedule: { classId: number; logicalName: string },
  entries: readonly ScheduleEntry[],
): Promise<void> {
  const ranges: { firstIndex: number; lastIndex: number }[] = [];
  for (const index of entries.map((entry) => entry.index).toSorted((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last && index <= last.lastIndex + 1) last.lastIndex = index;
    else ranges.push({ firstIndex: index, lastIndex: index });
  }
  for (const range of ranges) await objects.invoke(schedule, 3, scheduleValues.delete.toData(range));
}

/** @throws RunFailure `command_refused` when the schedule has no room */
function numbered(wanted: readonly ScheduleEntry[], taken: ReadonlySet<number>, greatest: number): ScheduleEntry[] {
  let index = 0;
  return wanted.map((entry) => {
    do index++;
    while (taken.has(index));
    if (index > greatest) {
      throw new RunFailure("command_refused", `The meter's schedule has room for ${greatest} entries.`);
    }
    return { ...entry, index };
  });
}

function sameEntry(one: ScheduleEntry, other: ScheduleEntry): boolean {
  return (
    one.enable === other.enable &&
    one.scriptSelector === other.scriptSelector &&
    sameTime(one.switchTime, other.switchTime) &&
    sameDate(one.beginDate, other.beginDate) &&
    sameDate(one.endDate, other.endDate) &&
    one.execWeekdays.slice(0, 7) === other.execWeekdays.slice(0, 7)
  );
}

function describeEntry({ switchTime, scriptSelector }: ScheduleEntry, { reconnect }: RelaySelectors): string {
  return `${describeTime(switchTime)} ${scriptSelector === reconnect ? "on" : "off"}`;
}

/** Unspecified parts of a date are every one. */
function isInForce({ beginDate, endDate }: ScheduleEntry, today: ReturnType<MeterClock["localAt"]>): boolean {
  const filled = (date: ScheduleEntry["beginDate"]) => ({ ...today, ...date });
  return compareDates(filled(beginDate), today) <= 0 && compareDates(filled(endDate), today) >= 0;
}

/** With an end that is a day on which it switches: the last one. */
function effective({ execWeekdays, beginDate, endDate }: ScheduleEntry): Pick<ScheduleEntry, "beginDate" | "endDate"> {
  const { year, month, day } = endDate;
  if (year === undefined || typeof month !== "number" || typeof day !== "number") return { beginDate, endDate };
  const days = [0, -1, -2, -3, -4, -5, -6].map((back) => addDays({ year, month, day }, back));
  return { beginDate, endDate: days.find((date) => execWeekdays[onlyWeekday(date).indexOf("1")] === "1") ?? endDate };
}

/** Validity window: a time missed without power is made up for, however late. */
const alwaysMadeUp = 0xffff;
const everyWeekday = "1111111";

/** Monday first. */
function onlyWeekday({ year, month, day }: CalendarDay): string {
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return everyWeekday.replaceAll(/./g, (_, index) => (index === weekday ? "1" : "0"));
}

/** `lsch`: what the schedule switches. */
export const showLoadShedding: ShowSetting = async ({
  context,
  objects,
  homes: { load_shedding_scheduling: home },
}) => {
  if (home.by !== "schedule") return undefined;
  const all = await objects.valueIfThere({ classId: 10, logicalName: home.object }, 2, scheduleValues.entries);
  if (!all) return undefined;
  const scripts = await relaySelectors(objects, home.scripts).catch(() => undefined);
  if (!scripts) return undefined;
  const entries = all
    .filter(({ enable, scriptLogicalName }) => enable && scriptLogicalName === scripts.table)
    .toSorted((one, other) => secondsOf(one.switchTime) - secondsOf(other.switchTime));
  const instants = (which: "beginDate" | "endDate") =>
    entries.flatMap(
      (entry) => toEpochMilliseconds({ ...effective(entry)[which], ...entry.switchTime }, context.epoch) ?? [],
    );
  const [starts, ends] = [instants("beginDate"), instants("endDate")];
  return {
    ...(starts.length > 0 && { lsch_start_datetime: Math.min(...starts) }),
    ...(ends.length > 0 && { lsch_end_datetime: Math.max(...ends) }),
    lsch_load_shedding_slabs: JSON.stringify(
      entries.map(({ switchTime, scriptSelector }) => ({
        action_time: timeText(switchTime, true),
        relay_operate: scriptSelector === scripts.reconnect ? 1 : 0,
      })),
    ),
  };
};
