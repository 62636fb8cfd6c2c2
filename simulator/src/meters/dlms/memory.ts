/** What a meter keeps in its non-volatile memory: everything about it that is not computed from seed and time. */
import type { Interruption } from "../../supply/interruptions.ts";
import type { ClockAdjustment } from "../meter-clock.ts";
import type { SettledMemory } from "./operation/autonomy.ts";
import type { StoredReset } from "./operation/billing.ts";
import type { LimiterState } from "./operation/limiter.ts";
import type { CalendarInForce, TariffOverride } from "./operation/tariff-history.ts";
import type { StoredCapture } from "./profiles/capture-periods.ts";
import type { LoggedEvent } from "./profiles/event-log.ts";

export interface MeterMemory extends SettledMemory {
  clockAdjustments: readonly ClockAdjustment[];
  events: readonly LoggedEvent[];
  /** Spans in which the switch was open; the last one's `to` is null while it is. */
  disconnections: readonly StoredDisconnection[];
  /** The switch is open, and somebody may close it by hand. */
  readyForReconnection: boolean;
  /** Attributes that were written, by class, object and attribute. JSON. */
  written: Readonly<Record<string, unknown>>;
  limiter: LimiterState;
  /** Calendars that took the place of the first one, oldest first. */
  calendars: readonly CalendarInForce[];
  /** Tariffs that were switched to by hand. */
  tariffOverrides: readonly TariffOverride[];
  /** Ends of billing periods, oldest first. */
  resets: readonly StoredReset[];
  /** Profiles whose period was changed or whose buffer was cleared, by logical name. */
  captures: Readonly<Record<string, StoredCapture>>;
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
  settledUntil: null,
  clockAdjustments: [],
  events: [],
  disconnections: [],
  readyForReconnection: false,
  written: {},
  limiter: { overSince: null, actsAt: null, tries: 0, lastTrip: null },
  calendars: [],
  tariffOverrides: [],
  resets: [],
  captures: {},
  clientCounter: -1,
  reservedCounter: 0,
};

export function toSpans(stored: readonly StoredDisconnection[]): readonly Interruption[] {
  return stored.map(({ from, to }) => ({ from, to: to ?? Number.POSITIVE_INFINITY }));
}
