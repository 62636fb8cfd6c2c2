/** The invocation counters of meters that were accepted, so that what was recorded on the line cannot be sent again. */
import { type Kysely, sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import { SharedStatement } from "../../stores/relational/shared-statement.ts";

interface Place {
  readonly device: string;
  readonly key: string;
}

interface Accepted extends Place {
  readonly counter: number;
}

interface UnderWay {
  pushes: number;
  readonly counters: Set<string>;
}

export class PeerCounters {
  readonly #last: SharedStatement<string, Readonly<Record<string, number>>>;
  readonly #accepted: SharedStatement<Accepted>;
  /** Counters of pushes that are being stored, by meter: copies that come at once do not see each other on disk. */
  readonly #underWay = new Map<string, UnderWay>();

  constructor(db: Kysely<Database>) {
    this.#last = new SharedStatement((devices) => lastOf(db, devices));
    this.#accepted = new SharedStatement((items) => raise(db, items));
  }

  /** Call before `last`, and `leave` when the push is done with. */
  enter(device: string): void {
    const underWay = this.#underWay.get(device) ?? { pushes: 0, counters: new Set<string>() };
    underWay.pushes++;
    this.#underWay.set(device, underWay);
  }

  leave(device: string): void {
    const underWay = this.#underWay.get(device);
    if (underWay && --underWay.pushes === 0) this.#underWay.delete(device);
  }

  /** @returns false when a push under the same counter was claimed since this one entered */
  claim(device: string, key: string, counter: number): boolean {
    const counters = this.#underWay.get(device)?.counters;
    const claimed = `${key} ${counter}`;
    if (counters?.has(claimed)) return false;
    counters?.add(claimed);
    return true;
  }

  /** The last accepted counter by kind of key. */
  last(device: string): Promise<Readonly<Record<string, number>>> {
    return this.#last.ask(device);
  }

  /** Call when what came under the counter is durable; a lower one than the last changes nothing. */
  async accept(device: string, key: string, counter: number): Promise<void> {
    await this.#accepted.ask({ device, key, counter });
  }
}

async function lastOf(db: Kysely<Database>, devices: readonly string[]): Promise<Readonly<Record<string, number>>[]> {
  const rows = await db
    .selectFrom("dlms_peer_counters")
    .selectAll()
    .where(sql<boolean>`meter_device = any(${devices}::uuid[])`)
    .execute();
  return devices.map((device) =>
    Object.fromEntries(
      rows.filter((row) => row.meter_device === device).map(({ key_kind, counter }) => [key_kind, Number(counter)]),
    ),
  );
}

/** The highest of each key: one statement may not touch a row twice. A meter that is gone is left out. */
async function raise(db: Kysely<Database>, items: readonly Accepted[]): Promise<undefined[]> {
  await sql`
    insert into dlms_peer_counters (meter_device, key_kind, counter)
    select d.id, v.key, max(v.counter)
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as v(device uuid, key text, counter bigint)
    join meter_devices d on d.id = v.device
    group by d.id, v.key
    order by d.id, v.key
    on conflict (meter_device, key_kind)
    do update set counter = greatest(dlms_peer_counters.counter, excluded.counter)`.execute(db);
  return [];
}
