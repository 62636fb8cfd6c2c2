import type { Api } from "../api/api.ts";
import type { Session, SessionStore } from "./session-store.ts";

/** Pause after a renewal that got no answer. */
const retryPause = 15_000;

/** No two renewals follow each other faster, however short a token lives. */
const shortestPause = 1000;

/** A token is renewed when two thirds of its life are over: long before its end, and rarely. */
export function renewalTime(session: Session): number {
  return session.receivedAt + (session.claims.lifetime * 2) / 3;
}

/**
 * Keeps the session alive while the page is open. A renewal that gets no answer is tried again; only the platform says
 * when a session is over, never this browser's clock. Returns the function that stops it.
 */
export function keepRenewed(store: SessionStore, api: Api, now: () => number = Date.now): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function plan(pause = 0) {
    clearTimeout(timer);
    const session = store.current();
    if (!session) return;
    timer = setTimeout(renew, Math.max(pause, shortestPause, renewalTime(session) - now()));
  }

  async function renew() {
    const session = store.current();
    if (!session) return;
    try {
      const { token } = await api.get<{ token: string }>("auth/jwt/renew/");
      if (store.current() === session) store.begin(token);
    } catch {
      plan(retryPause);
    }
  }

  // Timers sleep with the machine and are slowed in hidden tabs: look again when the page is seen again.
  const onVisible = () => document.visibilityState === "visible" && plan();
  document.addEventListener("visibilitychange", onVisible);
  const unsubscribe = store.subscribe(plan);
  plan();
  return () => {
    clearTimeout(timer);
    unsubscribe();
    document.removeEventListener("visibilitychange", onVisible);
  };
}
