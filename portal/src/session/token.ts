/** What the portal reads from a token. Nothing here is trusted: the platform checks the signature on every request. */
export interface TokenClaims {
  username: string;
  /** The organization the token is confined to, if it names one. */
  organization: string | undefined;
  /** How long the token lives from its issue, in milliseconds. */
  lifetime: number;
}

/** Claims of a JWT, or undefined when the text is none. `now` stands in for the issue time when the token has no `iat`. */
export function readToken(token: string, now: number): TokenClaims | undefined {
  const claims = payloadOf(token);
  if (!claims || typeof claims.exp !== "number") return undefined;
  const issued = typeof claims.iat === "number" ? claims.iat * 1000 : now;
  return {
    username: typeof claims.username === "string" ? claims.username : "",
    organization: typeof claims.organization === "string" ? claims.organization : undefined,
    lifetime: Math.max(0, claims.exp * 1000 - issued),
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
