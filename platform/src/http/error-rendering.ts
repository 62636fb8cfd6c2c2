import type { FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCodeName, errorCodes } from "../errors/codes.ts";
import { PlatformError } from "../errors/platform-error.ts";

/** What an error looks like to one family of clients. */
export interface RenderedError {
  readonly contentType: string;
  /** JSON, or the answer's own bytes. */
  readonly body: unknown;
}

/** How the address `prefix` and those below it answer errors. The longest prefix that fits counts. */
export interface ErrorStyle {
  readonly prefix: string;
  readonly render: (error: PlatformError, request: FastifyRequest) => RenderedError;
}

/** The Utilitarian API: `{field: [messages]}` for input that is wrong, `{detail}` for everything else. */
const restFrameworkStyle: ErrorStyle = {
  prefix: "/v1",
  render: (error) => ({
    contentType: "application/json; charset=utf-8",
    body: error.fields ?? { detail: error.message },
  }),
};

/** Our own addresses: problem documents of RFC 9457. */
const problemStyle: ErrorStyle = {
  prefix: "",
  render: (error, request) => ({
    contentType: "application/problem+json; charset=utf-8",
    body: problemDocument(error, request.id),
  }),
};

/** Answers one request with an error. */
export type ErrorSender = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** @returns a function that answers errors in the style of the address they came to */
export function errorSender(styles: readonly ErrorStyle[] = []): ErrorSender {
  const all = [...styles, restFrameworkStyle, problemStyle].sort((a, b) => b.prefix.length - a.prefix.length);
  return (thrown, request, reply) => {
    const error = asPlatformError(thrown);
    if (error.status >= 500) request.log.error({ err: error.cause ?? thrown }, error.message);
    const style = all.find(({ prefix }) => isBelow(prefix, request.url)) ?? problemStyle;
    const { contentType, body } = style.render(error, request);
    for (const [name, value] of Object.entries(headersOf(error))) reply.header(name, value);
    // The framework would hang up on a body it refuses, and who still sends it would see a broken connection instead of
    // this answer. What is left of the body is read and dropped, for the time a request may take.
    reply.removeHeader("connection");
    // Serialized here: a route's response schemas describe its success, not the style of its errors.
    reply.code(error.status).type(contentType).serializer(JSON.stringify).send(body);
  };
}

function isBelow(prefix: string, url: string): boolean {
  return url.startsWith(prefix) && (url.length === prefix.length || "/?".includes(url[prefix.length]!));
}

/** @returns the error as one of the table; whatever is not known is `internal`, with the cause kept for the log */
function asPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  const { code = "", statusCode } = (thrown ?? {}) as { code?: string; statusCode?: number };
  const known = frameworkCodes[code] ?? (unreachable.has(code) ? "unavailable" : codeOfStatus(statusCode));
  return new PlatformError(known, { cause: thrown });
}

export function problemDocument(error: PlatformError, requestId?: string): Record<string, unknown> {
  return {
    ...error.details,
    type: `urn:anymeter:error:${error.code}`,
    title: errorCodes[error.code].message,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.fields && { errors: error.fields }),
    ...(requestId && { request_id: requestId }),
  };
}

function headersOf({ status, code, details }: PlatformError): Record<string, string> {
  return {
    "x-error-code": code,
    ...(status === 401 && { "www-authenticate": String(details.scheme ?? "Token") }),
    ...(details.retryAfterSeconds !== undefined && { "retry-after": String(details.retryAfterSeconds) }),
    ...(details.allow !== undefined && { allow: String(details.allow) }),
  };
}

/** Errors of the HTTP framework, by its code. */
const frameworkCodes: Readonly<Record<string, ErrorCodeName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "malformed_request",
  FST_ERR_BAD_URL: "not_found",
  FST_ERR_ROUTE_MAX_PARAM_LENGTH: "not_found",
  FST_ERR_MAX_PARAM_LENGTH: "not_found",
};

/** Codes that say a store cannot be reached: of the operating system, and of PostgreSQL (classes 08, 53 and 57). */
const unreachable = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH"],
  ...["08000", "08001", "08003", "08004", "08006", "53300", "57P01", "57P02", "57P03"],
]);

const codesOfStatus: Readonly<Record<number, ErrorCodeName>> = {
  400: "malformed_request",
  404: "not_found",
  408: "request_timeout",
  413: "body_too_large",
  414: "uri_too_long",
  415: "unsupported_media_type",
  431: "headers_too_large",
  503: "overloaded",
};

function codeOfStatus(status: number | undefined): ErrorCodeName {
  return codesOfStatus[status ?? 500] ?? "internal";
}
