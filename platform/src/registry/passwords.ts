import { type Algorithm, hash, verify } from "@node-rs/argon2";

export const leastPasswordCharacters = 8;
/** More than anybody types, less than would keep a processor busy. */
export const greatestPasswordCharacters = 256;

/** argon2id with the first recommendation of OWASP's list: 19 MiB, two passes. */
const options = { algorithm: 2 satisfies Algorithm, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash that no password has, in its form: who does not exist takes as long to be refused as who does. */
let nobody: Promise<string> | undefined;

/** @returns the argon2id hash of a password in PHC form */
export function hashPassword(password: string): Promise<string> {
  return hash(password, options);
}

/** @returns whether the password is that of the hash; without a hash never, after the same time */
export async function passwordMatches(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  nobody ??= hashPassword("");
  const matches = await verify(passwordHash ?? (await nobody), password);
  return matches && typeof passwordHash === "string";
}
