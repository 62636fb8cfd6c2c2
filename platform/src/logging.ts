import type { FastifyReply, FastifyRequest } from "fastify";
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from "pino";
import { secretNames } from "./registry/secret-names.ts";

/** What is said of a request and its answer: never a header or a body. */
const serializers: NonNullable<LoggerOptions["serializers"]> = {
  req: ({ method, url, ip }: FastifyRequest) => ({ method, url, remoteAddress: ip }),
  res: ({ statusCode }: FastifyReply) => ({ statusCode }),
  err: stdSerializers.err,
};

/**
 * @param level of pino: `info`, `silent`, …
 * @param stream where the JSON lines go, standard output by default
 * @returns the logger of the process, which never writes what is known to be secret by its name, at the root of a logged
 *   object or down to two levels below
 */
export function createLogger(level: string, stream?: DestinationStream): Logger {
  const redact = { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[secret]" };
  const options = { level, redact, serializers };
  return stream ? pino(options, stream) : pino(options);
}
