/** `read_profile` and `read_profile_by_offset_seconds`: rows of a profile become readings. */
import { formatObis, logicalNameOf, type ProfileRow } from "@anymeter/dlms-cosem";
import type { Reading } from "../../../../readings/reading-writer.ts";
import { instantLimits } from "../../../../readings/timestamp.ts";
import type { DlmsArguments } from "../../../../registry/protocols/dlms.ts";
import { RunFailure } from "../../../causes.ts";
import { tellResets } from "../../derived-events/resets.ts";
import type { CallOutcome } from "../../driver.ts";
import { newestCredible, offsetBegin } from "../../gap-filling.ts";
import { instantOf } from "../../instants.ts";
import { storeReadings } from "../../meter-values.ts";
import { storedValue } from "../../stored-values.ts";
import { readingsPerWrite } from "../../stores.ts";
import { storeRows } from "../../udil-rows.ts";
import type { CallContext, StartedCall } from "../call.ts";
import { type ColumnPlan, planColumns } from "../column-plan.ts";
import { scalerUnitsByModel } from "../model-units.ts";
import type { ProfileLayout } from "../profile-layout.ts";
import { type OpenProfile, ProfileReader } from "../profile-reader.ts";
import { planRows, type RowPlan, type RowTarget, rowTargetOf, udilRowsOf } from "../udil-profiles.ts";

/** Without `start_date` the rows after the last stored one: a gap is filled whatever made it. */
export async function readProfile(context: CallContext): Promise<StartedCall> {
  const { obis, udil_table, start_date, end_date } = context.call.kwargs as DlmsArguments<"read_profile">;
  const to = instantOf(end_date, context.offsets);
  const start = instantOf(start_date, context.offsets);
  return await readRange(context, { obis, udil_table }, (last) => start ?? last, to);
}

/**
 * The last so many seconds before the task was due: the offset grows by the delay of the run. Reaches further back when
 * rows since the last stored one are missing.
 */
export async function readProfileByOffset(context: CallContext): Promise<StartedCall> {
  const { offset_seconds, ...profile } = context.call.kwargs as DlmsArguments<"read_profile_by_offset_seconds">;
  const start = offsetBegin(context, offset_seconds);
  return await readRange(context, profile, (last) => (last === undefined ? start : Math.min(start, last)), undefined);
}

async function readRange(
  context: CallContext,
  { obis, udil_table }: Pick<DlmsArguments<"read_profile">, "obis" | "udil_table">,
  startAfter: (last: number | undefined) => number | undefined,
  to: number | undefined,
): Promise<StartedCall> {
  const name = formatObis(obis);
  const target = rowTargetOf(logicalNameOf(obis), context.device, context.dlms.profile, udil_table);
  const reader = new ProfileReader(context, logicalNameOf(obis), name, (layout) =>
    planProfile(layout, context, target),
  );
  const opened = await reader.open();
  if (isIdle(opened.plan) && opened.remembered) await reader.relearn();
  if (isIdle(opened.plan)) {
    throw new RunFailure(
      "invalid_call",
      `No column of ${name} is a series of the meter's config. ${opened.plan.notes.join(" ")}`,
    );
  }
  const from = startAfter(lastStored(opened));
  const account = new Account();
  const writes: Promise<void>[] = [];
  const contiguous = isContiguous(opened, from);
  try {
    for await (const rows of reader.rows(from, to)) {
      const { plan } = opened;
      const readAt = context.clock.now();
      const readings = readingsOf(rows, plan, context, account);
      const udilRows = plan.rows ? udilRowsOf(rows, plan.rows, context.device, readAt, context.epoch) : [];
      const instants = rows.flatMap(({ epochMilliseconds }) => epochMilliseconds ?? []);
      const newest = newestCredible(instants, readAt);
      const { fed } = plan;
      const stored = [store(context, readings, account), storeRows(context.profileRows, udilRows)];
      const write = Promise.all(stored).then(async () => {
        await tellResets(context.derivedEvents, context.device, udilRows);
        // A range that begins later than the last stored row leaves a gap, which the next contact must still find.
        if (contiguous && newest !== undefined) await context.profiles.advance(context.device.id, name, newest, fed);
      });
      // Reported with the outcome; until then nobody listens.
      write.catch(() => {});
      writes.push(write);
    }
  } catch (error) {
    // What was read before the line broke is kept.
    await Promise.allSettled(writes);
    context.call.fail(
      error instanceof RunFailure ? error : new RunFailure("internal_error", String(error), { cause: error }),
      account.outcome(opened.plan),
    );
    throw error;
  }
  return { outcome: Promise.all(writes).then(() => account.outcome(opened.plan)) };
}

