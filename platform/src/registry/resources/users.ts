import { sql } from "kysely";
import { flag, text } from "../fields.ts";
import { equals } from "../filters.ts";
import { greatestPasswordCharacters, hashPassword, leastPasswordCharacters } from "../passwords.ts";
import { everyOperation, type Resource, type ResourceHooks } from "../resource.ts";
import { keepOneAdministrator } from "../users.ts";

const hooks: ResourceHooks = {
  async prepare({ password, ...values }, before) {
    const hashed = typeof password === "string" ? { password_hash: await hashPassword(password) } : {};
    // Whoever holds a session of a changed password or of a user set inactive is out at once.
    const revoked = before && (password !== undefined || values.is_active === false);
    return { ...values, ...hashed, ...(revoked && { session_epoch: sql`session_epoch + 1` }) };
  },
  async alongside(after, before, { db }) {
    if (before) await keepOneAdministrator(db, after.id as string);
  },
  async beforeDelete(row, { db }) {
    await keepOneAdministrator(db, row.id as string, "deleted");
  },
};

export const users: Resource = {
  name: "users",
  path: "/v1/users/",
  operationPrefix: "users",
  tag: "Users",
  singular: "user",
  plural: "users",
  about:
    "People and programs that sign in (an extension of the contract, for staff). Staff calls the API with a Token; everybody else signs in with a password and reads what their organizations own.",
  schema: "User",
  table: "users",
  id: "uuid",
  operations: everyOperation,
  readAccess: "staff",
  ownership: "none",
  fields: {
    username: text({ most: 150, required: true, title: "Username", pattern: "^[\\w.@+-]+$" }),
    password: {
      ...text({
        ...{ least: leastPasswordCharacters, most: greatestPasswordCharacters, verbatim: true, title: "Password" },
        description: "Never returned. A user without one can use a Token only.",
      }),
      writeOnly: true,
    },
    email: text({ most: 254, title: "Email address", pattern: "^(?:[^\\s@]+@[^\\s@]+)?$" }),
    is_staff: flag({ title: "Is staff", description: "May do everything, with a Token." }),
    is_active: flag({ title: "Is active", description: "An inactive user can neither sign in nor use a Token." }),
  },
  filters: { username: equals("username"), email: equals("email") },
  unique: [["username"]],
  example: { username: "portal", password: "correct horse battery staple", email: "portal@example.com" },
  hooks,
};
