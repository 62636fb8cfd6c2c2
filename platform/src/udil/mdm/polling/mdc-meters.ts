/** Which meters an MDC has, and whose history was read from it. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import type { Mdc } from "../peers/mdc.ts";

export interface MeterOfMdc {
  readonly id: string;
  /** Key of the device in the columnar store. */
  readonly number: number;
  readonly globalDeviceId: string;
  /** Its rows before the cursors were not read from this MDC yet. */
  readonly isNew: boolean;
}

const metersPerStatement = 20_000;

/** Meters in use that the MDC has, and those that moved away from it and were not read from where they are now. */
export async function metersOf(db: Kysely<Database>, mdc: Mdc): Promise<MeterOfMdc[]> {
  const meters: MeterOfMdc[] = [];
  for (let after = "00000000-0000-0000-0000-000000000000"; ; ) {
    const { rows } = await sql<MeterOfMdc>`
      select d.id, d.number, d.global_device_id as "globalDeviceId", m.mdc is distinct from ${mdc.id}::uuid as "isNew"
      from meter_devices d left join udil_mdc_meters m on m.meter_device = d.id
      where (d.udil_mdc = ${mdc.id}::uuid or (d.udil_mdc is not null and m.mdc = ${mdc.id}::uuid and ${movedLately(sql`d`)}))
        and d.id > ${after}::uuid and d.organization = ${mdc.organization}::uuid
        and d.global_device_id is not null and d.meter_activation_status = 1
      order by d.id limit ${sql.lit(metersPerStatement)}`.execute(db);
    meters.push(...rows);
    if (rows.length < metersPerStatement) return meters;
    after = rows.at(-1)!.id;
  }
}

/** Call it after their history is durable. */
export async function historyRead(
  db: Kysely<Database>,
  mdc: Mdc,
  meters: readonly MeterOfMdc[],
  now: number,
): Promise<void> {
  for (let first = 0; first < meters.length; first += metersPerStatement) {
    const ids = meters.slice(first, first + metersPerStatement).map(({ id }) => id);
    await sql`
      insert into udil_mdc_meters (meter_device, mdc, history_read_at)
      select d.id, ${mdc.id}::uuid, ${new Date(now)} from meter_devices d where d.id = any(${ids}::uuid[])
      on conflict (meter_device) do update set mdc = excluded.mdc, history_read_at = excluded.history_read_at`.execute(
      db,
    );
  }
}

/** What an MDC has of a meter that moved is read from it until its successor was read, for so long at most. */
export function movedLately(device: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(${device}.updated_at > now() - interval '2 days')`;
}