/** What becomes of the columns: readings of series, and rows of a table of UDIL. */
interface ProfilePlan extends ColumnPlan {
  readonly rows: RowPlan | undefined;
}

function planProfile(
  layout: ProfileLayout,
  { device, dlms }: Pick<CallContext, "device" | "dlms">,
  target: RowTarget | undefined,
): ProfilePlan {
  const scalerUnits = scalerUnitsByModel(layout.columns, layout.scalerUnits, dlms.profile);
  const plan = planColumns(layout.columns, scalerUnits, device.series);
  const rows = target && planRows(target, { ...layout, scalerUnits });
  return { ...plan, rows, notes: [...plan.notes, ...(rows?.notes ?? [])] };
}

function isIdle({ fed, rows }: ProfilePlan): boolean {
  return fed.length === 0 && rows === undefined;
}

/** Where the next read begins; a series that was not fed before needs everything. */
function lastStored({ remembered, plan }: OpenProfile<ProfilePlan>): number | undefined {
  if (remembered?.readUntil === undefined) return undefined;
  return plan.fed.every((series) => remembered.series.includes(series)) ? remembered.readUntil : undefined;
}

function isContiguous(opened: OpenProfile<ProfilePlan>, from: number | undefined): boolean {
  const last = lastStored(opened);
  return from === undefined || (last !== undefined && from <= last) || opened.remembered?.readUntil === undefined;
}

function readingsOf(rows: readonly ProfileRow[], plan: ColumnPlan, context: CallContext, account: Account): Reading[] {
  const { organizationNumber, number: deviceNumber } = context.device;
  const readings: Reading[] = [];
  for (const { epochMilliseconds: timestamp, values } of rows) {
    account.rows++;
    if (timestamp === undefined || timestamp < instantLimits.earliest || timestamp > instantLimits.latest) {
      account.withoutTime++;
      continue;
    }
    plan.series.forEach((series, column) => {
      const decimal = values[column]?.decimal;
      if (!series || decimal === undefined) return;
      const value = storedValue(decimal);
      if (value === undefined) account.tooLarge++;
      else readings.push({ organizationNumber, deviceNumber, seriesNumber: series.number, timestamp, value });
    });
  }
  return readings;
}

async function store(context: CallContext, readings: readonly Reading[], account: Account): Promise<void> {
  for (let first = 0; first < readings.length; first += readingsPerWrite) {
    const part = readings.slice(first, first + readingsPerWrite);
    await storeReadings(context.readings, part);
    account.stored += part.length;
  }
}

class Account {
  rows = 0;
  stored = 0;
  withoutTime = 0;
  tooLarge = 0;

  outcome({ notes }: ColumnPlan): CallOutcome {
    const more = [
      ...(this.withoutTime > 0 ? [`${this.withoutTime} rows have no usable time and are not stored.`] : []),
      ...(this.tooLarge > 0
        ? [`${this.tooLarge} values have more than 12 digits before the point and are not stored.`]
        : []),
    ];
    return { rowsRead: this.rows, readingsStored: this.stored, notes: [...notes, ...more] };
  }
}
