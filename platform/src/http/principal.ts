import type { Scope } from "../registry/scope.ts";

export type AuthenticationScheme = "Token" | "JWT";

/** Who makes a request, as the authenticator found out. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  readonly scheme: AuthenticationScheme;
  /** What the caller may see. */
  readonly scope: Scope;
  /** The session of a JWT, for renewal and for the change of organization. */
  readonly session?: { readonly startedAt: number; readonly organization: string };
}

/** Tells who an Authorization header belongs to. Implemented by the registry. */
export interface Authenticator {
  /**
   * @param authorization the header as received, or undefined
   * @throws PlatformError with a 401 code; `details.scheme` names the scheme to answer in WWW-Authenticate
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
}
