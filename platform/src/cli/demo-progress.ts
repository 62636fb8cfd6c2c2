import { setTimeout as pause } from "node:timers/promises";
import { type NeighbourhoodDescription, protocols } from "@anymeter/simulator";

export interface ProgressOptions {
  readonly address: string;
  readonly token: string;
  /** The meters that are expected to be tried. */
  readonly meters: NeighbourhoodDescription["meters"];
  /** How many meters are behind vendors' MDCs; they are waited for a while, because vendors are what they are. */
  readonly vendorsMeters: number;
  readonly stdout: NodeJS.WritableStream;
}

/** The fields of `GET /v1/devices/status` that are shown. */
interface DeviceStatus {
  readonly meter_device: string;
  readonly name: string;
  readonly last_attempt: string | null;
  readonly last_success: string | null;
  readonly last_cause: string | null;
  readonly last_cause_sentence: string | null;
  readonly last_cause_advice: string | null;
  readonly clock_drift_seconds: number | null;
}

const pollMilliseconds = 2_000;
/** Meters of vendors, and of visitors. */
const mostOthers = 500;
const vendorsMilliseconds = 60_000;
/** A clock that is off by less is not worth a line. */
const notableDriftSeconds = 60;

/** Tells how the reading of the backlog goes, until every meter was tried and what came in is stored; then what is odd. */
export async function showProgress(options: ProgressOptions): Promise<void> {
  const { address, token, meters, vendorsMeters, stdout } = options;
  const started = Date.now();
  const get = async <Row = unknown>(path: string) => {
    const response = await fetch(`${address}${path}`, { headers: { authorization: `Token ${token}` } });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
    return (await response.json()) as { count: number; results: Row[] };
  };
  const expected = new Set(meters.map(({ name }) => name));
  let shown = "";
  for (let previous = -1; ; ) {
    const [running, { count }, all, behind] = await Promise.all([
      get("/v1/runs/?state=running&limit=1"),
      get("/v1/metering/meter-readings?limit=1"),
      get<DeviceStatus>(`/v1/devices/status?limit=${meters.length + mostOthers}`),
      get<DeviceStatus>(`/v1/devices/status?protocol=udil&limit=${mostOthers}`),
    ]);
    const delivered = behind.results.filter(({ last_success }) => last_success !== null).length;
    const results = all.results.filter(({ name }) => expected.has(name));
    const read = delivered + results.filter(({ last_success }) => last_success !== null).length;
    const tried = results.filter(({ last_attempt }) => last_attempt !== null).length;
    const line = `  ${read} of ${meters.length + vendorsMeters} meters read, ${count.toLocaleString("en")} readings stored`;
    if (line !== shown) stdout.write(`${line} after ${Math.round((Date.now() - started) / 1000)} s\n`);
    shown = line;
    const vendorsAreIn = delivered >= vendorsMeters || Date.now() - started > vendorsMilliseconds;
    if (tried >= meters.length && vendorsAreIn && running.count === 0 && count === previous) {
      return tellOddities(results, { meters, stdout, get });
    }
    previous = count;
    await pause(pollMilliseconds, undefined, { ref: false });
  }
}

interface Telling extends Pick<ProgressOptions, "meters" | "stdout"> {
  /** A page of the API. */
  readonly get: <Row>(path: string) => Promise<{ readonly count: number; readonly results: readonly Row[] }>;
}

async function tellOddities(statuses: readonly DeviceStatus[], { meters, stdout, get }: Telling): Promise<void> {
  const kinds = new Map(
    meters.map(({ name, protocol, make, model }) => [name, `${protocols[protocol].label}, ${make} ${model}`]),
  );
  for (const { meter_device, name, last_success, last_cause, ...told } of statuses) {
    if (last_success !== null || last_cause === null) continue;
    const [readings, failed] = await Promise.all([
      get(`/v1/metering/meter-readings?limit=1&meter_device=${meter_device}`),
      get<{ readonly cause_detail: string | null }>(`/v1/runs/?limit=1&state=failed&meter_device=${meter_device}`),
    ]);
    const how = readings.count > 0 ? "is read in part" : "cannot be read";
    stdout.write(`  ${name} (${kinds.get(name)}) ${how}: ${told.last_cause_sentence} (${last_cause})\n`);
    for (const more of [failed.results[0]?.cause_detail, told.last_cause_advice]) {
      if (more) stdout.write(`      ${more}\n`);
    }
  }
  for (const { name, clock_drift_seconds: drift } of statuses) {
    if (drift === null || Math.abs(drift) < notableDriftSeconds) continue;
    stdout.write(
      `  ${name} had its clock ${Math.round(Math.abs(drift))} s ${drift > 0 ? "fast" : "slow"}; it was set.\n`,
    );
  }
  stdout.write("\n  From here on the meters are read every quarter of an hour. Ctrl-C stops.\n");
}
