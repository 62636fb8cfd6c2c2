import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Configuration } from "../configuration.ts";

/** What a visitor of the demo needs to sign in; kept in `<data>/demo-credentials.json` with mode 0600. */
export interface DemoCredentials {
  readonly token: string;
  readonly username: string;
  readonly password: string;
  /** What an MDM system authorises itself with at the platform's UDIL services. */
  readonly udil: { readonly username: string; readonly password: string; readonly code: string };
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
  const before: Partial<DemoCredentials> = kept === undefined ? {} : JSON.parse(kept);
  const credentials: DemoCredentials = {
    token: before.token ?? administrator.token ?? randomBytes(20).toString("hex"),
    username: before.username ?? administrator.username,
    password: before.password ?? administrator.password ?? randomBytes(9).toString("base64url"),
    udil: before.udil ?? { username: "demo_mdm", password: randomBytes(9).toString("base64url"), code: "223" },
  };
  if (before.udil) return credentials;
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  return credentials;
}
