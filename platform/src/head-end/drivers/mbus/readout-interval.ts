/** Meters on battery answer only so often: the time of the last readout is kept, and none is asked for too early. */
import { RunFailure } from "../../causes.ts";
import type { MbusContext } from "./mbus-driver.ts";

/** @throws RunFailure `readout_too_early` */
export async function checkInterval({ settings, profiles, device, clock }: MbusContext): Promise<void> {
  const seconds = settings.minimum_interval_seconds ?? 0;
  if (seconds === 0) return;
  const last = (await profiles.recall(device.id, readoutProfile))?.readUntil;
  if (last === undefined) return;
  const next = last + seconds * 1000;
  if (clock.now() >= next) return;
  const at = (instant: number) => new Date(instant).toISOString();
  throw new RunFailure(
    "readout_too_early",
    `The last readout was at ${at(last)}; minimum_interval_seconds allows the next at ${at(next)}.`,
  );
}

/** Keeps that the meter was read just now. */
export async function keepReadout(
  { settings, profiles, device, clock }: MbusContext,
  series: readonly number[],
): Promise<void> {
  if ((settings.minimum_interval_seconds ?? 0) === 0) return;
  const now = clock.now();
  if (!(await profiles.recall(device.id, readoutProfile)))
    await profiles.learnLayout(device.id, readoutProfile, {}, now);
  await profiles.advance(device.id, readoutProfile, now, series);
}

const readoutProfile = "M-Bus readout";
