import { secretColumns } from "./secrets.ts";
import { keyColumns } from "./security-keys.ts";

/** Every name under which the platform holds a secret: what a log must never show. */
export const secretNames: readonly string[] = [
  ...secretColumns,
  ...Object.keys(keyColumns),
  ...["authorization", "cookie", "password", "password_hash", "token", "token_hash"],
  ...["masterKey", "sealed_secret", "unicastEncryption", "broadcastEncryption"],
];
