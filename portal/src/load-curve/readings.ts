import { queryOptions } from "@tanstack/react-query";
import { allPages } from "../api/all-pages.ts";
import type { Api } from "../api/api.ts";
import type { StoredReading } from "../api/contract.ts";
import { type Decimal, parseDecimal } from "./decimal.ts";
import type { TimeSpan } from "./time-range.ts";

/** The readings of one series, ascending, one per instant: two columns, because there may be tens of thousands. */
export interface Readings {
  /** Milliseconds since 1970 UTC. */
  readonly times: readonly number[];
  readonly values: readonly Decimal[];
}

/**
 * Longest stretch asked for at once. A year becomes four requests side by side, each within one page of the platform
 * for values of 15 minutes.
 */
const stretch = 92 * 86_400_000;

/** The readings of one series of one device from the start of a span to its end, both included. */
export const readingsQuery = (api: Api, device: string, series: string | undefined, span: TimeSpan) =>
  queryOptions({
    queryKey: ["readings", device, series, span.start, span.end],
    enabled: series !== undefined,
    // Until another stretch of time is there the last one stays, but never another series: its unit would be wrong.
    placeholderData: (previous: Readings | undefined, query) =>
      query?.queryKey[1] === device && query.queryKey[2] === series ? previous : undefined,
    queryFn: async ({ signal }): Promise<Readings> => {
      const stretches = await Promise.all(
        split(span).map(({ start, end }) =>
          allPages<StoredReading>(
            api,
            "metering/meter-readings",
            {
              meter_device: device,
              series,
              start_time: new Date(start).toISOString(),
              // One millisecond more: the reading at the very end closes the last interval, whichever way bounds count.
              end_time: new Date(end + 1).toISOString(),
            },
            signal,
          ),
        ),
      );
      return readingsOf(stretches.flat(), span);
    },
  });

/** Sorts rows, drops doubles and what is outside the span. Rows that hold no decimal are left out: none is stored. */
export function readingsOf(rows: readonly StoredReading[], span: TimeSpan): Readings {
  const byTime = new Map<number, Decimal>();
  for (const { timestamp, value } of rows) {
    const time = Date.parse(timestamp);
    const decimal = parseDecimal(value);
    if (decimal !== undefined && time >= span.start && time <= span.end) byTime.set(time, decimal);
  }
  const times = [...byTime.keys()];
  if (times.some((time, index) => index > 0 && time < times[index - 1]!)) times.sort((a, b) => a - b);
  return { times, values: times.map((time) => byTime.get(time)!) };
}

/** Cuts a span into stretches that follow each other. */
export function split(span: TimeSpan): TimeSpan[] {
  const count = Math.max(1, Math.ceil((span.end - span.start) / stretch));
  return Array.from({ length: count }, (_, index) => ({
    start: span.start + index * stretch,
    end: Math.min(span.end, span.start + (index + 1) * stretch),
  }));
}
