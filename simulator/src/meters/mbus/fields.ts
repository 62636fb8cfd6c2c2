/**
 * What the meters tell: each field's DIF and VIF, and its number in the VIF's unit. Written from EN 13757-3, tables 4 and 10,
 * and not by the codec that reads it on the other side.
 */
import type { ZoneName } from "../zone.ts";

/** What a meter's application knows at the moment of a readout; whole numbers of the units named. */
export interface Readings {
  /** Watt hours, litres. */
  readonly energy: number;
  readonly volume: number;
  /** Watts, litres an hour, hundredths of a degree Celsius. */
  readonly power: number;
  readonly flow: number;
  readonly flowTemperature: number;
  readonly returnTemperature: number;
}

/** The present, and the ends of months. */
export interface MeterView {
  readonly identification: string;
  readonly now: Readings;
  /** What the clock shows, milliseconds UTC. */
  readonly clock: number;
  readonly zone: ZoneName;
  /** Readings at the begin of a month: 0 this one, 1 the one before. */
  monthBegin(monthsBack: number): { readonly readings: Readings; readonly instant: number };
  readonly storedDate: "first day" | "last day";
  readonly operatingHours: number;
  readonly errorFlags: number;
  readonly batteryDays: number;
}

export interface Field {
  /** Bits of DIF and DIFE above the data field: function, storage. */
  readonly function?: "maximum";
  readonly storage?: number;
  /** VIF, with VIFE. */
  readonly valueInformation: readonly number[];
  readonly coding: /** Digits of BCD, and bytes of an integer where the model counts in binary. */
    | { readonly type: "number"; readonly digits: 4 | 6 | 8; readonly bytes: 2 | 3 | 4 }
    /** Always an integer of one or two bytes. */
    | { readonly type: "bits"; readonly bytes: 1 | 2 }
    /** Type F, or type G. */
    | { readonly type: "date and time" }
    | { readonly type: "date" };
  /** The number in the VIF's unit; milliseconds UTC for dates. */
  readonly value: (view: MeterView) => number;
}

const number = (digits: 4 | 6 | 8) => ({ type: "number", digits, bytes: (digits / 2) as 2 | 3 | 4 }) as const;

/** VIF 06 kWh, 13 l, 2B W, 3B l/h, 5A, 5E and 62 tenths of a degree. */
export const fields = {
  fabricationNumber: {
    valueInformation: [0x78],
    coding: number(8),
    value: ({ identification }) => Number(identification),
  },
  energy: { valueInformation: [0x06], coding: number(8), value: ({ now }) => thousands(now.energy) },
  volume: { valueInformation: [0x13], coding: number(8), value: ({ now }) => now.volume },
  power: { valueInformation: [0x2b], coding: number(6), value: ({ now }) => now.power },
  flow: { valueInformation: [0x3b], coding: number(6), value: ({ now }) => now.flow },
  flowTemperature: { valueInformation: [0x5a], coding: number(4), value: ({ now }) => tenths(now.flowTemperature) },
  returnTemperature: { valueInformation: [0x5e], coding: number(4), value: ({ now }) => tenths(now.returnTemperature) },
  difference: {
    valueInformation: [0x62],
    coding: number(4),
    value: ({ now }) => tenths(now.flowTemperature) - tenths(now.returnTemperature),
  },
  clock: { valueInformation: [0x6d], coding: { type: "date and time" }, value: ({ clock }) => clock },
  operatingHours: { valueInformation: [0x26], coding: number(6), value: ({ operatingHours }) => operatingHours },
  errorFlags: {
    valueInformation: [0xfd, 0x17],
    coding: { type: "bits", bytes: 1 },
    value: ({ errorFlags }) => errorFlags,
  },
  batteryDays: {
    valueInformation: [0xfd, 0x74],
    coding: { type: "bits", bytes: 2 },
    value: ({ batteryDays }) => batteryDays,
  },
  greatestPower: {
    function: "maximum",
    valueInformation: [0x2b],
    coding: number(6),
    value: ({ now }) => Math.round(now.power * 1.2),
  },
  ...storedMonth("due", 1, 0),
  ...storedMonth("month2", 2, 1),
  ...storedMonth("month3", 3, 2),
  ...storedMonth("month4", 4, 3),
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof fields;

/** Date, energy and volume of a month's begin, as three fields of one storage number. */
function storedMonth<const Name extends string>(name: Name, storage: number, monthsBack: number) {
  const stored = {
    Date: {
      storage,
      valueInformation: [0x6c],
      coding: { type: "date" },
      value: (view: MeterView) => view.monthBegin(monthsBack).instant - (view.storedDate === "last day" ? 1 : 0),
    },
    Energy: {
      storage,
      valueInformation: [0x06],
      coding: number(8),
      value: (view: MeterView) => thousands(view.monthBegin(monthsBack).readings.energy),
    },
    Volume: {
      storage,
      valueInformation: [0x13],
      coding: number(8),
      value: (view: MeterView) => view.monthBegin(monthsBack).readings.volume,
    },
  } as const;
  return Object.fromEntries(Object.entries(stored).map(([part, field]) => [`${name}${part}`, field])) as {
    readonly [Part in keyof typeof stored as `${Name}${Part}`]: (typeof stored)[Part];
  };
}

/** Registers are cut, never rounded up: what is not used is not shown. */
function thousands(value: number): number {
  return Math.floor(value / 1000);
}

function tenths(hundredths: number): number {
  return Math.round(hundredths / 10);
}
