import { errors, jwtVerify, SignJWT } from "jose";
import { PlatformError } from "../errors/platform-error.ts";
import type { SigningKeys } from "./signing-keys.ts";

const algorithm = "HS256";

/** A session is renewed for so long after its password was given, then the password is asked for again. */
export const greatestSessionSeconds = 7 * 24 * 3600;

/** Key ids are uuids. A token that names anything else is not ours, and is not looked up. */
const kidPattern = /^[0-9a-f-]{36}$/;

/** What a JWT says. Times in seconds since 1970. */
export interface SessionClaims {
  readonly user_id: string;
  readonly username: string;
  readonly email: string;
  readonly organization_id: string;
  /** When the password was given, unlike `iat`, the JWT's own issue; kept by renewal and by a change of organization. */
  readonly orig_iat: number;
  /** The user's epoch then: raising it revokes the session. */
  readonly session_epoch: number;
}

/** Issues and reads the JWTs of sessions. */
export class Sessions {
  readonly lifetimeSeconds: number;
  readonly #keys: SigningKeys;
  readonly #clock: () => number;

  /** @param clock milliseconds since 1970 */
  constructor(keys: SigningKeys, lifetimeSeconds: number, clock: () => number = Date.now) {
    this.#keys = keys;
    this.lifetimeSeconds = lifetimeSeconds;
    this.#clock = clock;
  }

  /** Now, in whole seconds. */
  get now(): number {
    return Math.floor(this.#clock() / 1000);
  }

  /** @returns a JWT for the session. @throws PlatformError `session_expired` */
  async issue(claims: SessionClaims): Promise<string> {
    const end = claims.orig_iat + greatestSessionSeconds;
    if (this.now >= end) throw new PlatformError("session_expired", { details: { scheme: "JWT" } });
    const { kid, secret } = await this.#keys.toSign();
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, typ: "JWT", kid })
      .setIssuedAt(this.now)
      .setExpirationTime(Math.min(this.now + this.lifetimeSeconds, end))
      .sign(secret);
  }

  /** @returns what a JWT says, and when it expires. @throws PlatformError `token_expired` or `invalid_token` */
  async read(token: string): Promise<SessionClaims & { exp: number }> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#secretOf(kid), {
        algorithms: [algorithm],
        requiredClaims: ["exp", "user_id", "organization_id", "orig_iat", "session_epoch"],
        currentDate: new Date(this.#clock()),
      });
      return payload as unknown as SessionClaims & { exp: number };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      const code = error instanceof errors.JWTExpired ? "token_expired" : "invalid_token";
      throw new PlatformError(code, { details: { scheme: "JWT" }, cause: error });
    }
  }

  async #secretOf(kid: string | undefined): Promise<Uint8Array> {
    const secret = kid && kidPattern.test(kid) ? await this.#keys.toVerify(kid) : undefined;
    if (!secret) throw new errors.JWSSignatureVerificationFailed("the token is signed with no key of ours");
    return secret;
  }
}
