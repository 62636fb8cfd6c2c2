import type { FastifyInstance } from "fastify";
import { PlatformError } from "../errors/platform-error.ts";

/**
 * Answers what comes on open connections while the application closes as every other error, in the style of its address; the
 * framework's own answer would be of no contract. Needs `return503OnClosing: false`.
 */
export function refuseWhileClosing(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onRequest", async () => {
    if (!closing) return;
    throw new PlatformError("unavailable", {
      message: "The platform is stopping. Try again shortly.",
      details: { retryAfterSeconds },
    });
  });
}

/** How long a restart takes, about. */
const retryAfterSeconds = 5;
