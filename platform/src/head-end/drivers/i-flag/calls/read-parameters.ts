/** `read_parameters`: present values by name, stored as readings where they are numbers and have a series. */
import {
  addressOf,
  compressibilityFormulas,
  type ParameterMap,
  type ParameterName,
  parameterNamed,
  parameters,
  type Value,
} from "@anymeter/i-flag";
import type { CorusArguments } from "../../../../registry/protocols/i-flag.ts";
import { RunFailure } from "../../../causes.ts";
import { driftOfWholeSeconds } from "../../clock-setting.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { ReadingCollector, storeReadings } from "../../meter-values.ts";
import { instantsOfNaive } from "../../naive-times.ts";
import { type IFlagContext, mapOf } from "../i-flag-driver.ts";
import { unitAsSet } from "../units.ts";

export async function readParameters(context: IFlagContext): Promise<StartedCall> {
  const { call, clock, device, settings } = context;
  const { parameters: names } = call.kwargs as CorusArguments<"read_parameters">;
  const unknown = names.filter((name) => !parameterNamed(name));
  if (unknown.length === names.length) throw new RunFailure("invalid_call", unknownText(unknown));
  const map = await mapOf(context);
  const had = names.filter((name) => Object.hasOwn(map.addresses, name)) as ParameterName[];
  const missing = names.filter((name) => parameterNamed(name) && !Object.hasOwn(map.addresses, name));
  const { values, refused } = await readAll(context, had, map);
  const timestamp = clock.now();
  const shownTime = values.get("datetime");
  if (typeof shownTime === "string") {
    const driftSeconds = driftOfWholeSeconds(instantsOfNaive(shownTime, context.zone), timestamp);
    context.tellClock({ driftSeconds, readAt: timestamp, set: false });
  }
  const collector = new ReadingCollector(device);
  const result: Record<string, object> = {};
  for (const [name, value] of values) {
    const unit = unitAsSet(parameterNamed(name)!.unit, settings);
    if (isDecimal(value)) collector.add({ names: [name], value: String(value), unit, timestamp });
    result[name] = { value: shown(name, value), unit, timestamp: new Date(timestamp).toISOString() };
  }
  const empty = had.filter((name) => !values.has(name) && !refused.includes(name));
  const stored = storeReadings(context.readings, collector.take());
  const outcome = {
    rowsRead: values.size,
    readingsStored: collector.collected,
    notes: [...collector.notes, ...empty.map((name) => `The converter has no value of ${name}.`)],
    result,
  };
  const failure = failureOf(map, { unknown, missing, refused });
  if (!failure) return { outcome: stored.then(() => outcome) };
  await stored;
  // What the others gave is kept.
  call.fail(failure, outcome);
  return { outcome: Promise.resolve(outcome) };
}

/** Reads all in as few requests as may be; when the converter refuses, one by one, because it does not say which. */
async function readAll(context: IFlagContext, names: readonly ParameterName[], map: ParameterMap) {
  const values = new Map<ParameterName, Value>();
  const refused: ParameterName[] = [];
  if (await readInto(values, context, names, map)) return { values, refused };
  for (const name of names) if (!(await readInto(values, context, [name], map))) refused.push(name);
  return { values, refused };
}

/** @returns false when the converter refuses */
async function readInto(
  values: Map<ParameterName, Value>,
  { client, request }: IFlagContext,
  names: readonly ParameterName[],
  map: ParameterMap,
): Promise<boolean> {
  try {
    const read = await request(client.readParameters(names.map((name) => addressOf(map, name))));
    names.forEach((name, index) => {
      const value = read[index];
      if (value !== undefined) values.set(name, value);
    });
    return true;
  } catch (error) {
    if (error instanceof RunFailure && error.code === "request_refused") return false;
    throw error;
  }
}

interface NotRead {
  /** No parameter of any converter. */
  readonly unknown: readonly string[];
  /** Not in this converter's map. */
  readonly missing: readonly string[];
  readonly refused: readonly string[];
}

function failureOf(map: ParameterMap, { unknown, missing, refused }: NotRead): RunFailure | undefined {
  const sentences = [
    ...(unknown.length > 0 ? [unknownText(unknown)] : []),
    ...(missing.length > 0 ? [`The parameter map ${map.id} has no ${missing.join(", ")}.`] : []),
    ...(refused.length > 0 ? [`The converter refuses to tell ${refused.join(", ")}.`] : []),
  ];
  if (sentences.length === 0) return undefined;
  return new RunFailure(unknown.length > 0 ? "invalid_call" : "object_missing", sentences.join(" "));
}

function unknownText(unknown: readonly string[]): string {
  const known = parameters.map(({ name }) => name).join(", ");
  return `There is no parameter ${unknown.join(", ")}. There are: ${known}.`;
}

function isDecimal(value: Value): boolean {
  return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
}

function shown(name: string, value: Value): string {
  const formula = name === "compressibility_formula" ? compressibilityFormulas[Number(value)] : undefined;
  return formula === undefined ? String(value) : `${value} (${formula})`;
}
