import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../stores/relational/database.ts";

/**
 * The block of a network interface is a lease: one holder has it until it expires or is given back. Callers of the API
 * and sessions of the head-end take the same block, so an interface is never used twice at once, and a dead holder
 * keeps it no longer than its lease. Times are the store's clock: all processes agree on them.
 */
export interface Block {
  readonly holder: string;
  readonly since: Date;
  /** null = until it is given back. */
  readonly expiresAt: Date | null;
}

/** Holders of blocks that were taken through the API start with this, then comes the user's name. */
export const userHolderPrefix = "user:";

/** @returns an SQL condition: the interface of the given alias is blocked now */
export function held(alias: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  return sql<boolean>`(${column("blocked_by")} is not null and coalesce(${column("block_expires_at")} > now(), true))`;
}

export interface BlockRequest {
  /** Length of the lease; without it, the block lasts until it is given back. */
  readonly seconds?: number | undefined;
  /** Whether a holder that has the block already prolongs it (the default), or is refused like everybody else. */
  readonly prolong?: boolean;
}

/**
 * Takes the block, or prolongs it, in one statement.
 * @returns whether the holder has the block now; false when it is held, or there is no such interface
 */
export async function acquireBlock(
  db: Kysely<Database>,
  networkInterface: string,
  holder: string,
  { seconds, prolong = true }: BlockRequest = {},
): Promise<boolean> {
  const until = seconds === undefined ? sql`null` : sql`now() + make_interval(secs => ${seconds}::double precision)`;
  const own = sql<boolean>`(t.blocked_by = ${holder} and ${held("t")})`;
  const allowed = prolong ? sql`(not ${held("t")} or ${own})` : sql`not ${held("t")}`;
  const { rows } = await sql`
    update network_interfaces t
    set blocked_by = ${holder}, block_expires_at = ${until}, block_time = case when ${own} then t.block_time else now() end
    where t.id = ${networkInterface}::uuid and ${allowed}
    returning t.id`.execute(db);
  return rows.length > 0;
}

/** Gives the block back. @returns whether the holder had it; nothing happens when it did not */
export async function releaseBlock(db: Kysely<Database>, networkInterface: string, holder: string): Promise<boolean> {
  const { rows } = await sql`
    update network_interfaces
    set blocked_by = null, block_time = null, block_expires_at = null
    where id = ${networkInterface}::uuid and blocked_by = ${holder}
    returning id`.execute(db);
  return rows.length > 0;
}

/** @returns who blocks the interface now, or undefined */
export async function blockOf(db: Kysely<Database>, networkInterface: string): Promise<Block | undefined> {
  const row = await db
    .selectFrom("network_interfaces as t")
    .select(["blocked_by", "block_time", "block_expires_at"])
    .where("id", "=", networkInterface)
    .where(held("t"))
    .executeTakeFirst();
  if (!row?.blocked_by || !row.block_time) return undefined;
  return { holder: row.blocked_by, since: row.block_time, expiresAt: row.block_expires_at };
}
