/** `read_readout`: what the meter reads out, or the next telegram that it sends by itself. */
import { type DataSet, decodeP1Time, fullObisCode, obisOf } from "@anymeter/iec62056-21";
import type { ProtocolError } from "@anymeter/sans-io";
import type { Iec62056Arguments } from "../../../../registry/protocols/iec62056-21.ts";
import { RunFailure } from "../../../causes.ts";
import type { StartedCall } from "../../conversation-driver.ts";
import { DataSetReadings } from "../data-set-readings.ts";
import type { Iec62056Context } from "../iec62056-21-driver.ts";
import { MeterTimes } from "../meter-times.ts";

export async function readReadout(context: Iec62056Context): Promise<StartedCall> {
  const { addresses } = context.call.kwargs as Iec62056Arguments<"read_readout">;
  const { dataSets, problems } = await readoutOf(context);
  const readAt = context.clock.now();
  const wanted = addresses && new Set(addresses.map(comparable));
  const taken = wanted ? dataSets.filter(({ address }) => wanted.has(comparable(address))) : dataSets;
  const missing = (addresses ?? []).filter(
    (asked) => !taken.some(({ address }) => comparable(address) === comparable(asked)),
  );
  if (taken.length === 0) throw new RunFailure("object_missing", nothingFor(missing, dataSets));
  const readings = new DataSetReadings(context);
  const told = timeTold(context, dataSets);
  const isCredible = told !== undefined && Math.abs(told - readAt) <= credibleDrift;
  for (const dataSet of taken) readings.add(dataSet, isCredible ? told : readAt, wanted !== undefined);
  const notes = [
    ...(told === undefined || isCredible ? [] : [clockIsWrong(told, readAt)]),
    ...missing.map((address) => `The readout holds no ${address}.`),
    ...(problems[0] ? [`${problems.length} lines are no data sets: ${problems[0].message}`] : []),
  ];
  return { outcome: readings.store(notes) };
}

async function readoutOf(
  context: Iec62056Context,
): Promise<{ dataSets: readonly DataSet[]; problems: readonly ProtocolError[] }> {
  const { client, request, settings, call } = context;
  if (settings.form === "pushed") {
    return await request(client.readPushed({ patience: settings.push_timeout_seconds * 1000 }));
  }
  const { mode } = call.kwargs as Iec62056Arguments<"read_readout">;
  return await request(client.readReadout(mode === undefined ? {} : { mode }));
}

/** What the meter's clock showed when it sent a P1 telegram; undefined where it does not tell. */
function timeTold({ zone, settings, clock }: Iec62056Context, dataSets: readonly DataSet[]): number | undefined {
  const written = dataSets.find(({ address }) => address === "0-0:1.0.0")?.values[0]?.value;
  if (written === undefined) return undefined;
  try {
    return new MeterTimes(zone, settings).nearest(decodeP1Time(written), clock.now());
  } catch {
    return undefined;
  }
}

/** A telegram comes as it is made: a time further off is a wrong clock, or a wrong time zone of the device. */
const credibleDrift = 5 * 60_000;

function clockIsWrong(told: number, readAt: number): string {
  const minutes = Math.round((told - readAt) / 60_000);
  return `The telegram's clock is off by ${minutes} minutes, so its values have our time: check the device's time zone.`;
}

/** `1.8.0` and `1-0:1.8.0*255` are the same. */
function comparable(address: string): string {
  const obis = obisOf(address);
  return obis ? fullObisCode(obis) : address;
}

function nothingFor(missing: readonly string[], dataSets: readonly DataSet[]): string {
  if (dataSets.length === 0) return "The readout is empty.";
  const held = dataSets.slice(0, 20).map(({ address }) => address);
  return `The readout holds no ${missing.join(", ")}; it holds ${held.join(", ")}${dataSets.length > 20 ? " …" : ""}.`;
}
