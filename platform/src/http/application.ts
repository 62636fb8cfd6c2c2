import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, LogController } from "fastify";
import { Registry } from "prom-client";
import { authenticateRequests } from "./authentication.ts";
import { refuseWhileClosing } from "./closing.ts";
import type { Components } from "./components.ts";
import { type ErrorStyle, errorSender } from "./error-rendering.ts";
import { answerHealth } from "./health.ts";
import { readJsonBodies } from "./json-body.ts";
import { limits, type Timeouts, timeouts } from "./limits.ts";
import { answerBrokenRequest, answerLateRequest, closeListenersWith } from "./listen.ts";
import { answerUnserved, preferExactPaths, servedPaths } from "./methods.ts";
import { measureRequests } from "./metrics.ts";
import { documentRoutes } from "./openapi.ts";
import { preparePortal } from "./portal.ts";
import type { Authenticator } from "./principal.ts";
import { sendSecurityHeaders } from "./security-headers.ts";
import { refuseSlowRequests } from "./slow-requests.ts";
import { validatorCompiler } from "./validation.ts";

export interface HttpApplicationOptions {
  readonly authenticator: Authenticator;
  /** The routes of each room. */
  readonly roomPlugins: readonly FastifyPluginAsync[];
  /** Resolves when the stores answer and the migrations are done; rejects with the reason otherwise. */
  readonly readiness: () => Promise<void>;
  /** Where requests and failures are logged; absent = nowhere. */
  readonly logger?: FastifyBaseLogger;
  /** Version of the platform, for /healthz and the OpenAPI document. */
  readonly version?: string;
  /** Figures of the process and the rooms, for /metrics. Without it only those of the requests are served. */
  readonly metrics?: Registry;
  /** Directory of the built portal. */
  readonly portalDirectory?: string;
  /** Waits other than the ordinary ones. */
  readonly timeouts?: Partial<Timeouts>;
  /** Addresses and networks of proxies whose word about who asks, and by which scheme, is taken (X-Forwarded-For, -Proto). */
  readonly trustedProxies?: readonly string[];
  /** How the addresses of other contracts answer errors. */
  readonly errorStyles?: readonly ErrorStyle[];
}

/** The whole HTTP side of the platform: the frame of this folder around the routes of the rooms. Not listening yet. */
export async function createHttpApplication(options: HttpApplicationOptions): Promise<FastifyInstance> {
  const sendError = errorSender(options.errorStyles);
  const times = { ...timeouts, ...options.timeouts };
  const components: Components = new Map();
  const app = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    // Two lines for each request would cost more than many a request: one is written, at level debug.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    // Called first of all, for every request on every listener.
    rewriteUrl: (request) => {
      watchArrival(request);
      return withoutAlias(request.url ?? "/");
    },
    bodyLimit: limits.bodyBytes,
    connectionTimeout: times.connection,
    // Kept by `refuseSlowRequests`, which lets streams go on.
    requestTimeout: 0,
    keepAliveTimeout: times.keepAlive,
    // An empty list would trust everybody.
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    return503OnClosing: false,
    http: {
      ...{ headersTimeout: times.headers, connectionsCheckingInterval: times.check },
      maxHeaderSize: limits.headerBytes,
    },
    // A factory, because Fastify goes back to its own compiler in every room that adds schemas.
    schemaController: { compilersFactory: { buildValidator: () => validatorCompiler(components) as never } },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: limits.pathParameterCharacters },
    frameworkErrors: sendError as never,
    clientErrorHandler: answerBrokenRequest,
  });
  const watchArrival = refuseSlowRequests(app, times, answerLateRequest);
  app.decorate("components", components);
  refuseWhileClosing(app);
  readJsonBodies(app);
  app.setErrorHandler(sendError);
  sendSecurityHeaders(app);
  const paths = servedPaths(app);
  preferExactPaths(app, paths);
  authenticateRequests(app, options.authenticator);
  closeListenersWith(app, times);
  const portal = await preparePortal(app, options.portalDirectory, isApi);
  app.setNotFoundHandler((request, reply) => portal(request, reply) ?? answerUnserved(paths, request, reply));

  const version = options.version ?? "0.0.0";
  await documentRoutes(app, { version });
  measureRequests(app, options.metrics ?? new Registry());
  answerHealth(app, options.readiness, version);
  for (const plugin of options.roomPlugins) await app.register(plugin);
  return app;
}

/** Addresses below these are answered by a room or not at all, never with the portal's page. */
const apiPath = /^\/(?:v1|api|udil|dpss|connect|docs|metrics|healthz|readyz|openapi\.json)(?:\/|$)/;

function isApi(path: string): boolean {
  return apiPath.test(path);
}

const acceptedRequestId = /^[\w.-]{1,64}$/;

/** A caller's own id is taken over, so that a request can be followed through several systems. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && acceptedRequestId.test(given) ? given : randomUUID();
}

/**
 * The published document states a server `/v1/metering` in front of paths that already say `/metering`, `/auth` and
 * `/organizations`; clients generated from it call both together.
 */
const alias = /^\/v1\/metering\/(?=(?:metering|auth|organizations|users|_health)(?:[/?]|$))/;

function withoutAlias(url: string): string {
  return url.replace(alias, "/v1/");
}
