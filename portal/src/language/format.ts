/** Numbers and times as a locale writes them. Exact decimals stay text all the way: no float touches them. */
export interface Format {
  readonly locale: string;
  /** An exact decimal string with the locale's separators, every digit kept (`1234.500` → `1 234,500`). */
  decimal(text: string): string;
  /** A number with at most `digits` after the point. */
  number(value: number, digits?: number): string;
  /** A share of 100, as `98 %`. */
  percent(value: number): string;
  /** `5 minutes ago`, in the largest fitting unit. */
  relative(instant: number, now: number): string;
  /** A length of time in its largest two units: `7 min 2 sec`. */
  duration(seconds: number): string;
  /** Date, time and zone: `5 Jan 2026, 14:15:00 CET`. */
  instant(instant: number, zone?: string): string;
  /** From minute to minute with the zone once: `5 Jan 2026, 14:15 – 14:30 CET`. */
  period(start: number, end: number, zone: string): string;
  /** From day to day: `5 – 11 Jan 2026`. Both ends belong to it. */
  days(start: number, end: number, zone: string): string;
  /** One part of a chart's time axis. */
  axis(instant: number, zone: string, part: AxisPart): string;
}

export type AxisPart = "time" | "day" | "month" | "year";

const axisParts: Record<AxisPart, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  month: { month: "short" },
  year: { year: "numeric" },
};

const relativeUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** The formats of one locale; Intl objects are made once each, they are costly. */
export function createFormat(locale: string): Format {
  const dateFormats = new Map<string, Intl.DateTimeFormat>();
  const numberFormats = new Map<number, Intl.NumberFormat>();
  const relativeFormat = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const percentFormat = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });

  function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = JSON.stringify(options);
    const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale, options);
    dateFormats.set(key, format);
    return format;
  }

  function numbers(digits: number, atLeast = 0): Intl.NumberFormat {
    const key = digits * 100 + atLeast;
    const format =
      numberFormats.get(key) ??
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: atLeast });
    numberFormats.set(key, format);
    return format;
  }

  return {
    locale,
    decimal(text) {
      const digits = text.split(".")[1]?.length ?? 0;
      // Intl takes decimal strings and keeps every digit (ECMA-402 Intl.NumberFormat v3).
      return numbers(digits, digits).format(text as Intl.StringNumericLiteral);
    },
    number: (value, digits = 0) => numbers(digits).format(value),
    percent: (value) => percentFormat.format(value / 100),
    relative(instant, now) {
      const difference = instant - now;
      const [unit, size] = relativeUnits.find(([, size]) => Math.abs(difference) >= size) ?? ["second", 1000];
      return relativeFormat.format(Math.trunc(difference / size), unit);
    },
    duration(seconds) {
      const units = [
        ["day", 86_400],
        ["hour", 3600],
        ["minute", 60],
        ["second", 1],
      ] as const;
      let rest = Math.round(seconds);
      const parts = units.flatMap(([unit, size]) => {
        const amount = Math.floor(rest / size);
        rest -= amount * size;
        return amount > 0 ? new Intl.NumberFormat(locale, { style: "unit", unit }).format(amount) : [];
      });
      return parts.slice(0, 2).join(" ");
    },
    instant: (instant, timeZone) =>
      dates({
        ...{ year: "numeric", month: "short", day: "numeric" },
        ...{
          hour: "2-digit",
          minute: "2-digit",
          second: "2-digit",
          hourCycle: hourCycleOf(locale),
          timeZoneName: "short",
        },
        timeZone,
      }).format(instant),
    period: (start, end, timeZone) =>
      dates({
        ...{ weekday: "short", year: "numeric", month: "short", day: "numeric" },
        ...{ hour: "2-digit", minute: "2-digit", hourCycle: hourCycleOf(locale), timeZoneName: "short" },
        timeZone,
      }).formatRange(start, end),
    days: (start, end, timeZone) =>
      dates({ year: "numeric", month: "short", day: "numeric", timeZone }).formatRange(start, end),
    axis: (instant, timeZone, part) =>
      dates({ ...axisParts[part], hourCycle: part === "time" ? hourCycleOf(locale) : undefined, timeZone }).format(
        instant,
      ),
  };
}

/** Midnight is 00:00 where the clock has 24 hours, never 24:00. */
function hourCycleOf(locale: string): "h12" | "h23" {
  const { hour12 } = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
  return hour12 ? "h12" : "h23";
}
