import { invalidFields, PlatformError } from "../errors/platform-error.ts";
import type { Resource } from "./resource.ts";

/** What PostgreSQL and PGlite tell about a violated constraint. */
interface ConstraintError {
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
}

const uniqueViolation = "23505";
const foreignKeyViolation = "23503";

/** @returns what the caller did wrong when the store refused a write because of a constraint; otherwise the error itself */
export function explainWrite(error: unknown, resource: Resource): unknown {
  const { code, constraint = "" } = error as ConstraintError;
  if (code === uniqueViolation) {
    const columns = resource.unique?.find((names) => constraint === `${resource.table}_${names.join("_")}_key`);
    return columns ? invalidFields({ [fieldOf(columns)]: taken(resource, fieldOf(columns)) }) : error;
  }
  if (code === foreignKeyViolation) {
    const field = Object.keys(resource.fields).find((name) => constraint.includes(name));
    return invalidFields({ [field ?? "organization"]: "Invalid pk - object does not exist." });
  }
  return error;
}

/** @returns the same for a deletion: something still refers to the row */
export function explainDeletion(error: unknown, resource: Resource): unknown {
  const { code, table } = error as ConstraintError;
  if (code !== foreignKeyViolation) return error;
  const referrer = (table ?? "other rows").replaceAll("_", " ");
  return new PlatformError("in_use", {
    message: `Cannot delete this ${resource.singular}: it is used by ${referrer}.`,
  });
}

function fieldOf(columns: readonly string[]): string {
  return columns.find((column) => column !== "organization") ?? columns[0]!;
}

function taken({ singular }: Resource, field: string): string {
  return `${singular} with this ${field.replaceAll("_", " ")} already exists.`;
}
