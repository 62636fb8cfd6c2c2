import { createHash, randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "../stores/relational/database.ts";

/** A Token is 40 hexadecimal digits. */
const tokenPattern = /^[0-9a-f]{40}$/i;
const tokenBytes = 20;

/** @returns a new random Token */
export function newToken(): string {
  return randomBytes(tokenBytes).toString("hex");
}

export function isToken(text: string): boolean {
  return tokenPattern.test(text);
}

/** @returns what is kept of a Token. Its 160 random bits need no slow hash */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token.toLowerCase()).digest();
}

/** Gives a user the Token; the one before, if any, is worthless from now on. */
export async function setToken(db: Kysely<Database>, userId: string, token: string): Promise<void> {
  const values = { token_hash: hashToken(token), created_at: new Date() };
  await db
    .insertInto("user_tokens")
    .values({ user_id: userId, ...values })
    .onConflict((conflict) => conflict.column("user_id").doUpdateSet(values))
    .execute();
}

/** Takes a user's Token away, if there is one. */
export async function removeToken(db: Kysely<Database>, userId: string): Promise<void> {
  await db.deleteFrom("user_tokens").where("user_id", "=", userId).execute();
}
