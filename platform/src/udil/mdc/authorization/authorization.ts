import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { passwordMatches } from "../../../registry/passwords.ts";
import { SignInLimit } from "../../../registry/sign-in-limit.ts";
import type { Database } from "../../../stores/relational/database.ts";
import type { MdmClient } from "../clients/mdm-client.ts";
import type { PrivateKeys } from "./keys.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly code: string;
}

/** A key, and for whom. */
export interface Authorized {
  readonly key: string;
  readonly client: MdmClient;
}

type Candidate = MdmClient & { readonly password_hash: string };

/**
 * Gives keys for credentials. Programs of one client come all at once when their keys end; those with the same credentials
 * share one check of the password, which is slow by intention, and count as one attempt.
 */
export class Authorization {
  readonly #db: Kysely<Database>;
  readonly #keys: PrivateKeys;
  readonly #limit: SignInLimit;
  readonly #underWay = new Map<string, Promise<MdmClient | undefined>>();

  /** @param clock milliseconds since 1970 */
  constructor(db: Kysely<Database>, keys: PrivateKeys, clock: () => number) {
    this.#db = db;
    this.#keys = keys;
    this.#limit = new SignInLimit(clock);
  }

  /**
   * @param address where the attempt comes from, for the limit
   * @returns undefined when the credentials are wrong, or the client is not active
   * @throws PlatformError `too_many_requests` after too many attempts that failed
   */
  async authorize(credentials: Credentials, address: string): Promise<Authorized | undefined> {
    const client = await this.#shared(credentials, address);
    return client && { key: await this.#keys.issue(client.id), client };
  }

  #shared(credentials: Credentials, address: string): Promise<MdmClient | undefined> {
    const { username, password, code } = credentials;
    const digest = createHash("sha256")
      .update(JSON.stringify([address, username, password, code]))
      .digest("hex");
    const underWay = this.#underWay.get(digest);
    if (underWay !== undefined) return underWay;
    const check = this.#check(credentials, address).finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, check);
    return check;
  }

  async #check({ username, password, code }: Credentials, address: string): Promise<MdmClient | undefined> {
    this.#limit.begin(username, address);
    const { rows } = await sql<Candidate>`
      select c.id, c.organization, o.number as "organizationNumber", c.name, c.version, c.format, c.timezone,
        c.switches, c.password_hash
      from udil_mdm_clients c join organizations o on o.id = c.organization
      where c.username = ${username} and c.code = ${code} and c.is_active and o.is_active`.execute(this.#db);
    const [candidate] = rows;
    if (!(await passwordMatches(password, candidate?.password_hash)) || candidate === undefined) return undefined;
    this.#limit.succeeded(username, address);
    const { password_hash: _, ...client } = candidate;
    return client;
  }
}
