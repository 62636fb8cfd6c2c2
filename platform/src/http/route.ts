import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import type { Static, TSchema } from "typebox";
import type { Scope } from "../registry/scope.ts";
import type { Access } from "./authentication.ts";
import { referenced } from "./components.ts";
import type { Principal } from "./principal.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One answer of a route. Without a schema the body is empty. */
export interface ResponseDefinition {
  readonly description: string;
  readonly schema?: TSchema;
}

type Typed<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** A request whose parts were checked against the route's schemas. */
export interface RouteRequest<Body = unknown, Query = unknown, Parameters = unknown> {
  readonly body: Body;
  readonly query: Query;
  readonly params: Parameters;
  /** Who asks. Only a route of access `public` may be asked by nobody, and must not read this. */
  readonly principal: Principal;
  /** What the caller may see: hand it to every query. */
  readonly scope: Scope;
  /** Absolute address as the client wrote it, for the links of a page. */
  readonly address: string;
  readonly raw: FastifyRequest;
}

/** One operation of an API: what its documentation, its checks and its handler need, in one place. */
export interface RouteDefinition<
  Body extends TSchema | undefined = undefined,
  Query extends TSchema | undefined = undefined,
  Parameters extends TSchema | undefined = undefined,
> {
  readonly method: Method;
  /** Whole path with `:parameters`, with or without its last slash as the contract writes it; both are served. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `read` for GET and `write` for everything else, unless said otherwise. */
  readonly access?: Access;
  readonly params?: Parameters;
  readonly query?: Query;
  readonly body?: Body;
  /** Media types of the body beside application/json, which need a parser of the room. */
  readonly consumes?: readonly string[];
  /** Greatest body in bytes, when not the ordinary limit. */
  readonly bodyLimit?: number;
  /** Answers by status. The first is the one a handler's result is sent with. */
  readonly responses: Readonly<Record<number, ResponseDefinition>>;
  handler(
    request: RouteRequest<Typed<Body>, Typed<Query>, Typed<Parameters>>,
    reply: FastifyReply,
  ): Promise<unknown> | unknown;
}

/** Adds a route. Schemas with an `$id` become named components of the OpenAPI document. */
export function route<
  Body extends TSchema | undefined = undefined,
  Query extends TSchema | undefined = undefined,
  Parameters extends TSchema | undefined = undefined,
>(app: FastifyInstance, definition: RouteDefinition<Body, Query, Parameters>): void {
  const success = Number(Object.keys(definition.responses)[0]);
  app.route({
    method: definition.method,
    url: definition.path,
    ...(definition.bodyLimit && { bodyLimit: definition.bodyLimit }),
    config: { access: definition.access ?? (definition.method === "GET" ? "read" : "write") },
    schema: fastifySchema(app, definition as unknown as RouteDefinition),
    handler: async (request, reply) => {
      reply.code(success);
      const result = await definition.handler(routeRequest(request) as never, reply);
      return reply.sent ? reply : (result ?? reply.send());
    },
  });
}

/** @returns the absolute address of a request, as the client wrote it */
function addressOf(request: FastifyRequest): string {
  const origin = `${request.protocol}://${request.host || "localhost"}`;
  return URL.parse(request.originalUrl, origin)?.href ?? `http://localhost${request.originalUrl}`;
}

function routeRequest(request: FastifyRequest): RouteRequest {
  return {
    body: request.body,
    query: request.query,
    params: request.params,
    // A public route has no principal, and its definition promises not to read one.
    principal: request.principal as Principal,
    scope: request.principal?.scope as Scope,
    get address() {
      return addressOf(request);
    },
    raw: request,
  };
}

function fastifySchema(app: FastifyInstance, definition: RouteDefinition): FastifySchema {
  const part = (schema: TSchema | undefined) => schema && referenced(app, schema);
  const responses = Object.entries(definition.responses).map(([status, { description, schema }]) => [
    status,
    schema ? { description, content: { "application/json": { schema: part(schema) } } } : { description, type: "null" },
  ]);
  return {
    operationId: definition.operationId,
    tags: [definition.tag],
    summary: definition.summary,
    ...withoutUndefined({
      description: definition.description,
      consumes: definition.consumes && ["application/json", ...definition.consumes],
      params: definition.params as TSchema | undefined,
      querystring: definition.query as TSchema | undefined,
      body: part(definition.body),
    }),
    response: Object.fromEntries(responses),
  } as FastifySchema;
}

function withoutUndefined(record: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
