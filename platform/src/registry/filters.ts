import { sql } from "kysely";
import Type from "typebox";
import type { Filter } from "./resource.ts";

/** The column equals the text. */
export function equals(column: string, description?: string): Filter {
  return {
    schema: Type.String({ ...(description && { description }) }),
    condition: (value) => sql`${sql.ref(`t.${column}`)} = ${value}`,
  };
}

/** The column is the id. */
export function refersTo(column: string): Filter {
  return {
    schema: Type.String({ format: "uuid" }),
    condition: (value) => sql`${sql.ref(`t.${column}`)} = ${value}::uuid`,
  };
}

/** The meter that `t.meter` names has the text in the column. */
export function meterHas(column: string): Filter {
  return {
    schema: Type.String(),
    condition: (value) =>
      sql`exists (select from meter_devices d where d.id = t.meter and ${sql.ref(`d.${column}`)} = ${value})`,
  };
}
