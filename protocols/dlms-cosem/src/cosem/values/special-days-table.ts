/** Special days table (class 11; Blue Book, clause 4.5.4): dates on which another day of the calendar is in force. */
import type { CosemDate } from "../../data/date-time.ts";
import { arrayOf, date, longUnsigned, structureOf, unsigned, valuesOf } from "./value-codec.ts";

export interface SpecialDay {
  readonly index: number;
  /** Without a year: every year. */
  readonly specialdayDate: CosemDate;
  /** Of a day profile of the activity calendar. */
  readonly dayId: number;
}

const specialDay = structureOf<SpecialDay>({ index: longUnsigned, specialdayDate: date, dayId: unsigned });

export const specialDaysTableValues = valuesOf({
  entries: arrayOf(specialDay),
  /** Method 1; an entry with the same index or date is replaced. */
  insert: specialDay,
  /** Method 2: the index. */
  delete: longUnsigned,
});
