import type { FastifyInstance } from "fastify";

/**
 * What a browser may do with an answer. The portal needs styles made by scripts and nothing from elsewhere; an answer of
 * an API is no page at all. The documentation brings a policy of its own. There is no HSTS: the certificate the platform
 * makes for itself is not one a browser should be bound to.
 */
export const portalPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const answerPolicy = "default-src 'none'; frame-ancestors 'none'";

const always = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Adds the headers to every answer that has none of its own. There is no CORS: pages of other origins may not read. */
export function sendSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply) => {
    reply.headers(always);
    reply.header("x-request-id", request.id);
    if (!reply.hasHeader("content-security-policy")) reply.header("content-security-policy", answerPolicy);
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
}
