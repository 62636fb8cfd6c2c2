import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyServerOptions } from "fastify";
import { authenticateRequests } from "./authentication.ts";
import type { Components } from "./components.ts";
import { type ErrorStyle, errorSender } from "./error-rendering.ts";
import { readJsonBodies } from "./json-body.ts";
import { limits } from "./limits.ts";
import { answerOtherMethods } from "./methods.ts";
import type { Authenticator } from "./principal.ts";
import { validatorCompiler } from "./validation.ts";

export interface HttpApplicationOptions {
  readonly authenticator: Authenticator;
  /** The routes of each room. */
  readonly roomPlugins: readonly FastifyPluginAsync[];
  /** Resolves when the stores answer and the migrations are done; rejects with the reason otherwise. */
  readonly readiness: () => Promise<void>;
  readonly logger?: FastifyServerOptions["logger"];
  /** How the addresses of other contracts answer errors. */
  readonly errorStyles?: readonly ErrorStyle[];
}

/** The whole HTTP side of the platform: the frame of this folder around the routes of the rooms. Not listening yet. */
export async function createHttpApplication(options: HttpApplicationOptions): Promise<FastifyInstance> {
  const sendError = errorSender(options.errorStyles);
  const components: Components = new Map();
  const app = Fastify({
    logger: options.logger ?? false,
    genReqId: requestId,
    rewriteUrl: ({ url = "/" }) => withoutAlias(url),
    bodyLimit: limits.bodyBytes,
    connectionTimeout: limits.connectionTimeoutMilliseconds,
    requestTimeout: limits.requestTimeoutMilliseconds,
    keepAliveTimeout: limits.keepAliveTimeoutMilliseconds,
    trustProxy: false,
    http: { headersTimeout: limits.headersTimeoutMilliseconds, maxHeaderSize: limits.headerBytes },
    // A factory, because Fastify goes back to its own compiler in every room that adds schemas.
    schemaController: { compilersFactory: { buildValidator: () => validatorCompiler(components) as never } },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: limits.pathParameterCharacters },
    frameworkErrors: sendError as never,
  });
  app.decorate("components", components);
  readJsonBodies(app);
  app.setErrorHandler(sendError);
  authenticateRequests(app, options.authenticator);
  answerOtherMethods(app);
  app.addHook("onSend", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  for (const plugin of options.roomPlugins) await app.register(plugin);
  return app;
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
