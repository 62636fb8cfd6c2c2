/** From the codes of a meter's columns to UDIL's columns and back. */
import { tariffs } from "../tables/field.ts";
import { type ObisField, obisFields } from "./obis-fields.ts";

export interface FieldOfObis {
  /** Model name of the column. */
  readonly field: string;
  readonly unit?: string;
  readonly vendor?: "A" | "B";
  readonly preference: number;
  readonly classId: number;
}

/** The column a code stands for, in either spelling: `1.0.1.8.0.255` or `1-0:1.8.0`. undefined: none. */
export function fieldOfObis(obis: string): FieldOfObis | undefined {
  return byObis.get(plainObis(obis));
}

/** Codes of a column, best first, as `1.0.1.8.0.255`. */
export function obisOfField(field: string): readonly (FieldOfObis & { readonly obis: string })[] {
  return byField.get(field) ?? [];
}

/**
 * The columns of a row of a meter: for each of its codes the field it gives, undefined where there is none or where a better
 * code of the same row gives it (D = 7 before D = 27, the standard's before a vendor's).
 */
export function fieldsOfColumns(obisCodes: readonly string[]): (FieldOfObis | undefined)[] {
  const found = obisCodes.map(fieldOfObis);
  const best = new Map<string, FieldOfObis>();
  for (const column of found) {
    const known = column === undefined ? undefined : best.get(column.field);
    if (column !== undefined && (known === undefined || column.preference < known.preference))
      best.set(column.field, column);
  }
  const taken = new Set<string>();
  return found.map((column) => {
    if (column === undefined || best.get(column.field) !== column || taken.has(column.field)) return undefined;
    taken.add(column.field);
    return column;
  });
}

function plainObis(obis: string): string {
  const [a, b, c, d, e] = obis.split(/[-:.*&]/);
  return `${a}.${b}.${c}.${d}.${e}`;
}

/** One entry for each tariff where the code has one. */
function expanded({ obis, field, ...more }: ObisField): (FieldOfObis & { obis: string })[] {
  if (!obis.endsWith(".N")) return [{ ...more, obis, field }];
  return tariffs.map((tariff, index) => ({
    ...more,
    obis: obis.replace(/N$/, String(tariff === "tl" ? 0 : index + 1)),
    field: field.replace("{T}", tariff),
  }));
}

const all = obisFields.flatMap(expanded);
const byObis: ReadonlyMap<string, FieldOfObis> = new Map(all.map(({ obis, ...field }) => [obis, field]));
const byField = Map.groupBy(
  all.map((entry) => ({ ...entry, obis: `${entry.obis}.255` })).sort((one, other) => one.preference - other.preference),
  ({ field }) => field,
);
