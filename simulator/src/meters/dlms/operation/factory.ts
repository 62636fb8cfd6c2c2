/** What meters come with: the calendar, the end of billing periods, the limiter. */
import type { ExecutionTime, LimiterActions, ScriptReference } from "@anymeter/dlms-cosem";
import type { TariffCalendar } from "./calendar.ts";

export const scriptTables = {
  endOfBilling: "0.0.10.0.1.255",
  tariffs: "0.0.10.0.100.255",
  disconnector: "0.0.10.0.106.255",
  /** Of makes whose scripts stand in one table. */
  all: "0.0.10.0.0.255",
} as const;

export const disconnectScript: ScriptReference = { scriptLogicalName: scriptTables.disconnector, scriptSelector: 1 };
export const reconnectScript: ScriptReference = { scriptLogicalName: scriptTables.disconnector, scriptSelector: 2 };
export const noScript: ScriptReference = { scriptLogicalName: "0.0.0.0.0.0", scriptSelector: 0 };
export const endOfBillingScript: ScriptReference = { scriptLogicalName: scriptTables.endOfBilling, scriptSelector: 1 };

/** Tariff 1 from seven in the morning to eleven at night, tariff 2 at night and on Sundays, the whole year. */
export const factoryCalendar: TariffCalendar = {
  name: "FACTORY",
  seasons: [{ seasonProfileName: "YEAR", seasonStart: { month: 1, day: 1 }, weekName: "WEEK" }],
  weeks: [
    {
      weekProfileName: "WEEK",
      ...{ monday: 1, tuesday: 1, wednesday: 1, thursday: 1, friday: 1, saturday: 1, sunday: 2 },
    },
  ],
  days: [
    { dayId: 1, daySchedule: [action(0, 2), action(7, 1), action(23, 2)] },
    { dayId: 2, daySchedule: [action(0, 2)] },
  ],
  specialDays: [],
};

/** Midnight of the first of every month. */
export const factoryBilling: readonly ExecutionTime[] = [
  { time: { hour: 0, minute: 0, second: 0, hundredths: 0 }, date: { day: 1 } },
];

/** What opens the switch, and nothing that closes it. */
export const factoryLimiterActions: LimiterActions = {
  actionOverThreshold: disconnectScript,
  actionUnderThreshold: noScript,
};

/** No load of a house gets there. */
export const unlimitedWatts = 0xffff_ffff;

function action(hour: number, tariff: number): TariffCalendar["days"][number]["daySchedule"][number] {
  return {
    startTime: { hour, minute: 0, second: 0, hundredths: 0 },
    scriptLogicalName: scriptTables.tariffs,
    scriptSelector: tariff,
  };
}
