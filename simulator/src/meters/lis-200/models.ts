/**
 * The models of the neighbourhood's LIS-200 gas devices. The names are invented; every habit is one that real devices have
 * (EK280, DL230, EK260), with the reason it is here. A new model is one more entry.
 */
import type { LockNumber } from "@anymeter/lis-200";
import type { ZoneName } from "../zone.ts";
import type { ColumnName, Language } from "./columns.ts";

export interface Habit<T> {
  readonly value: T;
  /** Why a simulated device should do this. */
  readonly because: string;
}

export interface Lis200Model {
  readonly make: string;
  readonly model: string;
  /** Three letters: they open identification and serial number. */
  readonly flag: string;
  readonly firmware: string;
  readonly description: string;
  /** Volume converters know pressure and temperature; data loggers count pulses. */
  readonly kind: "converter" | "logger";
  readonly offersModeE: Habit<boolean>;
  readonly wakeUp: Habit<number | undefined>;
  readonly asksForAddress: Habit<boolean>;
  readonly zone: Habit<ZoneName>;
  readonly locks: Habit<Locks>;
  readonly registeredCode: Habit<"right" | "wrong">;
  readonly archives: Habit<readonly ArchiveModel[]>;
  readonly rows: Habit<RowHabit>;
}

export interface Locks {
  /** Those it has. */
  readonly numbers: readonly LockNumber[];
  /** The one the utility opens, whose code is registered; it may set the clock. */
  readonly used: LockNumber;
  /** Whether archives want it open too. */
  readonly guardsArchives: boolean;
}

export interface ArchiveModel {
  readonly number: number;
  /** When a row is due: at the end of each measuring period, gas day or gas month. */
  readonly period: "measuring" | "day" | "month";
  readonly columns: readonly ColumnName[];
}

export interface RowHabit {
  readonly language: Language;
  /** Number of the event of an ended measuring period. */
  readonly event: number;
  /** Once a day a row at an odd time. */
  readonly extraRows: boolean;
  /** One row in so many is sent twice. */
  readonly repeatsEvery?: number;
  /** FF bytes between values and blanks behind rows. */
  readonly filled: boolean;
}

/** Counters, and means of the measuring period. */
const converterColumns: readonly ColumnName[] = [
  ...(["base", "base-total", "measured", "measured-total"] as const),
  ...(["pressure", "temperature", "compressibility", "conversion"] as const),
];

export const lis200Models: readonly Lis200Model[] = [
  {
    ...{ make: "Hagenau", model: "VC280", flag: "Hag", firmware: "2.52", kind: "converter" },
    description: "Gas volume converter",
    offersModeE: {
      value: true,
      because: "EK280s write \\2 in their identification although nobody speaks HDLC to them",
    },
    wakeUp: { value: undefined, because: "with a mains supply and a modem of its own it never sleeps" },
    asksForAddress: { value: false, because: "the plain sign-on without an address must do" },
    zone: {
      value: "central-european",
      because: "clocks with summer time write one hour twice; message 16 tells which",
    },
    locks: {
      value: { numbers: [2, 3, 4, 5, 6], used: 3, guardsArchives: false },
      because: "reading is free, but the clock is the supplier's",
    },
    registeredCode: { value: "right", because: "the plain case" },
    archives: {
      value: [
        { number: 1, period: "month", columns: ["base-total", "measured-total"] },
        { number: 3, period: "measuring", columns: converterColumns },
        { number: 7, period: "day", columns: ["base-total", "measured-total"] },
      ],
      because: "monthly, measuring-period and daily archives are numbered 1, 3 and 7 on volume converters",
    },
    rows: {
      value: { language: "english", event: 0x8104, extraRows: true, repeatsEvery: 50, filled: false },
      because: "rows of other events stand between the regular ones, and rows come twice over bad lines",
    },
  },
  {
    ...{ make: "Brauwald", model: "GL230", flag: "Brw", firmware: "1.11", kind: "logger" },
    description: "Gas data logger",
    offersModeE: { value: false, because: "identifications come with and without the mark" },
    wakeUp: { value: 20, because: "battery devices sleep until they hear NULs" },
    asksForAddress: { value: true, because: "several loggers may share a line" },
    zone: { value: "central-european-standard", because: "many utilities keep winter time all year" },
    locks: {
      value: { numbers: [2, 3, 4, 5, 6], used: 5, guardsArchives: true },
      because: "newer devices give data collectors a lock of their own, and archives only to those who open one",
    },
    registeredCode: { value: "right", because: "the plain case" },
    archives: {
      value: [
        { number: 1, period: "month", columns: ["counter", "counter-settable"] },
        { number: 2, period: "measuring", columns: ["counter", "counter-settable"] },
      ],
      because: "loggers number odd archives monthly and even ones by measuring period, two for each input",
    },
    rows: {
      value: { language: "english", event: 0x8105, extraRows: true, filled: true },
      because: "FF bytes between values and blanks behind rows are in the answers of real loggers",
    },
  },
  {
    ...{ make: "Hagenau", model: "VC260", flag: "Hag", firmware: "2.54", kind: "converter" },
    description: "Gas volume converter",
    offersModeE: { value: false, because: "the predecessor without the mark" },
    wakeUp: { value: undefined, because: "with a mains supply it never sleeps" },
    asksForAddress: { value: false, because: "the plain sign-on without an address must do" },
    zone: { value: "central-european", because: "the zone of most converters of the region" },
    locks: {
      value: { numbers: [2, 3, 4], used: 4, guardsArchives: true },
      because: "older devices have three locks, and customers may keep their data to themselves",
    },
    registeredCode: {
      value: "wrong",
      because: "codes changed on site and never reported are what locks utilities out of converters",
    },
    archives: {
      value: [{ number: 3, period: "measuring", columns: converterColumns }],
      because: "archive 3 holds the measuring periods on every volume converter",
    },
    rows: {
      value: { language: "german", event: 0x8104, extraRows: false, filled: false },
      because:
        "German headers call the base volume Vn, and the measured one Vb, which English ones call the base volume",
    },
  },
];

/** @throws RangeError for a name that is in no entry */
export function modelNamed(name: string): Lis200Model {
  const model = lis200Models.find(({ model }) => model === name);
  if (model) return model;
  throw new RangeError(`no LIS-200 model ${name}; there are ${lis200Models.map(({ model }) => model).join(", ")}`);
}
