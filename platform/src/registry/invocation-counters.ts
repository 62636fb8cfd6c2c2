import { type Kysely, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";

/**
 * Hands out DLMS invocation counters. A counter must never be used twice with the same key, whatever crashes: it is on
 * disk as used before anybody sees it, in one statement, so that several processes can share a meter.
 * @param keyKind which key the counter belongs to, `guek` for example
 * @param atLeast the meter expects no less: its own counter plus one
 * @param count how many to reserve in a row
 * @returns the first of the reserved counters
 */
export async function reserveCounter(
  db: Kysely<Database>,
  device: string,
  keyKind: string,
  atLeast: number,
  count = 1,
): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    insert into dlms_invocation_counters as c (meter_device, key_kind, counter)
    values (${device}::uuid, ${keyKind}, ${atLeast}::bigint + ${count}::bigint)
    on conflict (meter_device, key_kind)
    do update set counter = greatest(c.counter, ${atLeast}::bigint) + ${count}::bigint
    returning counter as next`.execute(db);
  return rows[0]!.next - count;
}
