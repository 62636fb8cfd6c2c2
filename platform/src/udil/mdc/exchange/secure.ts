import type { FastifyRequest } from "fastify";
import { PlatformError } from "../../../errors/platform-error.ts";

/**
 * UDIL: "All API/services will follow HTTPS protocol"; a trusted proxy in front may be the one that speaks it.
 * @throws PlatformError `permission_denied` on a plain connection
 */
export function refusePlainHttp({ protocol }: FastifyRequest): void {
  if (protocol === "https") return;
  throw new PlatformError("permission_denied", {
    message: "UDIL is served over HTTPS alone. Use the platform's https address.",
  });
}
