import { sql } from "kysely";
import Type from "typebox";
import { computed, flag, text } from "../fields.ts";
import { everyOperation, type Resource } from "../resource.ts";

export const organizations: Resource = {
  name: "organizations",
  path: "/v1/organizations/",
  operationPrefix: "organizations",
  tag: "Organizations",
  singular: "organization",
  plural: "organizations",
  about:
    "Organizations group everything that belongs to one customer. A JWT reads the one organization it was issued for.",
  schema: "Organization",
  table: "organizations",
  id: "uuid",
  operations: everyOperation,
  ownership: "none",
  visibleTo: (organization) => sql`t.id = ${organization}::uuid`,
  fields: {
    name: text({ most: 64, required: true, title: "Name of organization" }),
    is_active: flag({ title: "Is active", description: "Indicates if organization is active" }),
    members: computed(
      Type.Array(Type.String({ format: "uuid" }), { description: "Users that are members." }),
      sql`(select coalesce(json_agg(m."user" order by m.id), '[]') from memberships m where m.organization = t.id)`,
    ),
  },
  unique: [["name"]],
  example: { name: "Northern Grid", is_active: true },
};
