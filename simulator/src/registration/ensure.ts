/** Brings rows of the platform to what they should be, and leaves alone what already is or what others added. */
import type { ApiClient, ApiRow } from "./api-client.ts";

export interface Tally {
  created: number;
  changed: number;
  unchanged: number;
}

/**
 * A row with these fields: `existing` with what differs patched, or a new one. Lists of ids are added to, never cut
 * short: a user may have added tasks and series of their own.
 */
export async function ensure(
  api: ApiClient,
  tally: Tally,
  path: string,
  existing: ApiRow | undefined,
  wanted: Readonly<Record<string, unknown>>,
): Promise<ApiRow> {
  if (existing === undefined) {
    tally.created++;
    return api.create(path, wanted);
  }
  const differences = differencesOf(existing, wanted);
  if (Object.keys(differences).length === 0) {
    tally.unchanged++;
    return existing;
  }
  tally.changed++;
  return api.change(path, existing.id, differences);
}

function differencesOf(existing: ApiRow, wanted: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const differences: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const present = existing[name];
    if (Array.isArray(value)) {
      const others = Array.isArray(present) ? present : [];
      if (value.some((id) => !others.includes(id))) differences[name] = [...new Set([...others, ...value])];
    } else if (!isSame(present, value)) {
      differences[name] = value;
    }
  }
  return differences;
}

/** Equal as JSON, whatever the order of members and the case of hexadecimal text. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === "object" && one !== null && typeof other === "object" && other !== null) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].every((name) => isSame((one as ApiRow)[name], (other as ApiRow)[name]));
  }
  if (typeof one === "string" && typeof other === "string" && hexadecimal.test(one)) {
    return one.toLowerCase() === other.toLowerCase();
  }
  return one === other;
}

const hexadecimal = /^[0-9a-f]{16,}$/i;
