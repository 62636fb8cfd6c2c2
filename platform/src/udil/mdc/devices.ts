import { type Kysely, sql } from "kysely";
import type { Database } from "../../stores/relational/database.ts";
import type { MdmClient } from "./clients/mdm-client.ts";

/** A meter of the client's organization, as rows of UDIL name it. */
export interface NamedMeter {
  readonly globalDeviceId: string;
  readonly msn: string | undefined;
  /** Key of the columnar store. */
  readonly number: number;
  readonly active: boolean;
}

/**
 * Looks up meters by the ids a client gave. The one place where reads of a client are confined to its organization:
 * another's id is as unknown as one of nobody.
 * @returns the known ones, by id
 */
export async function metersOf(
  db: Kysely<Database>,
  { organization }: Pick<MdmClient, "organization">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NamedMeter>> {
  const { rows } = await sql<{ id: string; msn: string | null; number: number; active: boolean }>`
    select global_device_id as id, msn, number, meter_activation_status = 1 as active from meter_devices
    where organization = ${organization}::uuid and global_device_id = any(${ids}::text[])`.execute(db);
  return new Map(
    rows.map(({ id, msn, number, active }) => [id, { globalDeviceId: id, msn: msn ?? undefined, number, active }]),
  );
}
