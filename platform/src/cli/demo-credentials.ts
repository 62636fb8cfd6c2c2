import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Configuration } from "../configuration.ts";

/** What a visitor of the demo needs to sign in; kept in `<data>/demo-credentials.json` with mode 0600. */
export interface DemoCredentials {
  readonly token: string;
  readonly username: string;
  readonly password: string;
}

export function demoCredentialsFile(dataDirectory: string): string {
  return join(dataDirectory, "demo-credentials.json");
}

/** Reads the credentials of an earlier start, or makes them from the operator's settings and chance. Written before the
 * user is, so that a user without a known password can never be left behind. */
export async function demoCredentials({ dataDirectory, administrator }: Configuration): Promise<DemoCredentials> {
  const file = demoCredentialsFile(dataDirectory);
  const kept = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (kept !== undefined) return JSON.parse(kept) as DemoCredentials;
  const credentials: DemoCredentials = {
    token: administrator.token ?? randomBytes(20).toString("hex"),
    username: administrator.username,
    password: administrator.password ?? randomBytes(9).toString("base64url"),
  };
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  return credentials;
}
