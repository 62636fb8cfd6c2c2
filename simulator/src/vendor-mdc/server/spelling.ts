/** How names and values are written: as UDIL is meant, unless a habit says otherwise. */
import type { HabitValues } from "../habits/habits.ts";

export interface Spelling {
  /** Names of scalars and columns. */
  name(name: string): string;
  /** undefined = values of this column go out as they are. */
  value(name: string): ((value: string) => string) | undefined;
  /** JSON: whether quotes stand around the column's values. */
  isQuoted(name: string): boolean;
}

export function spellingOf(habits: HabitValues): Spelling {
  return {
    name: (name) => {
      if (habits.capitalStatus && name === "status") return "Status";
      return (habits.aliases && aliases[name]) || name;
    },
    value: (name) => {
      if (habits.letterForDigit && statusNames.has(name)) return (value) => value.replaceAll("1", "I");
      if (habits.zeroDates && name.endsWith("datetime")) return (value) => (value === "" ? zeroDate : value);
      if (habits.quotedIds && name === "global_device_id") return (value) => `"${value}" `;
      return undefined;
    },
    isQuoted: (name) => !(habits.unquotedNumbers && statusNames.has(name)),
  };
}

/** As the examples of 4.14 and sections 3.4.4 and 3.4.9 have them. */
const aliases: Readonly<Record<string, string>> = {
  mdc_read_datetime: "read_datetime",
  event_datetime: "meter_datetime",
  indv_status: "indiv_status",
};
const statusNames = new Set(["status", "indv_status"]);
const zeroDate = "0000-00-00 00:00:00";
