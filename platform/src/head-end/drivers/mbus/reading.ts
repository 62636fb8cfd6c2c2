/** What the reading calls share: the readout itself, its values as readings, and what of it went wrong. */
import { describeStatus, type Readout } from "@anymeter/mbus";
import { RunFailure } from "../../causes.ts";
import type { CallOutcome } from "../driver.ts";
import { failureOf } from "../failure-causes.ts";
import { ReadingCollector, storeReadings } from "../meter-values.ts";
import { targetOf } from "./bus-target.ts";
import { mbusCauses } from "./causes.ts";
import type { MbusContext } from "./mbus-driver.ts";
import { checkInterval, keepReadout } from "./readout-interval.ts";
import { type NamedValue, valuesOf } from "./readout-values.ts";

export interface MeterReadout {
  readonly readout: Readout;
  readonly values: readonly NamedValue[];
}

/** Reads all telegrams of the meter. @throws RunFailure */
export async function readoutOf(context: MbusContext): Promise<MeterReadout> {
  const { client, request, settings, keys, clock, zone } = context;
  await checkInterval(context);
  const { reset_subcode, application_reset = false } = settings;
  const readout = await request(
    client.readMeter(targetOf(settings), { key: keys.mbus, applicationReset: reset_subcode ?? application_reset }),
  );
  const readAt = Math.floor(clock.now() / 1000) * 1000;
  return { readout, values: valuesOf(readout, { settings, zone, readAt }) };
}

/** Stores values that have a series, and tells everything on the run. A telegram that stayed shut fails the call. */
export async function finishReadout(
  context: MbusContext,
  { readout }: MeterReadout,
  values: readonly NamedValue[],
  missing: readonly string[] = [],
): Promise<CallOutcome> {
  const collector = new ReadingCollector(context.device);
  const withoutSeries = new Set<string>();
  const stored = new Set<string>();
  for (const { names, value, isNumber, unit, timestamp } of values) {
    const own = names.at(-1)!;
    if (!isNumber) continue;
    if (!names.some((name) => context.device.series.has(name))) withoutSeries.add(own);
    else {
      // The same value may come twice, in two units or two telegrams: the first one that fits its series counts.
      const place = `${names.find((name) => context.device.series.has(name))} ${timestamp}`;
      if (stored.has(place)) continue;
      const unitOrNone = unit === "" ? null : unit;
      if (collector.add({ names, value, unit: unitOrNone, timestamp: timestamp ?? Number.NaN })) stored.add(place);
    }
  }
  await storeReadings(context.readings, collector.take());
  await keepReadout(context, collector.fed);
  const failure = failureIn(readout, missing);
  const outcome: CallOutcome = {
    rowsRead: values.length,
    readingsStored: collector.collected,
    notes: [...notesOf(readout), ...collector.notes, ...leftOut(withoutSeries)],
    result: resultOf(values),
  };
  if (failure) context.call.fail(failure, outcome);
  return outcome;
}

/** A key that is missing or wrong, or records that were asked for and are not there. */
function failureIn({ telegrams }: Readout, missing: readonly string[]): RunFailure | undefined {
  const shut = telegrams.flatMap(({ problems }) => problems).find(({ fault }) => fault === "security");
  if (shut) return failureOf(shut, mbusCauses) as RunFailure;
  if (missing.length === 0) return undefined;
  return new RunFailure("object_missing", `The meter does not tell ${missing.join(", ")}.`);
}

/** What a technician wants to know of the meter besides its values. */
function notesOf({ telegrams, end, alarmWaiting }: Readout): string[] {
  const states = new Set(telegrams.flatMap(({ header }) => (header ? describeStatus(header.status) : [])));
  const damaged = telegrams.flatMap(({ problems }) => problems).filter(({ fault }) => fault !== "security");
  return [
    ...(states.size > 0 ? [`The meter reports: ${[...states].join(", ")}.`] : []),
    ...(alarmWaiting ? ["The meter has an alarm: read_alarm tells it."] : []),
    ...(end === "complete" ? [] : [endings[end]]),
    ...damaged.slice(0, notesOfDamage).map(({ message }) => message),
    ...(damaged.length > notesOfDamage ? [`${damaged.length - notesOfDamage} more records could not be used.`] : []),
  ];
}

const endings: Readonly<Record<Exclude<Readout["end"], "complete">, string>> = {
  repeated: "The meter says that more telegrams follow and repeats one it sent before; the readout ends there.",
  limit: "The meter has more telegrams than telegram_limit.",
};

function leftOut(names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  const shown = [...names].slice(0, namesShown);
  const more = names.size > shown.length ? ` and ${names.size - shown.length} more` : "";
  return [`Not stored, because the meter's config has no such series: ${shown.join(", ")}${more}.`];
}

/** By the preferred name; values of the same name are numbered. */
function resultOf(values: readonly NamedValue[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { names, value, unit, timestamp } of values) {
    let name = names[0]!;
    for (let count = 2; name in result; count++) name = `${names[0]!}#${count}`;
    result[name] = { value, unit: unit || null, timestamp: timestamp === undefined ? null : isoOf(timestamp) };
  }
  return result;
}

function isoOf(timestamp: number): string {
  return new Date(timestamp).toISOString();
}

const notesOfDamage = 5;
const namesShown = 12;
