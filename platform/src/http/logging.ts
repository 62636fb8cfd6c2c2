import type { FastifyServerOptions } from "fastify";

/** Names under which a secret may appear in a logged object, at its root or one level down. */
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

/**
 * @param level of pino: `info`, `silent`, …
 * @param stream where the JSON lines go, standard output by default
 * @returns the logger of an application, which never writes a header, a body or a known secret
 */
export function loggerOptions(level: string, stream?: { write(line: string): void }): FastifyServerOptions["logger"] {
  return {
    level,
    ...(stream && { stream }),
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[secret]" },
  };
}
