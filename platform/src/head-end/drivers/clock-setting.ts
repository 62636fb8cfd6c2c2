/**
 * `set_time` of every protocol: reports how far the meter's clock is off; when it is off by more than allowed, sets it, reads
 * it back, and makes an event of it.
 */
import { RunFailure } from "../causes.ts";
import type { Clock } from "../clock.ts";
import type { CallContext, StartedCall } from "./conversation-driver.ts";
import { storeEvents } from "./stores.ts";

export interface ClockReading {
  /** Meter minus UTC; undefined = the clock shows no usable time, as after it stood still. */
  readonly driftSeconds: number | undefined;
  /** When the meter looked at its clock, as far as can be told: halfway between question and answer. Whole milliseconds UTC. */
  readonly readAt: number;
  readonly halfRoundTrip: number;
}

/** A meter's clock as its protocol reaches it. */
export interface ReachedClock<Reading extends ClockReading> {
  readonly read: () => Promise<Reading>;
  /** Writes the present time in the form of what was read. @returns the meter's refusal, or undefined when it took the time */
  readonly write: (shown: Reading) => Promise<string | undefined>;
  /** Whether a clock may be set though the meter refused: where a write is sent again when its answer was lost. */
  readonly isReadAfterRefusal?: boolean;
}

export type ClockContext = Pick<
  CallContext<unknown, unknown>,
  "call" | "clock" | "derivedEvents" | "device" | "events" | "tellClock"
>;

/**
 * @param allowed seconds the clock may be off without being set; undefined = it is set in any case
 * @throws RunFailure `clock_not_set` when the meter refuses, or its clock is off afterwards too
 */
export async function setClock<Reading extends ClockReading>(
  context: ClockContext,
  allowed: number | undefined,
  { read, write, isReadAfterRefusal = false }: ReachedClock<Reading>,
): Promise<StartedCall> {
  const before = await read();
  // A meter that told its time is reached.
  await context.call.command?.reached(3);
  const { driftSeconds, readAt } = before;
  if (driftSeconds !== undefined) context.tellClock({ driftSeconds, readAt, set: false });
  if (allowed !== undefined && isWithin(allowed, before)) {
    return { outcome: Promise.resolve(outcomeOf(before, undefined)) };
  }
  await context.call.command?.reached(4);
  const refusal = await write(before);
  const after = refusal === undefined || isReadAfterRefusal ? await read() : undefined;
  if (!after || !isWithin(Math.max(allowed ?? 0, clockResolutionSeconds), after)) {
    await tellEvent(context, before, allowed, false);
    const detail = refusal ?? `It ${stateOf(after!, "is still")} after it was set.`;
    throw new RunFailure("clock_not_set", `The clock ${stateOf(before, "is")}. ${detail}`);
  }
  context.tellClock({ driftSeconds: driftSeconds ?? after.driftSeconds!, readAt, set: true });
  const synchronised = { code: timeSynchronised, at: context.clock.now() };
  const told = [
    tellEvent(context, before, allowed, true),
    context.derivedEvents?.tell(context.device, [synchronised], readAt),
  ];
  return { outcome: Promise.all(told).then(() => outcomeOf(before, after)) };
}

function isWithin(seconds: number, { driftSeconds }: ClockReading): boolean {
  return driftSeconds !== undefined && Math.abs(driftSeconds) <= seconds;
}

/** Asks for something whose time matters, and tells when it was asked for. */
export async function timed<Answer>(
  clock: Clock,
  ask: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly readAt: number; readonly halfRoundTrip: number }> {
  const asked = clock.now();
  const answer = await ask();
  const halfRoundTrip = Math.round((clock.now() - asked) / 2);
  return { answer, readAt: asked + halfRoundTrip, halfRoundTrip };
}

/**
 * Seconds that a clock is fast which shows whole seconds: on average it is half a second further than it shows.
 * @param shown the instants that what it shows may mean; the nearest to `readAt` is meant
 */
export function driftOfWholeSeconds(shown: readonly number[], readAt: number): number {
  const drifts = shown.map((instant) => (instant + halfSecond - readAt) / 1000);
  return drifts.reduce((one, other) => (Math.abs(other) < Math.abs(one) ? other : one));
}

/** What a clock that takes whole seconds is set to now: half a second more, so that this second is on average half over. */
export function wholeSecondToSet(clock: Clock, { halfRoundTrip }: ClockReading): number {
  return clock.now() + halfRoundTrip + halfSecond;
}

/** An event only where the clock was visibly wrong: setting it by its own resolution is no news. */
async function tellEvent(
  { events, device }: ClockContext,
  before: ClockReading,
  allowed: number | undefined,
  isSet: boolean,
): Promise<void> {
  if (allowed === undefined && isWithin(clockResolutionSeconds, before)) return;
  const { organizationNumber, number: deviceNumber } = device;
  const title = isSet ? "Clock set" : "Clock drift";
  const tolerance =
    allowed === undefined || before.driftSeconds === undefined ? "" : `, more than the ${allowed} s allowed`;
  const content = `The clock ${stateOf(before, "was")}${tolerance}; it was ${isSet ? "" : "not "}set.`;
  await storeEvents(events, [{ organizationNumber, deviceNumber, timestamp: before.readAt, title, content }]);
}

function outcomeOf(before: ClockReading, after: ClockReading | undefined) {
  const result = {
    drift_seconds: before.driftSeconds === undefined ? null : rounded(before.driftSeconds),
    set: after !== undefined,
    ...(after && { remaining_drift_seconds: rounded(after.driftSeconds!) }),
  };
  return { rowsRead: 1, result };
}

/** Code of UDIL. */
const timeSynchronised = 201;
const halfSecond = 500;
/** A clock that shows whole seconds and takes whole seconds cannot be told to be nearer. */
const clockResolutionSeconds = 2;

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** "was off by +31 s", "showed no usable time" */
function stateOf({ driftSeconds }: ClockReading, verb: "is" | "was" | "is still"): string {
  if (driftSeconds === undefined) return verb === "was" ? "showed no usable time" : "shows no usable time";
  return `${verb} off by ${driftSeconds > 0 ? "+" : ""}${rounded(driftSeconds)} s`;
}
