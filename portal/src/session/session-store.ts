import { readToken, type TokenClaims } from "./token.ts";

export interface Session {
  readonly token: string;
  readonly claims: TokenClaims;
  /** When this browser received the token, in its own clock: lifetimes are measured from here, so that a wrong clock does no harm. */
  readonly receivedAt: number;
}

/** Why nobody is signed in: never was, left, or the platform no longer took the token. */
export type Absence = "none" | "signed-out" | "expired";

export interface SessionStore {
  current(): Session | undefined;
  absence(): Absence;
  /** Throws a TypeError when the text is not a token. */
  begin(token: string): void;
  end(absence: Exclude<Absence, "none">): void;
  subscribe(listener: () => void): () => void;
}

const storageKey = "anymeter-session";

/** The session of this tab: in memory, and in session storage so that a reload keeps it. */
export function createSessionStore(storage: Storage, now: () => number = Date.now): SessionStore {
  const listeners = new Set<() => void>();
  let session = stored(storage);
  let absence: Absence = "none";

  function change(next: Session | undefined, why: Absence) {
    session = next;
    absence = why;
    if (next) storage.setItem(storageKey, JSON.stringify({ token: next.token, receivedAt: next.receivedAt }));
    else storage.removeItem(storageKey);
    for (const listener of listeners) listener();
  }

  return {
    current: () => session,
    absence: () => absence,
    begin(token) {
      const receivedAt = now();
      const claims = readToken(token, receivedAt);
      if (!claims) throw new TypeError("The platform's answer holds no token");
      change({ token, claims, receivedAt }, "none");
    },
    end: (why) => change(undefined, why),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function stored(storage: Storage): Session | undefined {
  try {
    const { token, receivedAt } = JSON.parse(storage.getItem(storageKey) ?? "{}");
    const claims = typeof token === "string" ? readToken(token, receivedAt) : undefined;
    return claims && Number.isFinite(receivedAt) ? { token, claims, receivedAt } : undefined;
  } catch {
    return undefined;
  }
}
