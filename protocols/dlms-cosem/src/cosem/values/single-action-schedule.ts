/** Single action schedule (class 22; Blue Book, clause 4.5.7): one script, run at given times. */
import type { CosemDate, CosemTime } from "../../data/date-time.ts";
import { scriptReference } from "./script-table.ts";
import { arrayOf, date, enumerated, structureOf, time, valuesOf } from "./value-codec.ts";

/** Unspecified fields of the date = every one: day 1 alone is the first of every month. */
export interface ExecutionTime {
  readonly time: CosemTime;
  readonly date: CosemDate;
}

export const singleActionScheduleValues = valuesOf({
  executedScript: scriptReference,
  /** 1 one time, wildcards allowed; 2 and 3 times all the same, dates without and with wildcards; 4 and 5 differing. */
  type: enumerated,
  executionTime: arrayOf(structureOf<ExecutionTime>({ time, date })),
});
