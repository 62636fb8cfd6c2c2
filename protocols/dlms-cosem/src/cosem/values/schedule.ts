/** Schedule (class 10; Blue Book, clause 4.5.3): scripts run at times of day, on weekdays between two dates. */
import type { CosemDate, CosemTime } from "../../data/date-time.ts";
import { arrayOf, bits, boolean, date, logicalName, longUnsigned, structureOf, time, valuesOf } from "./value-codec.ts";

export interface ScheduleEntry {
  /** 1 to 9999; an entry inserted with the index of another one takes its place. */
  readonly index: number;
  readonly enable: boolean;
  readonly scriptLogicalName: string;
  readonly scriptSelector: number;
  /** When the script is run; unspecified fields = every one. */
  readonly switchTime: CosemTime;
  /** Minutes in which a script missed by a power failure is still run; 65535 = however late. */
  readonly validityWindow: number;
  /** Seven bits, Monday first: "1111100". */
  readonly execWeekdays: string;
  /** One bit for each day id of the special days table; empty = none. */
  readonly execSpecdays: string;
  /** First and last day; unspecified fields = every one. */
  readonly beginDate: CosemDate;
  readonly endDate: CosemDate;
}

/** Entries from first to last; none when the first is greater. */
export interface EntryRange {
  readonly firstIndex: number;
  readonly lastIndex: number;
}

/** First A is disabled, then B enabled; a range whose first index is greater than its last names no entry. */
export interface EnableDisable {
  readonly firstIndexA: number;
  readonly lastIndexA: number;
  readonly firstIndexB: number;
  readonly lastIndexB: number;
}

const entry = structureOf<ScheduleEntry>({
  index: longUnsigned,
  enable: boolean,
  scriptLogicalName: logicalName,
  scriptSelector: longUnsigned,
  switchTime: time,
  validityWindow: longUnsigned,
  execWeekdays: bits,
  execSpecdays: bits,
  beginDate: date,
  endDate: date,
});

export const scheduleValues = valuesOf({
  entries: arrayOf(entry),
  /** Method 1. */
  enableDisable: structureOf<EnableDisable>({
    firstIndexA: longUnsigned,
    lastIndexA: longUnsigned,
    firstIndexB: longUnsigned,
    lastIndexB: longUnsigned,
  }),
  /** Method 2. */
  insert: entry,
  /** Method 3. */
  delete: structureOf<EntryRange>({ firstIndex: longUnsigned, lastIndex: longUnsigned }),
});
