/** How the standard's code tables are written down here: one row for a run of codes that differ in exponent or unit. */

/** What the data of a record is, beyond its coding in the DIF. */
export type ValueForm =
  | "number"
  /** A number without sign (types C and D): addresses, counters of telegrams, bits. */
  | "unsigned"
  /** A date, time, or both: type F, G, I, J or M by the length of the data. */
  | "time"
  /** Digits that name something: zeros in front belong to it. */
  | "identification"
  /** Two bytes that hold three letters. */
  | "manufacturer"
  | "bytes";

/** A code, or a run of codes whose exponent rises by one or whose unit is the next of `units`. */
export interface CodeRow {
  readonly first: number;
  /** The last code of the run; absent for one code. */
  readonly last?: number;
  readonly quantity: string;
  readonly unit?: string;
  readonly units?: readonly string[];
  /** Power of ten of the first code; 0 when absent. */
  readonly exponent?: number;
  /** A factor that is no power of ten, before the exponent is applied. */
  readonly factor?: bigint;
  readonly form?: ValueForm;
}

/** What one code says. */
export interface CodeMeaning {
  readonly quantity: string;
  readonly unit: string;
  readonly exponent: number;
  readonly factor: bigint | undefined;
  readonly form: ValueForm;
}

/** By the low seven bits of the code; undefined for reserved codes. */
export type CodeTable = readonly (CodeMeaning | undefined)[];

export function codeTable(rows: readonly CodeRow[]): CodeTable {
  const table = new Array<CodeMeaning | undefined>(128).fill(undefined);
  for (const row of rows) {
    const { first, last = first, quantity, unit = "", units, exponent = 0, factor, form = "number" } = row;
    for (let code = first; code <= last; code++) {
      const step = code - first;
      table[code] = {
        quantity,
        unit: units?.[step] ?? unit,
        exponent: units ? 0 : exponent + step,
        factor,
        form,
      };
    }
  }
  return table;
}

/** The units of codes whose two low bits choose one. */
export const shortDurations = ["s", "min", "h", "d"] as const;
export const longDurations = ["h", "d", "month", "year"] as const;
