import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, RouteOptions } from "fastify";
import { errorCodes } from "../errors/codes.ts";
import { type Access, defaultAccess } from "./authentication.ts";
import { portalPolicy } from "./security-headers.ts";

/** What the whole document says about itself. */
export interface ApiDocument {
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
}

const description = `One open platform for the meters of a utility.

Addresses below \`/v1\` follow the Utilitarian API 1.3. Every path is served with and without its last slash.
Staff calls with \`Authorization: Token …\` and may do everything; everybody else signs in for a JWT, which reads what one
organization owns. Lists are paged by \`limit\` and \`offset\`. Parameters of a query that are not listed are ignored; unknown
fields of a body are refused. Codes of errors, in the header \`x-error-code\`, are explained in docs/errors.md.`;

/** Collects the routes that follow into one OpenAPI 3.1 document, served at /openapi.json and readable at /docs. */
export async function documentRoutes(
  app: FastifyInstance,
  { version, title = "Anymeter" }: ApiDocument,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title, version, description, license: { name: "Apache-2.0", identifier: "Apache-2.0" } as never },
      servers: [{ url: "/" }],
      components: { securitySchemes, schemas: errorSchemas as never },
    },
    hideUntagged: true,
    refResolver: { buildLocalReference: (json) => String(json.$id) },
    transform: ({ schema, url, route }) => ({
      schema: {
        ...schema,
        security: securityOf(accessOf(route)),
        response: withErrors(schema?.response, route),
      } as never,
      url,
    }),
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: portalPolicy,
    uiConfig: { docExpansion: "none", validatorUrl: null, tryItOutEnabled: false },
    // The bar on top is the renderer's own: its name, and a field to load other people's documents.
    theme: { title, css: [{ filename: "anymeter.css", content: ".swagger-ui .topbar { display: none }" }] },
  });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

const securitySchemes = {
  Token: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "`Token ` and 40 hexadecimal digits: staff",
  },
  JWT: { type: "apiKey", in: "header", name: "Authorization", description: "`JWT ` and a JSON Web Token: reads only" },
} as const;

const errorSchemas = {
  ErrorDetail: {
    type: "object",
    properties: { detail: { type: "string", examples: ["Not found."] } },
    required: ["detail"],
  },
  FieldErrors: {
    type: "object",
    description:
      "Messages by the field they belong to; non_field_errors belong to the whole. Broken JSON has a detail.",
    additionalProperties: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "string" }] },
    examples: [{ name: ["This field is required."] }],
  },
  Problem: {
    type: "object",
    description: "RFC 9457.",
    properties: {
      type: { type: "string", format: "uri" },
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      code: { type: "string", enum: Object.keys(errorCodes) },
      request_id: { type: "string" },
    },
    required: ["type", "title", "status", "detail", "code"],
  },
};

function accessOf(route: RouteOptions): Access {
  return route.config?.access ?? defaultAccess(route.url);
}

function securityOf(access: Access): Record<string, string[]>[] {
  if (access === "public") return [];
  if (access === "session") return [{ JWT: [] }];
  return access === "read" ? [{ Token: [] }, { JWT: [] }] : [{ Token: [] }];
}

/** Adds the errors that follow from what a route takes and who may call it. */
function withErrors(responses: unknown, route: RouteOptions) {
  const own = route.url.startsWith("/v1");
  const error = (text: string, name = own ? "ErrorDetail" : "Problem") => ({
    description: text,
    content: {
      [own ? "application/json" : "application/problem+json"]: { schema: { $ref: `#/components/schemas/${name}` } },
    },
  });
  const access = accessOf(route);
  const { body, querystring, params } = (route.schema ?? {}) as Record<string, unknown>;
  return {
    ...(Boolean(body ?? querystring) && { 400: error("Invalid input", own ? "FieldErrors" : "Problem") }),
    ...(access !== "public" && { 401: error("Not authenticated; WWW-Authenticate names the scheme") }),
    ...(access !== "public" && access !== "read" && { 403: error("Not allowed") }),
    ...(Boolean(params) && { 404: error("Not found, or not visible to the caller") }),
    ...(route.method === "DELETE" && { 409: error("In use") }),
    ...(Boolean(body) && { 413: error("Body too large"), 415: error("Not JSON") }),
    ...(responses as Record<string, unknown>),
  };
}
