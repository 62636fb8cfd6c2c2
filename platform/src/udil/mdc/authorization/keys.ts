import { createHash, randomBytes } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../../stores/relational/database.ts";
import type { MdmClient } from "../clients/mdm-client.ts";

/** UDIL: "time bound for 30 minutes minimum", and its example says that much. */
export const keyLifetimeMinutes = 30;

/** A key has 43 characters, within the 50 that UDIL gives to a text. */
const keyBytes = 32;
/** What is no such text is not looked for. */
const keyText = /^[\w-]{43}$/;

/**
 * The private keys of clients. They are random, so a fast hash keeps them; kept in the store, they live through a restart
 * and are known to every process.
 */
export class PrivateKeys {
  readonly #db: Kysely<Database>;
  readonly #clock: () => number;

  /** @param clock milliseconds since 1970 */
  constructor(db: Kysely<Database>, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /** @returns a new key of the client; its other keys stay good, as several programs of one client work at once */
  async issue(client: string): Promise<string> {
    const key = randomBytes(keyBytes).toString("base64url");
    const now = this.#clock();
    await this.#db
      .insertInto("udil_keys")
      .values({
        key_hash: hashOf(key),
        client,
        issued_at: new Date(now),
        expires_at: new Date(now + keyLifetimeMinutes * 60_000),
      })
      .execute();
    await this.#db.deleteFrom("udil_keys").where("expires_at", "<=", new Date(now)).execute();
    return key;
  }

  /** @returns whose the key is, while it is good and the client active; otherwise undefined */
  async clientOf(key: string): Promise<MdmClient | undefined> {
    if (!keyText.test(key)) return undefined;
    const { rows } = await sql<MdmClient>`
      select c.id, c.organization, o.number as "organizationNumber", c.name, c.version, c.format, c.timezone,
        c.switches
      from udil_keys k
      join udil_mdm_clients c on c.id = k.client
      join organizations o on o.id = c.organization
      where k.key_hash = ${hashOf(key)} and k.expires_at > ${new Date(this.#clock())} and c.is_active and o.is_active`.execute(
      this.#db,
    );
    return rows[0];
  }
}

function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
