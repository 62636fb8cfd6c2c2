/**
 * The ways meters take a range of a profile. Some refuse bounds with a deviation, others bounds without, some any selection
 * (protocols.md 5.3, no. 38); the forms are tried in this order, and the first that works is remembered.
 */
import { type CosemDateTime, fromEpochMilliseconds, type Selection, selectByRange } from "@anymeter/dlms-cosem";
import type { ZoneOffsets } from "../zone-offsets.ts";

export interface Range {
  /** Inclusive, milliseconds UTC. */
  readonly from: number;
  readonly to: number;
}

export interface RangeContext {
  readonly offsets: ZoneOffsets;
  readonly deviationSign: "utc-minus-local" | "local-minus-utc";
  readonly restrictingObject: { classId: number; logicalName: string; attribute: number; dataIndex: number };
}

export interface RangeForm {
  readonly name: string;
  /** undefined = no selection: the whole buffer comes, and rows outside the range are dropped here. */
  select(range: Range, context: RangeContext): Selection | undefined;
}

/** Name of the form without a selection. */
export const wholeBuffer = "whole-buffer";

export const rangeForms: readonly RangeForm[] = [
  {
    name: "with-deviation",
    select: ({ from, to }, context) => select(context, local(from, context), local(to, context)),
  },
  {
    name: "without-deviation",
    // A bound in the hour that comes twice may mean either pass: an hour more on both sides leaves nothing out.
    select: ({ from, to }, context) =>
      select(context, unspecified(local(from - hour, context)), unspecified(local(to + hour, context))),
  },
  { name: wholeBuffer, select: () => undefined },
];

const hour = 3_600_000;

function select({ restrictingObject }: RangeContext, from: CosemDateTime, to: CosemDateTime): Selection {
  return selectByRange({ restrictingObject, from, to });
}

/** On the clock of the meter's zone, whatever that is at the instant. */
function local(instant: number, { offsets, deviationSign }: RangeContext): CosemDateTime {
  const offset = offsets.at(instant);
  const dateTime = fromEpochMilliseconds(instant, { deviation: -offset });
  return deviationSign === "local-minus-utc" ? { ...dateTime, deviation: offset } : dateTime;
}

function unspecified({ deviation: _, ...dateTime }: CosemDateTime): CosemDateTime {
  return dateTime;
}
