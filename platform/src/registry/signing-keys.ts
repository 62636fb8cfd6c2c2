import { randomBytes, randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import { SealError, type Sealer } from "./sealing.ts";

/** A secret of HS256 as long as its hash. */
const secretBytes = 32;
/** New tokens get a new key this often. */
const signingMilliseconds = 24 * 3600 * 1000;
/** Retired keys of expired tokens, looked up again and again, would be a question to the store each time. */
const unknownKeysRemembered = 1000;

interface SigningKey {
  readonly kid: string;
  readonly secret: Uint8Array;
  readonly signsUntil: number;
  readonly verifiesUntil: number;
}

/**
 * The keys that sign JWTs: random, sealed in the relational store, replaced every day. Every process of the platform
 * accepts what any of them signed, until the last token of a key has expired.
 */
export class SigningKeys {
  readonly #db: Kysely<Database>;
  readonly #sealer: Sealer;
  readonly #tokenLifetimeMilliseconds: number;
  readonly #clock: () => number;
  readonly #known = new Map<string, SigningKey>();
  readonly #unknown = new Set<string>();
  #current: Promise<SigningKey> | undefined;

  constructor(db: Kysely<Database>, sealer: Sealer, tokenLifetimeSeconds: number, clock: () => number = Date.now) {
    this.#db = db;
    this.#sealer = sealer;
    this.#tokenLifetimeMilliseconds = tokenLifetimeSeconds * 1000;
    this.#clock = clock;
  }

  /** @returns the key to sign with now */
  async toSign(): Promise<SigningKey> {
    const current = await this.#current?.catch(() => undefined);
    if (current && current.signsUntil > this.#clock()) return current;
    this.#current = this.#findOrMake();
    return this.#current;
  }

  /** @returns the key of that id while its tokens count, otherwise undefined */
  async toVerify(kid: string): Promise<Uint8Array | undefined> {
    if (this.#unknown.has(kid)) return undefined;
    const key = this.#known.get(kid) ?? (await this.#read(kid));
    return key && key.verifiesUntil > this.#clock() ? key.secret : undefined;
  }

  async #findOrMake(): Promise<SigningKey> {
    const now = new Date(this.#clock());
    await this.#db.deleteFrom("jwt_signing_keys").where("verifies_until", "<", now).execute();
    const row = await this.#db
      .selectFrom("jwt_signing_keys")
      .select("kid")
      .where("signs_until", ">", now)
      .orderBy("signs_until", "desc")
      .executeTakeFirst();
    return (row && (await this.#read(row.kid))) ?? (await this.#make());
  }

  async #make(): Promise<SigningKey> {
    const signsUntil = this.#clock() + signingMilliseconds;
    const verifiesUntil = signsUntil + this.#tokenLifetimeMilliseconds;
    const key = { kid: randomUUID(), secret: randomBytes(secretBytes), signsUntil, verifiesUntil };
    await this.#db
      .insertInto("jwt_signing_keys")
      .values({
        kid: key.kid,
        sealed_secret: this.#sealer.seal(key.secret, placeOf(key.kid)),
        signs_until: new Date(signsUntil),
        verifies_until: new Date(verifiesUntil),
      })
      .execute();
    this.#known.set(key.kid, key);
    return key;
  }

  async #read(kid: string): Promise<SigningKey | undefined> {
    const row = await this.#db.selectFrom("jwt_signing_keys").selectAll().where("kid", "=", kid).executeTakeFirst();
    const secret = row && this.#open(row.sealed_secret, kid);
    if (!row || !secret) {
      if (this.#unknown.size < unknownKeysRemembered) this.#unknown.add(kid);
      return undefined;
    }
    const key = { kid, secret, signsUntil: row.signs_until.getTime(), verifiesUntil: row.verifies_until.getTime() };
    this.#known.set(kid, key);
    return key;
  }

  /** A key that was sealed under another master key is as good as none. */
  #open(sealed: Uint8Array, kid: string): Uint8Array | undefined {
    try {
      return this.#sealer.open(sealed, placeOf(kid));
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }
}

function placeOf(kid: string): string {
  return `jwt_signing_keys:${kid}`;
}
