import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import { PlatformError } from "../errors/platform-error.ts";
import type { AuthenticationScheme, Authenticator, Principal } from "../http/principal.ts";
import type { Database } from "../stores/relational/database.ts";
import type { RegistryChanges } from "./changes.ts";
import type { Sessions } from "./sessions.ts";
import { maySignInFor } from "./sign-in-organizations.ts";
import { hashToken, isToken } from "./tokens.ts";

/** A change made by another process counts after this time; one of this process at once. */
const rememberedMilliseconds = 5000;
const rememberedAtMost = 5000;

/** Resources whose change may end somebody's access. */
const accessResources = new Set(["users", "memberships", "organizations"]);

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
}

/** Tells who a Token or a JWT belongs to, and remembers the answer for a moment: every request asks. */
export class RegistryAuthenticator implements Authenticator {
  readonly #db: Kysely<Database>;
  readonly #sessions: Sessions;
  readonly #clock: () => number;
  readonly #remembered = new Map<string, Remembered>();
  /** Raised by every change, so that an answer under way while something changes is not remembered. */
  #generation = 0;

  constructor(db: Kysely<Database>, sessions: Sessions, changes: RegistryChanges, clock: () => number = Date.now) {
    this.#db = db;
    this.#sessions = sessions;
    this.#clock = clock;
    changes.onChange(({ resource }) => {
      if (accessResources.has(resource)) this.forget();
    });
  }

  /** Asks the store again about everybody: called when a user, a Token or a membership changed. */
  forget(): void {
    this.#generation++;
    this.#remembered.clear();
  }

  async authenticate(authorization: string | undefined): Promise<Principal> {
    if (!authorization) throw new PlatformError("not_authenticated");
    const key = createHash("sha256").update(authorization).digest("base64");
    const remembered = this.#remembered.get(key);
    if (remembered && remembered.until > this.#clock()) return remembered.principal;
    const generation = this.#generation;
    const [principal, validUntil] = await this.#look(authorization);
    if (generation === this.#generation) this.#remember(key, principal, validUntil);
    return principal;
  }

  async #look(authorization: string): Promise<[Principal, number]> {
    const [name = "", credential = "", ...rest] = authorization.trim().split(/\s+/);
    const scheme = schemes[name.toLowerCase()];
    if (!scheme) throw new PlatformError("not_authenticated");
    if (credential === "" || rest.length > 0) throw refused(scheme);
    return scheme === "Token" ? this.#byToken(credential) : this.#bySession(credential);
  }

  async #byToken(token: string): Promise<[Principal, number]> {
    if (!isToken(token)) throw refused("Token");
    const user = await this.#db
      .selectFrom("user_tokens as k")
      .innerJoin("users as u", "u.id", "k.user_id")
      .select(["u.id", "u.username", "u.is_active", "u.is_staff"])
      .where("k.token_hash", "=", hashToken(token))
      .executeTakeFirst();
    if (!user?.is_staff) throw refused("Token");
    if (!user.is_active) throw new PlatformError("user_inactive", { details: { scheme: "Token" } });
    return [
      { userId: user.id, username: user.username, scheme: "Token", scope: { staff: true } },
      Number.POSITIVE_INFINITY,
    ];
  }

  async #bySession(token: string): Promise<[Principal, number]> {
    const claims = await this.#sessions.read(token);
    const user = await this.#db
      .selectFrom("users")
      .select(["id", "username", "is_active", "session_epoch", "is_staff"])
      .where("id", "=", claims.user_id)
      .executeTakeFirst();
    if (!user || user.session_epoch !== claims.session_epoch) throw refused("JWT");
    if (!user.is_active) throw new PlatformError("user_inactive", { details: { scheme: "JWT" } });
    const organization = claims.organization_id;
    if (!(await maySignInFor(this.#db, user, organization))) throw refused("JWT");
    const principal: Principal = {
      ...{ userId: user.id, username: user.username, scheme: "JWT" },
      scope: { staff: false, organization },
      session: { startedAt: claims.orig_iat, organization },
    };
    return [principal, claims.exp * 1000];
  }

  #remember(key: string, principal: Principal, validUntil: number): void {
    if (this.#remembered.size >= rememberedAtMost) this.#remembered.clear();
    this.#remembered.set(key, { principal, until: Math.min(validUntil, this.#clock() + rememberedMilliseconds) });
  }
}

/** Scheme names are read whatever their case. */
const schemes: Readonly<Record<string, AuthenticationScheme>> = { token: "Token", jwt: "JWT" };

function refused(scheme: AuthenticationScheme): PlatformError {
  return new PlatformError("invalid_token", { details: { scheme } });
}
