/** The room udil/mdc: UDIL's services for other people's MDM systems, which read and command our meters. */
import { servicePaths } from "@anymeter/udil";
import type { FastifyPluginAsync } from "fastify";
import type { ErrorStyle } from "../../http/error-rendering.ts";
import type { ProfileRows } from "../../readings/profile-rows/profile-rows.ts";
import type { Registry } from "../../registry/registry.ts";
import type { RelationalStore } from "../../stores/relational/relational-store.ts";
import { Authorization } from "./authorization/authorization.ts";
import { PrivateKeys } from "./authorization/keys.ts";
import { mdmClients } from "./clients/mdm-clients.ts";
import { udilErrors } from "./exchange/errors.ts";
import { mdcLimits } from "./limits.ts";
import type { MdcCommands } from "./mdc-commands.ts";
import { serviceRoutes } from "./routes.ts";
import { OnDemandWaits } from "./services/on-demand-waits.ts";

export interface MdcOptions {
  readonly relational: Pick<RelationalStore, "db">;
  readonly registry: Pick<Registry, "routesOf">;
  readonly commands: MdcCommands;
  readonly profileRows: Pick<ProfileRows, "queries" | "visuals">;
  /** Services are answered over plain HTTP too: for a platform behind something else that speaks TLS. */
  readonly plainHttp?: boolean;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Instead of three minutes, in milliseconds. */
  readonly onDemandWait?: number;
}

/** The room, as the composition root sees it. */
export interface Mdc {
  /** UDIL's services, and the administration of clients. Its errors need `mdcErrorStyles`. */
  readonly routes: FastifyPluginAsync;
}

/** Where a service is found: at the root, as UDIL prints it, and below a prefix of its own. */
const roots = ["", "/udil"] as const;

/** Addresses of the services; every one asks for a key, or for credentials. */
export const mdcPaths: readonly string[] = roots.flatMap((root) => servicePaths.map((path) => `${root}/${path}`));

/** How the addresses of the services answer errors. */
export const mdcErrorStyles: readonly ErrorStyle[] = ["/udil", ...mdcPaths].map((prefix) => ({
  prefix,
  render: udilErrors,
}));

export function createMdc(options: MdcOptions): Mdc {
  const { relational, registry, commands, profileRows, clock = Date.now } = options;
  const { db } = relational;
  const keys = new PrivateKeys(db, clock);
  const waits = new OnDemandWaits(commands, {
    ...mdcLimits,
    ...(options.onDemandWait !== undefined && { onDemandWait: options.onDemandWait }),
  });
  const administration = registry.routesOf(mdmClients);
  const services = serviceRoutes(mdcPaths, {
    ...{ db, keys, commands, waits },
    authorization: new Authorization(db, keys, clock),
    rows: profileRows.queries,
    visuals: profileRows.visuals,
    plainHttp: options.plainHttp ?? false,
  });
  return {
    routes: async (app) => {
      await app.register(administration);
      await app.register(services);
    },
  };
}
