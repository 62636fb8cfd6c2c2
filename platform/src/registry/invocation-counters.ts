import { type Kysely, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import { SharedStatement } from "../stores/relational/shared-statement.ts";

/**
 * Reserves DLMS invocation counters.
 * @param keyKind which key the counter belongs to, `guek` for example
 * @param atLeast the meter expects no less: its own counter plus one
 * @param count how many to reserve in a row
 * @returns the first of the reserved counters; rejects when there is no such meter
 */
export type ReserveCounter = (device: string, keyKind: string, atLeast: number, count?: number) => Promise<number>;

/**
 * Hands out DLMS invocation counters. A counter must never be used twice with the same key, whatever crashes: it is on
 * disk as used before anybody sees it, so that several processes can share a meter. Sessions that begin together share
 * one statement.
 */
export function counterReserver(db: Kysely<Database>): ReserveCounter {
  const shared = new SharedStatement<Reservation, number | undefined>((reservations) => reserve(db, reservations));
  return async (device, keyKind, atLeast, count = 1) => {
    const first = await shared.ask({ device, keyKind, atLeast, count });
    if (first === undefined) throw new Error(`there is no meter ${device}`);
    return first;
  };
}

interface Reservation {
  readonly device: string;
  readonly keyKind: string;
  readonly atLeast: number;
  readonly count: number;
}

async function reserve(db: Kysely<Database>, reservations: readonly Reservation[]): Promise<(number | undefined)[]> {
  const byKey = Map.groupBy(reservations, nameOf);
  // Several of one key get one range, which they part in the order of their asking.
  const ranges = [...byKey.values()].map((same) => ({
    ...same[0]!,
    atLeast: Math.max(...same.map(({ atLeast }) => atLeast)),
    count: same.reduce((sum, { count }) => sum + count, 0),
  }));
  const next = new Map<string, number>();
  for (const [count, alike] of Map.groupBy(ranges, ({ count }) => count)) {
    for (const [name, end] of await raise(db, alike, count)) next.set(name, end - count);
  }
  return reservations.map((reservation) => {
    const name = nameOf(reservation);
    const first = next.get(name);
    if (first !== undefined) next.set(name, first + reservation.count);
    return first;
  });
}

/** @returns the end of each key's new range; none for a meter that is gone */
async function raise(
  db: Kysely<Database>,
  ranges: readonly Reservation[],
  count: number,
): Promise<readonly (readonly [string, number])[]> {
  const wanted = ranges.map(({ device, keyKind, atLeast }) => ({ device, key_kind: keyKind, at_least: atLeast }));
  // In the order of the key, so that two processes never wait for each other's rows.
  const { rows } = await sql<{ meter_device: string; key_kind: string; counter: number }>`
    insert into dlms_invocation_counters as c (meter_device, key_kind, counter)
    select d.id, v.key_kind, v.at_least + ${count}::bigint
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as v(device uuid, key_kind text, at_least bigint)
    join meter_devices d on d.id = v.device
    order by d.id, v.key_kind
    on conflict (meter_device, key_kind)
    do update set counter = greatest(c.counter + ${count}::bigint, excluded.counter)
    returning meter_device, key_kind, counter`.execute(db);
  return rows.map((row) => [nameOf({ device: row.meter_device, keyKind: row.key_kind }), row.counter]);
}

function nameOf({ device, keyKind }: Pick<Reservation, "device" | "keyKind">): string {
  return `${device} ${keyKind}`;
}
