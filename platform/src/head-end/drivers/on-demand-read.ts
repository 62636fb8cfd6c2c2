/** `on_demand_read`, whatever the protocol: a call that reads is made, and its rows are the result as well as stored. */
import type { CommandParameters, OnDemandType } from "../../registry/commands/index.ts";
import { RunFailure } from "../causes.ts";
import type { Clock } from "../clock.ts";
import { CollectedRows } from "./collected-rows.ts";
import type { CallContext, CallHandler } from "./conversation-driver.ts";
import type { CallOutcome } from "./driver.ts";
import { type PrivateCall, privateCall } from "./private-call.ts";

export type OnDemandParameters = CommandParameters<"on_demand_read">;

export interface ReadingCall<Client, Settings> {
  readonly handler: CallHandler<Client, Settings>;
  /** Whether it takes `start_date` and `end_date`. */
  readonly takesRange: boolean;
}

/** Makes the handler of the command from the calls that read rows of each kind; other kinds are refused. */
export function onDemandRead<Client, Settings>(
  calls: Readonly<Partial<Record<OnDemandType, ReadingCall<Client, Settings>>>>,
): CallHandler<Client, Settings> {
  return async (context: CallContext<Client, Settings>) => {
    const { call, clock, device } = context;
    const parameters = call.command!.parameters as OnDemandParameters;
    const reading = calls[parameters.type];
    if (!reading) {
      throw new RunFailure("command_unsupported", `Meters of this protocol keep no rows of ${parameters.type}.`);
    }
    await call.command!.reached(3);
    const collected = new CollectedRows(context.profileRows);
    const inner = privateCall(call, reading.takesRange ? { ...rangeOf(clock, parameters) } : {});
    const { outcome } = await reading.handler({
      ...context,
      call: inner,
      profileRows: collected,
      // Rows are wanted, also of a meter that no client of UDIL knows.
      device: { ...device, globalDeviceId: device.globalDeviceId ?? "" },
    });
    return { outcome: outcome.then((done) => onDemandOutcome(parameters.type, collected, [told(inner, done)])) };
  };
}

/** The bounds as calls take them; without a start as far back, from the end or from now, as somebody who asks for few rows wants. */
export function rangeOf(
  clock: Clock,
  { type, start_datetime, end_datetime }: OnDemandParameters,
): { readonly start_date: string; readonly end_date?: string } {
  const start_date = start_datetime ?? daysBefore(end_datetime ?? new Date(clock.now()).toISOString(), usualDays[type]);
  return { start_date, ...(end_datetime !== undefined && { end_date: end_datetime }) };
}

/** In the same form, of whichever clock it is: "2026-07-08 10:00+05:00" less a week is "2026-07-01T10:00:00.000+05:00". */
function daysBefore(time: string, days: number): string {
  const offset = /(?:Z|[+-]\d{2}:?\d{2})$/.exec(time.slice(dateLength))?.[0] ?? "";
  const local = time.slice(0, time.length - offset.length).replace(" ", "T");
  const asUtc = Date.parse(local.length === dateLength ? `${local}T00:00Z` : `${local}Z`);
  // A time that no calendar has is told of where it is read.
  if (Number.isNaN(asUtc)) return time;
  return `${new Date(asUtc - days * 86_400_000).toISOString().slice(0, -1)}${offset}`;
}

const dateLength = "2026-07-01".length;

/** What was refused of a call that went well otherwise is a note. */
export function told({ failures }: PrivateCall, outcome: CallOutcome): CallOutcome {
  return { ...outcome, notes: [...failures.map(({ detail, message }) => detail ?? message), ...(outcome.notes ?? [])] };
}

/** The outcome of the command, from those of the calls made for it. */
export function onDemandOutcome(
  type: OnDemandType,
  collected: CollectedRows,
  outcomes: readonly CallOutcome[],
): CallOutcome {
  const isMoment = type === "INST" || type === "VISL";
  const { rows, left } = collected.shown(isMoment ? "INST" : type);
  const sum = (count: (outcome: CallOutcome) => number | undefined) =>
    outcomes.reduce((total, outcome) => total + (count(outcome) ?? 0), 0);
  const rowsRead = sum((outcome) => outcome.rowsRead);
  return {
    rowsRead,
    readingsStored: sum(({ readingsStored }) => readingsStored),
    notes: [
      ...(rows.length === 0 && rowsRead > 0
        ? [`${rowsRead} rows were read, none of whose columns is one of UDIL's.`]
        : []),
      ...(rows.length === 0 && rowsRead === 0 ? ["The meter keeps no row of the time that was asked for."] : []),
      ...(left > 0 ? [`The newest ${rows.length} rows are shown; ${left} more are stored.`] : []),
      ...outcomes.flatMap(({ notes = [] }) => notes.filter((note) => !aboutSeries.test(note))),
    ],
    // A profile of values of the moment holds earlier moments too.
    result: { table: type, rows: isMoment ? rows.slice(-1) : rows },
  };
}

const usualDays: Readonly<Record<OnDemandType, number>> = { INST: 1, BILL: 7, MBIL: 92, LPRO: 1, EVNT: 7, VISL: 1 };

/** What the meter's config has no series for is no news: rows have columns of their own. */
const aboutSeries = /is not stored: |captured more than once/;
