/** What the portal reads from a token. Nothing here is trusted: the platform checks the signature on every request. */
export interface TokenClaims {
  username: string;
  /** The organization the token is confined to, if it names one. */
  organization: string | undefined;
  /** How long the token lives from its issue, in milliseconds. */
  lifetime: number;
}

/** Bounds of a lifetime that had to be reckoned by this browser's clock, which may be wrong. */
const [shortest, longest] = [60_000, 1_200_000];

/**
 * Claims of a JWT, or undefined when the text is none. A token without `iat` was issued `now`, and lives for a usual
 * time even when this browser's clock says otherwise.
 */
export function readToken(token: string, now: number): TokenClaims | undefined {
  const claims = payloadOf(token);
  if (!claims || typeof claims.exp !== "number") return undefined;
  const end = claims.exp * 1000;
  const reckoned = Math.min(longest, Math.max(shortest, end - now));
  return {
    username: typeof claims.username === "string" ? claims.username : "",
    organization: typeof claims.organization_id === "string" ? claims.organization_id : undefined,
    lifetime: typeof claims.iat === "number" ? Math.max(0, end - claims.iat * 1000) : reckoned,
  };
}

function payloadOf(token: string): Record<string, unknown> | undefined {
  const [, payload = ""] = token.split(".");
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
