/** Who asks and about which transaction: in headers, whose names come in any case (section 4). */
import { unquoted } from "../values/damage.ts";

export interface RequestHeaders {
  readonly transactionId: string | undefined;
  readonly privatekey: string | undefined;
  readonly credentials: Credentials | undefined;
}

/** Of authorization_service. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly code: string;
}

/** Header fields as servers give them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Enough to check a request's key before its body is looked at. Passwords keep their blanks, not their quotes. */
export function readHeaders(headers: HeaderFields): RequestHeaders {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const text = typeof value === "string" ? value : value?.[0];
    if (text !== undefined) found.set(name.toLowerCase().replace(/[-_]/g, ""), text);
  }
  const text = (name: string) => {
    const value = found.get(name);
    return value === undefined ? undefined : unquoted(value) || undefined;
  };
  const [username, password, code] = [text("username"), text("password"), text("code")];
  return {
    transactionId: text("transactionid"),
    privatekey: text("privatekey"),
    credentials:
      username === undefined || password === undefined ? undefined : { username, password, code: code ?? "" },
  };
}
