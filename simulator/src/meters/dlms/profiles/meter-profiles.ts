/** The profiles of a make: which it has, where they stand, and what they capture. */
import type { MeterMake } from "../makes.ts";
import type { MeterMemory } from "../memory.ts";
import { billingProfileName, dailyProfileName, eventLogName, loadProfileName } from "../objects/names.ts";
import { demandKinds, energyKinds } from "../operation/energy-kinds.ts";
import { type MomentSource, registersOf } from "../registers.ts";
import { BillingProfile } from "./billing-profile.ts";
import { CapturePeriod } from "./capture-periods.ts";
import { type Column, type ColumnName, columnsOf } from "./columns.ts";
import { DailyProfile } from "./daily-profile.ts";
import type { EventLog } from "./event-log.ts";
import { InstantaneousProfile } from "./instantaneous-profile.ts";
import { LoadProfile } from "./load-profile.ts";
import type { RowStore } from "./row-store.ts";

export interface MeterProfilesSettings {
  readonly make: MeterMake;
  readonly memory: MeterMemory;
  readonly source: MomentSource;
  readonly eventLog: EventLog;
  /** Days that load profile and daily profile reach back. */
  readonly days: number;
  /** Seconds. */
  readonly capturePeriod: number;
}

export interface MeterProfiles {
  readonly loadProfile: LoadProfile;
  /** All, the load profile among them, by logical name. */
  readonly stores: readonly (readonly [logicalName: string, store: RowStore])[];
}

export function profilesOf(settings: MeterProfilesSettings): MeterProfiles {
  const { make, memory, source, eventLog, days, capturePeriod } = settings;
  const clock = make.clock.value;
  const columns = profileColumnsOf(make);
  const capture = (logicalName: string, seconds: number) => new CapturePeriod(memory, logicalName, seconds);
  const { sort, compression } = make.profile.value;
  const loadProfile = new LoadProfile({
    ...{ source, clock, sort, compressed: compression === "null-data" },
    columns: columns.load,
    capture: capture(loadProfileName, capturePeriod),
    entries: (days * 86_400) / capturePeriod,
  });
  const daily = new DailyProfile({
    ...{ source, clock, entries: days },
    columns: columns.daily,
    capture: capture(dailyProfileName, 86_400),
  });
  const monthly = new BillingProfile({
    ...{ source, clock, entries: billingPeriodsKept },
    columns: columns.monthly,
  });
  const makersOwn = (): MeterProfiles["stores"] => [
    ["1.0.94.92.10.255", new InstantaneousProfile(columns.instantaneous, source, clock)],
    [
      "1.0.99.1.1.255",
      new LoadProfile({
        ...{ source, clock, sort: "fifo", compressed: false, entries: 2 * days },
        columns: columns.instantaneous,
        capture: capture("1.0.99.1.1.255", twiceADay),
      }),
    ],
    ["1.0.99.98.0.255", eventLog],
  ];
  return {
    loadProfile,
    stores: [
      [loadProfileName, loadProfile],
      [dailyProfileName, daily],
      [billingProfileName, monthly],
      [eventLogName, eventLog],
      ...(make.objects === "tpi-34g" ? makersOwn() : []),
    ],
  };
}

interface ColumnsOfMake {
  readonly load: readonly Column[];
  readonly daily: readonly Column[];
  readonly monthly: readonly Column[];
  /** Of makes that capture what flows. */
  readonly instantaneous: readonly Column[];
}

/** All meters of a make share them. */
function profileColumnsOf(make: MeterMake): ColumnsOfMake {
  const known = columnsOfMakes.get(make);
  if (known !== undefined) return known;
  const columns = (names: readonly ColumnName[]) => columnsOf(["clock", ...names], make);
  const counted = countedColumns(make);
  const made: ColumnsOfMake = {
    load: columns(make.profile.value.columns),
    daily: columns(counted),
    monthly: columns([...counted, "reset-count", "reset-time"]),
    instantaneous: make.objects === "tpi-34g" ? columns(instantaneousColumns) : [],
  };
  columnsOfMakes.set(make, made);
  return made;
}

const columnsOfMakes = new WeakMap<MeterMake, ColumnsOfMake>();

/** Energies and demands, by tariff and in all. */
function countedColumns(make: MeterMake): readonly ColumnName[] {
  const offered = new Set<string>(registersOf(make).map(({ name }) => name));
  const tariffs = Array.from({ length: make.tariffs }, (_, index) => index + 1);
  return [
    ...energyKinds
      .filter((kind) => offered.has(kind))
      .flatMap((kind): ColumnName[] => [...tariffs.map((tariff) => `${kind}-of-tariff-${tariff}` as const), kind]),
    ...(["demand", "cumulative-demand"] as const).flatMap((sort) =>
      demandKinds.flatMap((kind) => [...tariffs, 0].map((tariff) => `${kind}-${sort}-of-tariff-${tariff}` as const)),
    ),
  ];
}

/** UDIL's INSTANTANEOUS_DATA in the order of the TPI-34G's rows. */
const instantaneousColumns: readonly ColumnName[] = [
  ...(["active-import", "active-export", "absolute-power"] as const),
  ...(["reactive-import", "reactive-export", "reactive-absolute-power"] as const),
  ...(["frequency", "power-factor"] as const),
  ...(["volts-1", "volts-2", "volts-3", "amperes-1", "amperes-2", "amperes-3"] as const),
  ...(["signal", "tariff"] as const),
];

const billingPeriodsKept = 24;
const twiceADay = 43_200;
