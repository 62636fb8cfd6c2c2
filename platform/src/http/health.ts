import type { FastifyInstance } from "fastify";
import Type from "typebox";
import { PlatformError } from "../errors/platform-error.ts";
import { operationSchema } from "./metrics.ts";

const Health = Type.Object({ status: Type.String(), version: Type.String() });

/** The answer must not wait for a store that hangs. */
const readinessMilliseconds = 5000;

/**
 * `/healthz`: the process is alive. `/readyz`: the stores answer too. `/v1/_health/` is the contract's name for the first.
 * @param readiness resolves when everything answers, rejects with the reason otherwise
 */
export function answerHealth(app: FastifyInstance, readiness: () => Promise<void>, version: string): void {
  const alive = async () => ({ status: "ok", version });
  const open = { access: "public" } as const;
  app.get("/healthz", { schema: operationSchema("healthz", "The process is alive", Health) }, alive);
  app.get(
    "/v1/_health/",
    { schema: operationSchema("health_list", "The process is alive", Health), config: open },
    alive,
  );
  app.get("/readyz", { schema: operationSchema("readyz", "The stores answer", Health) }, async () => {
    await inTime(readiness()).catch((cause) => {
      throw new PlatformError("unavailable", { cause });
    });
    return { status: "ready", version };
  });
}

async function inTime(readiness: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the stores did not answer in time")), readinessMilliseconds);
  try {
    await Promise.race([readiness, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
