import type { Kysely, Selectable } from "kysely";
import { invalidFields, PlatformError, wholeObject } from "../errors/platform-error.ts";
import type { Page } from "../http/paging.ts";
import type { Principal } from "../http/principal.ts";
import type { Database } from "../stores/relational/database.ts";
import type { UserTable } from "../stores/relational/tables/registry.ts";
import { passwordMatches } from "./passwords.ts";
import { missing } from "./references.ts";
import type { Sessions } from "./sessions.ts";
import type { SignInLimit } from "./sign-in-limit.ts";
import { firstOrganization, listOrganizations, maySignInFor } from "./sign-in-organizations.ts";

export interface SignInDependencies {
  readonly db: Kysely<Database>;
  readonly sessions: Sessions;
  readonly limit: SignInLimit;
  /** Rows of a page when the query does not say. */
  readonly pageSize: number;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Which organization to read; without it the first the user became a member of. */
  readonly organization?: string | null | undefined;
}

/** A JWT and the organization it reads. */
export interface SignedIn {
  readonly token: string;
  readonly organization: string;
}

type User = Selectable<UserTable>;

/**
 * @param address where the attempt comes from, for the limit
 * @throws PlatformError `invalid` on wrong credentials, always with the same words; `too_many_requests`
 */
export async function signIn(
  { db, sessions, limit }: SignInDependencies,
  credentials: Credentials,
  address: string,
): Promise<SignedIn> {
  limit.begin(credentials.username, address);
  const user = await db.selectFrom("users").selectAll().where("username", "=", credentials.username).executeTakeFirst();
  const matches = await passwordMatches(credentials.password, user?.password_hash);
  if (!user || !matches || !user.is_active) {
    throw new PlatformError("invalid_credentials", {
      fields: { [wholeObject]: ["Unable to log in with provided credentials."] },
    });
  }
  limit.succeeded(credentials.username, address);
  const organization = await organizationFor(db, user, credentials.organization ?? undefined);
  return { token: await issue(sessions, user, organization, sessions.now), organization };
}

/** @returns a fresh JWT of the same session. @throws PlatformError `session_expired` */
export async function renew({ db, sessions }: SignInDependencies, principal: Principal): Promise<SignedIn> {
  const { startedAt, organization } = sessionOf(principal);
  const user = await userOf(db, principal);
  return { token: await issue(sessions, user, organization, startedAt), organization };
}

/** @returns a JWT of the same session for another organization of the user. @throws PlatformError `invalid` */
export async function changeOrganization(
  { db, sessions }: SignInDependencies,
  principal: Principal,
  organization: string,
): Promise<SignedIn> {
  const user = await userOf(db, principal);
  const chosen = await organizationFor(db, user, organization);
  return { token: await issue(sessions, user, chosen, sessionOf(principal).startedAt), organization: chosen };
}

/** @returns a page of the organizations the holder of a session may change to, the present one among them */
export async function organizationsFor({ db }: SignInDependencies, principal: Principal, page: Page) {
  return listOrganizations(db, await userOf(db, principal), page);
}

async function organizationFor(db: Kysely<Database>, user: User, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) {
    if (await maySignInFor(db, user, wanted)) return wanted.toLowerCase();
    throw invalidFields({ organization: missing(wanted) });
  }
  const first = await firstOrganization(db, user);
  if (first) return first;
  throw invalidFields({ [wholeObject]: "The user is a member of no active organization." });
}

async function userOf(db: Kysely<Database>, { userId }: Principal): Promise<User> {
  return await db.selectFrom("users").selectAll().where("id", "=", userId).executeTakeFirstOrThrow();
}

function issue(sessions: Sessions, user: User, organization: string, startedAt: number): Promise<string> {
  return sessions.issue({
    ...{ user_id: user.id, username: user.username, email: user.email, session_epoch: user.session_epoch },
    ...{ organization_id: organization, orig_iat: startedAt },
  });
}

/** Routes of access `session` are reached with a JWT alone. */
function sessionOf({ session }: Principal) {
  if (!session) throw new PlatformError("permission_denied");
  return session;
}
