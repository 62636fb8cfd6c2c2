import type { Mdc } from "./mdc.ts";

/** Text of an MDC, whose error pages may show the request they were made for, without our credentials. */
export function withoutSecrets({ service, dsn }: Mdc, text: string): string {
  const secrets = [service?.credentials.password, dsn, passwordOf(dsn)];
  return secrets.reduce<string>(
    (clean, secret) =>
      secret !== undefined && secret.length >= shortestSecret ? clean.replaceAll(secret, "(withheld)") : clean,
    text,
  );
}

/** Shorter ones are in every text by chance, and would be told by what is withheld. */
const shortestSecret = 4;

function passwordOf(dsn: string | undefined): string | undefined {
  const password = dsn === undefined ? undefined : URL.parse(dsn)?.password;
  return password ? decodeURIComponent(password) : undefined;
}
