import { setTimeout as pause } from "node:timers/promises";
import { type NeighbourhoodDescription, protocols } from "@anymeter/simulator";
import { type CauseCode, causes } from "../head-end/causes.ts";

export interface ProgressOptions {
  readonly address: string;
  readonly token: string;
  /** The meters that are expected to be tried. */
  readonly meters: NeighbourhoodDescription["meters"];
  readonly stdout: NodeJS.WritableStream;
}

/** The fields of `GET /v1/devices/status` that are shown. */
interface DeviceStatus {
  readonly meter_device: string;
  readonly name: string;
  readonly last_attempt: string | null;
  readonly last_success: string | null;
  readonly last_cause: CauseCode | null;
  readonly last_cause_sentence: string | null;
  readonly clock_drift_seconds: number | null;
}

const pollMilliseconds = 2_000;
/** A clock that is off by less is not worth a line. */
const notableDriftSeconds = 60;

/** Tells how the reading of the backlog goes, until every meter was tried and what came in is stored; then what is odd. */
export async function showProgress({ address, token, meters, stdout }: ProgressOptions): Promise<void> {
  const started = Date.now();
  const get = async (path: string) => {
    const response = await fetch(`${address}${path}`, { headers: { authorization: `Token ${token}` } });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
    return (await response.json()) as { count: number; results: DeviceStatus[] };
  };
  let shown = "";
  for (let previous = -1; ; ) {
    const [{ count }, { results }] = await Promise.all([
      get("/v1/metering/meter-readings?limit=1"),
      get(`/v1/devices/status?limit=${meters.length}`),
    ]);
    const read = results.filter(({ last_success }) => last_success !== null).length;
    const tried = results.filter(({ last_attempt }) => last_attempt !== null).length;
    const line = `  ${read} of ${meters.length} meters read, ${count.toLocaleString("en")} readings stored`;
    if (line !== shown) stdout.write(`${line} after ${Math.round((Date.now() - started) / 1000)} s\n`);
    shown = line;
    if (tried >= meters.length && count === previous) {
      const readingsOf = async (device: string) =>
        (await get(`/v1/metering/meter-readings?limit=1&meter_device=${device}`)).count;
      return tellOddities(results, { meters, readingsOf, stdout });
    }
    previous = count;
    await pause(pollMilliseconds, undefined, { ref: false });
  }
}

interface Telling extends Pick<ProgressOptions, "meters" | "stdout"> {
  /** How many readings of a device are stored. */
  readonly readingsOf: (device: string) => Promise<number>;
}

async function tellOddities(statuses: readonly DeviceStatus[], { meters, readingsOf, stdout }: Telling): Promise<void> {
  const kinds = new Map(
    meters.map(({ name, protocol, make, model }) => [name, `${protocols[protocol].label}, ${make} ${model}`]),
  );
  for (const { meter_device, name, last_success, last_cause, last_cause_sentence } of statuses) {
    if (last_success !== null || last_cause === null) continue;
    const how = (await readingsOf(meter_device)) > 0 ? "is read in part" : "cannot be read";
    stdout.write(
      `  ${name} (${kinds.get(name)}) ${how}: ${last_cause_sentence} (${last_cause})\n      ${causes[last_cause].advice}\n`,
    );
  }
  for (const { name, clock_drift_seconds: drift } of statuses) {
    if (drift === null || Math.abs(drift) < notableDriftSeconds) continue;
    stdout.write(
      `  ${name} had its clock ${Math.round(Math.abs(drift))} s ${drift > 0 ? "fast" : "slow"}; it was set.\n`,
    );
  }
  stdout.write("\n  From here on the meters are read every quarter of an hour. Ctrl-C stops.\n");
}
