import { setTimeout as pause } from "node:timers/promises";

export interface ProgressOptions {
  readonly address: string;
  readonly token: string;
  /** How many meters are expected to have been tried. */
  readonly meters: number;
  readonly stdout: NodeJS.WritableStream;
}

/** The fields of `GET /v1/devices/status` that are shown. */
interface DeviceStatus {
  readonly name: string;
  readonly last_attempt: string | null;
  readonly last_success: string | null;
  readonly last_cause: string | null;
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
      get(`/v1/devices/status?limit=${meters}`),
    ]);
    const read = results.filter(({ last_success }) => last_success !== null).length;
    const tried = results.filter(({ last_attempt }) => last_attempt !== null).length;
    const line = `  ${read} of ${meters} meters read, ${count.toLocaleString("en")} readings stored`;
    if (line !== shown) stdout.write(`${line} after ${Math.round((Date.now() - started) / 1000)} s\n`);
    shown = line;
    if (tried >= meters && count === previous) return tellOddities(results, stdout);
    previous = count;
    await pause(pollMilliseconds, undefined, { ref: false });
  }
}

function tellOddities(statuses: readonly DeviceStatus[], stdout: NodeJS.WritableStream): void {
  for (const { name, last_success, last_cause, last_cause_sentence } of statuses) {
    if (last_success === null) stdout.write(`  ${name} cannot be read: ${last_cause_sentence} (${last_cause})\n`);
  }
  for (const { name, clock_drift_seconds: drift } of statuses) {
    if (drift === null || Math.abs(drift) < notableDriftSeconds) continue;
    stdout.write(
      `  ${name} had its clock ${Math.round(Math.abs(drift))} s ${drift > 0 ? "fast" : "slow"}; it was set.\n`,
    );
  }
  stdout.write("\n  From here on the meters are read every quarter of an hour. Ctrl-C stops.\n");
}
