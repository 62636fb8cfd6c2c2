import { sql } from "kysely";
import { reference } from "../fields.ts";
import { everyOperation, type Resource } from "../resource.ts";

export const memberships: Resource = {
  name: "memberships",
  path: "/v1/organizations/memberships/",
  operationPrefix: "organizations_memberships",
  tag: "Organizations",
  singular: "organization membership",
  plural: "organization memberships",
  about: "A membership lets a user sign in for an organization.",
  schema: "OrganizationMember",
  table: "memberships",
  id: "integer",
  operations: everyOperation,
  ownership: "none",
  visibleTo: (organization) => sql`t.organization = ${organization}::uuid`,
  fields: {
    organization: reference("organizations", { required: true, onDelete: "cascade", title: "Organization" }),
    user: reference("users", { required: true, onDelete: "cascade", title: "User" }),
  },
  unique: [["user", "organization"]],
  example: {
    organization: "6f1c7e0e-1f5b-4c7a-9d3e-2b8f4a6c0d11",
    user: "0b1f6c1a-5f0e-4a51-8f6d-5d8e0c3b9a77",
  },
};
