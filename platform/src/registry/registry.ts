import type { FastifyPluginAsync } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import { type AdministratorSettings, ensureAdministrator, type NewAdministrator } from "./administrator.ts";
import { RegistryAuthenticator } from "./authenticator.ts";
import { blockRoutes } from "./block-routes.ts";
import { RegistryChanges } from "./changes.ts";
import { counterReserver, type ReserveCounter } from "./invocation-counters.ts";
import type { RegistryContext, Resource } from "./resource.ts";
import { resourceRoutes } from "./resource-routes.ts";
import { resources } from "./resources/index.ts";
import { Sealer } from "./sealing.ts";
import { keyOpener, type OpenKeys } from "./security-keys.ts";
import { Sessions } from "./sessions.ts";
import { SignInLimit } from "./sign-in-limit.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { SigningKeys } from "./signing-keys.ts";
import { tokenRoutes } from "./token-routes.ts";

export interface RegistryOptions {
  readonly db: Kysely<Database>;
  /** 32 bytes, see `loadMasterKey`. */
  readonly masterKey: Uint8Array;
  readonly jwtLifetimeSeconds: number;
  readonly pageSize: number;
  readonly defaultMeterTimezone: string;
  /** Receives what a listener of changes threw. */
  readonly report: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/** The registry of organizations, users and meters, as the other rooms and the composition root see it. */
export interface Registry {
  readonly authenticator: RegistryAuthenticator;
  readonly changes: RegistryChanges;
  /** For rooms that keep secrets of their own. */
  readonly sealer: Sealer;
  /** Every route of the registry, of sign-in, and of the blocks of network interfaces. */
  readonly routes: FastifyPluginAsync;
  /** Routes of a collection that another room declares in the way of `resources/`. */
  routesOf(resource: Resource): FastifyPluginAsync;
  /** Makes the first staff user when there is none, and tells what it made. */
  ensureAdministrator(settings: AdministratorSettings): Promise<NewAdministrator | undefined>;
  /** The opened keys of a meter, for a session with it. */
  readonly openKeys: OpenKeys;
  /** The first of `count` invocation counters nobody has used, kept as used before it is returned. */
  readonly reserveCounter: ReserveCounter;
}

/** Puts the registry together. */
export function createRegistry(options: RegistryOptions): Registry {
  const { db, jwtLifetimeSeconds, pageSize, defaultMeterTimezone, clock } = options;
  const sealer = new Sealer(options.masterKey);
  const changes = new RegistryChanges(options.report);
  const known: Resource[] = [...resources];
  const context: RegistryContext = { db, sealer, changes, resources: known, defaultMeterTimezone, pageSize };
  const sessions = new Sessions(new SigningKeys(db, sealer, jwtLifetimeSeconds, clock), jwtLifetimeSeconds, clock);
  const limit = new SignInLimit(clock);
  return {
    authenticator: new RegistryAuthenticator(db, sessions, changes, clock),
    changes,
    sealer,
    routes: async (app) => {
      await app.register(signInRoutes({ db, sessions, limit, pageSize }));
      for (const resource of resources) resourceRoutes(app, context, resource);
      await app.register(blockRoutes(context));
      await app.register(tokenRoutes(context));
    },
    routesOf: (resource) => {
      known.push(resource);
      return async (app) => resourceRoutes(app, context, resource);
    },
    ensureAdministrator: (settings) => ensureAdministrator(db, settings),
    openKeys: keyOpener(db, sealer),
    reserveCounter: counterReserver(db),
  };
}
