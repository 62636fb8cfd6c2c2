import type { FastifyReply, FastifyRequest } from "fastify";
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from "pino";

/** Names under which a secret may appear in a logged object, at its root or down to two levels below. */
const secretNames = [
  "password",
  "token",
  "authorization",
  "iec62056_21_password",
  "dlms_global_unicast_encryption_key",
  "dlms_global_broadcast_encryption_key",
  "dlms_global_authentication_key",
  "dlms_master_key",
  "dlms_secret",
  "guek",
  "gbek",
  "gak",
  "kek",
];

/** What is said of a request and its answer: never a header or a body. */
const serializers: NonNullable<LoggerOptions["serializers"]> = {
  req: ({ method, url, ip }: FastifyRequest) => ({ method, url, remoteAddress: ip }),
  res: ({ statusCode }: FastifyReply) => ({ statusCode }),
  err: stdSerializers.err,
};

/**
 * @param level of pino: `info`, `silent`, …
 * @param stream where the JSON lines go, standard output by default
 * @returns the logger of the process, which never writes a known secret
 */
export function createLogger(level: string, stream?: DestinationStream): Logger {
  const redact = { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[secret]" };
  const options = { level, redact, serializers };
  return stream ? pino(options, stream) : pino(options);
}
