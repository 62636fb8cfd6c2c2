import type { TLSSocket } from "node:tls";
import type { FastifyRequest } from "fastify";
import { PlatformError } from "../../../errors/platform-error.ts";

/** UDIL: "All API/services will follow HTTPS protocol". @throws PlatformError `permission_denied` on a plain connection */
export function refusePlainHttp({ raw }: FastifyRequest): void {
  if ((raw.socket as Partial<TLSSocket>).encrypted) return;
  throw new PlatformError("permission_denied", {
    message: "UDIL is served over HTTPS alone. Use the platform's https address.",
  });
}
