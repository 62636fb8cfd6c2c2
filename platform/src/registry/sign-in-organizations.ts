import type { Kysely } from "kysely";
import type { Page, PageOfRows } from "../http/paging.ts";
import type { Database } from "../stores/relational/database.ts";

/** A user, as far as the choice of organizations is concerned. */
export interface SignInUser {
  readonly id: string;
  readonly is_staff: boolean;
}

/** @returns whether the user may sign in for the organization: it is active, and the user a member of it or staff */
export async function maySignInFor(db: Kysely<Database>, user: SignInUser, organization: string): Promise<boolean> {
  const row = await organizationsOf(db, user).select("o.id").where("o.id", "=", organization).executeTakeFirst();
  return row !== undefined;
}

/** @returns the organization the user reads who names none: the first joined, or for staff without one the oldest */
export async function firstOrganization(db: Kysely<Database>, user: SignInUser): Promise<string | undefined> {
  const row = await organizationsOf(db, user)
    .leftJoin("memberships as own", (join) => join.onRef("own.organization", "=", "o.id").on("own.user", "=", user.id))
    .select("o.id")
    .orderBy("own.id", (order) => order.asc().nullsLast())
    .orderBy("o.created_at")
    .orderBy("o.id")
    .executeTakeFirst();
  return row?.id;
}

/** @returns one page of the organizations the user may sign in for, by name */
export async function listOrganizations(
  db: Kysely<Database>,
  user: SignInUser,
  { limit, offset }: Page,
): Promise<PageOfRows<{ id: string; name: string }>> {
  const organizations = organizationsOf(db, user);
  const [rows, { count }] = await Promise.all([
    organizations.select(["o.id", "o.name"]).orderBy("o.name").limit(limit).offset(offset).execute(),
    organizations.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow(),
  ]);
  return { count, rows };
}

function organizationsOf(db: Kysely<Database>, { id, is_staff }: SignInUser) {
  return db
    .selectFrom("organizations as o")
    .where("o.is_active", "=", true)
    .$if(!is_staff, (query) =>
      query.where(({ exists, selectFrom }) =>
        exists(
          selectFrom("memberships as m")
            .select("m.id")
            .whereRef("m.organization", "=", "o.id")
            .where("m.user", "=", id),
        ),
      ),
    );
}
