import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from "react";
import type { Api } from "../api/api.ts";
import { keepRenewed } from "./renewal.ts";
import type { Session, SessionStore } from "./session-store.ts";

interface Services {
  api: Api;
  sessions: SessionStore;
}

const ServicesContext = createContext<Services | undefined>(undefined);

/** Hands the API and the session to every page below, and keeps the session renewed. */
export function SessionProvider({ api, sessions, children }: Services & { children: ReactNode }) {
  useEffect(() => keepRenewed(sessions, api), [sessions, api]);
  return <ServicesContext value={{ api, sessions }}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("useServices needs a SessionProvider above it");
  return services;
}

export function useApi(): Api {
  return useServices().api;
}

/** The session, undefined when nobody is signed in. */
export function useSession(): Session | undefined {
  const { sessions } = useServices();
  return useSyncExternalStore(sessions.subscribe, sessions.current);
}
