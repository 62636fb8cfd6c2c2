import { createHash } from "node:crypto";
import type { NewCommand } from "./new-command.ts";

/** SHA-256 of what is asked for, hexadecimal: the same request has the same digest, whatever the order of its fields. */
export function digestOf(request: NewCommand): string {
  const { idempotencyKey: _key, dryRun: _dry, ...asked } = request;
  return createHash("sha256").update(canonical(asked)).digest("hex");
}

/** JSON with the names of objects in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
