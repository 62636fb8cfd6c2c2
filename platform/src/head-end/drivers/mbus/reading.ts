/** What the reading calls share: the readout itself, its values as readings, and what of it went wrong. */
import { describeStatus, type Readout } from "@anymeter/mbus";
import { RunFailure } from "../../causes.ts";
import type { AllowedSeries, CallOutcome } from "../driver.ts";
import { failureOf } from "../failure-causes.ts";
import { ReadingCollector, storeReadings } from "../meter-values.ts";
import { shiftBetween } from "../series-units.ts";
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
  const { chosen, withoutSeries } = choose(values, context.device.series);
  for (const { names, value, unit, timestamp } of chosen) {
    collector.add({ names, value, unit: unit || null, timestamp: timestamp ?? Number.NaN });
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

/**
 * The numbers that go to series: of values with one place, such as an energy in kWh and in GJ, the first whose unit fits.
 */
function choose(values: readonly NamedValue[], series: ReadonlyMap<string, AllowedSeries>) {
  const chosen = new Map<string, NamedValue>();
  const withoutSeries = new Set<string>();
  const fitting = new Set<string>();
  for (const value of values) {
    if (!value.isNumber) continue;
    const wanted = value.names.map((name) => series.get(name)).find((found) => found !== undefined);
    if (!wanted) {
      withoutSeries.add(value.names.at(-1)!);
      continue;
    }
    const place = `${wanted.name} ${value.timestamp}`;
    const fits = shiftBetween(value.unit || null, wanted.unit) !== undefined;
    if (chosen.has(place) && (!fits || fitting.has(place))) continue;
    chosen.set(place, value);
    if (fits) fitting.add(place);
  }
  return { chosen: chosen.values(), withoutSeries };
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

/** By the preferred name; further values of the same name are numbered. */
function resultOf(values: readonly NamedValue[]): Record<string, unknown> {
  const counts = new Map<string, number>();
  return Object.fromEntries(
    values.map(({ names, value, unit, timestamp }) => {
      const name = names[0]!;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const at = timestamp === undefined ? null : new Date(timestamp).toISOString();
      return [count === 1 ? name : `${name}#${count}`, { value, unit: unit || null, timestamp: at }];
    }),
  );
}

const notesOfDamage = 5;
const namesShown = 12;
