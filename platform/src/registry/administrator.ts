import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "../stores/relational/database.ts";
import { hashPassword } from "./passwords.ts";
import { newToken, setToken } from "./tokens.ts";

/** What the operator wants the first staff user to be; what is missing is generated. */
export interface AdministratorSettings {
  readonly username: string;
  readonly password?: string | undefined;
  /** 40 hexadecimal digits. */
  readonly token?: string | undefined;
}

/** The staff user that was made. This is the only time its secrets can be read. */
export interface NewAdministrator {
  readonly username: string;
  readonly password: string;
  readonly token: string;
  /** Which of the two were generated: these are worth showing. */
  readonly generated: { readonly password: boolean; readonly token: boolean };
}

/**
 * Makes the first staff user when there is none. Safe in several processes that start at once.
 * @returns what was made, or undefined when there is staff already
 */
export async function ensureAdministrator(
  db: Kysely<Database>,
  settings: AdministratorSettings,
): Promise<NewAdministrator | undefined> {
  if (await staffExists(db)) return undefined;
  const password = settings.password ?? randomBytes(18).toString("base64url");
  const token = settings.token ?? newToken();
  const passwordHash = await hashPassword(password);
  const made = await db.transaction().execute(async (inside) => {
    const user = await inside
      .insertInto("users")
      .values({ username: settings.username, password_hash: passwordHash, is_staff: true })
      // The name may belong to a user without staff rights, or another process was faster.
      .onConflict((conflict) => conflict.column("username").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (user) await setToken(inside, user.id, token);
    return user !== undefined;
  });
  if (!made && !(await staffExists(db))) {
    throw new Error(
      `the user "${settings.username}" is there but not staff: set ANYMETER_ADMIN_USERNAME to another name`,
    );
  }
  if (!made) return undefined;
  const generated = { password: settings.password === undefined, token: settings.token === undefined };
  return { username: settings.username, password, token, generated };
}

async function staffExists(db: Kysely<Database>): Promise<boolean> {
  const staff = db.selectFrom("users").select("id").where("is_staff", "=", true).where("is_active", "=", true);
  return (await staff.executeTakeFirst()) !== undefined;
}
