/** What a meter keeps in its non-volatile memory: everything about it that is not computed from seed and time. */
import type { Interruption } from "../../supply/interruptions.ts";
import type { ClockAdjustment } from "../meter-clock.ts";
import type { LoggedEvent } from "./profiles/event-log.ts";

export interface MeterMemory {
  clockAdjustments: readonly ClockAdjustment[];
  events: readonly LoggedEvent[];
  /** Spans in which the switch was open; the last one's `to` is null while it is. */
  disconnections: readonly StoredDisconnection[];
  /** Highest invocation counter accepted from the client, -1 before the first. */
  clientCounter: number;
  /** End of the range of own invocation counters that may have been used. */
  reservedCounter: number;
}

export interface StoredDisconnection {
  readonly from: number;
  readonly to: number | null;
}

export const freshMemory: Readonly<MeterMemory> = {
  clockAdjustments: [],
  events: [],
  disconnections: [],
  clientCounter: -1,
  reservedCounter: 0,
};

export function toSpans(stored: readonly StoredDisconnection[]): readonly Interruption[] {
  return stored.map(({ from, to }) => ({ from, to: to ?? Number.POSITIVE_INFINITY }));
}
