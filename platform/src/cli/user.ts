import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { type Kysely, sql } from "kysely";
import { readConfiguration } from "../configuration.ts";
import { PlatformError } from "../errors/platform-error.ts";
import { bodyChecker } from "../http/validation.ts";
import { RegistryChanges } from "../registry/changes.ts";
import type { RegistryContext, Row } from "../registry/resource.ts";
import { createRow, updateRow } from "../registry/resource-store.ts";
import { memberships } from "../registry/resources/memberships.ts";
import { users } from "../registry/resources/users.ts";
import { resourceSchemas } from "../registry/schemas.ts";
import { staffScope } from "../registry/scope.ts";
import { Sealer } from "../registry/sealing.ts";
import { newToken, removeToken, setToken } from "../registry/tokens.ts";
import type { Database } from "../stores/relational/database.ts";
import { openRelationalStore } from "../stores/relational/relational-store.ts";
import { type Command, UsageError } from "./command.ts";

const usage = `Usage: anymeter user add <name> [--staff] [--email <address>] [--organization <name or id>]... [--password-stdin]
       anymeter user list
       anymeter user token <name>          give a new Token, the old one ends
       anymeter user revoke <name>         take the Token away and end every session
       anymeter user password <name> [--password-stdin]
       anymeter user activate <name>
       anymeter user deactivate <name>

Answers with one JSON object on a line for each user. A password that is not given on standard input is generated and
shown once, as is a Token. The embedded store belongs to one process: while the platform runs on it, use /v1/users/.`;

/** `anymeter user`: the users of the platform, for who has the machine. */
export const user: Command = {
  usage,
  async run(words, { environment, stdin, stdout }) {
    const { databaseUrl, dataDirectory } = readConfiguration(environment);
    const store = await openRelationalStore(
      databaseUrl ? { url: databaseUrl } : { directory: join(dataDirectory, "relational") },
    );
    try {
      await store.migrate();
      await userCommand(words, { db: store.db, stdout, stdin });
    } finally {
      await store.close();
    }
    return 0;
  },
};

export interface UserCommandDependencies {
  readonly db: Kysely<Database>;
  readonly stdout: { write(text: string): unknown };
  /** Read to its end when a password is to come from there. */
  readonly stdin?: NodeJS.ReadableStream;
}

interface Invocation extends UserCommandDependencies {
  readonly context: RegistryContext;
  readonly name: string;
  readonly options: Options;
}

/** Runs the words after `anymeter user`. @throws UsageError, or Error with what is wrong with the user */
export async function userCommand(words: readonly string[], dependencies: UserCommandDependencies): Promise<void> {
  const { action, name, options } = parse(words);
  const invocation = { ...dependencies, context: contextOf(dependencies.db), name, options };
  try {
    for (const answer of await actions[action]!(invocation)) dependencies.stdout.write(`${JSON.stringify(answer)}\n`);
  } catch (error) {
    throw error instanceof PlatformError && error.fields ? new Error(sentences(error.fields)) : error;
  }
}

const actions: Readonly<Record<string, (invocation: Invocation) => Promise<Row[]>>> = {
  async add(invocation) {
    const { context, name, options } = invocation;
    const given = await passwordFrom(invocation);
    const password = given ?? generatedPassword();
    const organizations = await organizationsNamed(invocation.db, options.organization ?? []);
    const body = { username: name, password, email: options.email ?? "", is_staff: options.staff ?? false };
    const created = await createRow(context, users, checkBody(body));
    for (const organization of organizations) {
      await createRow(context, memberships, { organization, user: created.id });
    }
    return [{ ...created, ...(given === undefined && { password }) }];
  },

  async list({ db }) {
    const rows = await db
      .selectFrom("users as u")
      .leftJoin("user_tokens as k", "k.user_id", "u.id")
      .select(["u.id", "u.username", "u.email", "u.is_staff", "u.is_active", "k.created_at as token_created_at"])
      .orderBy("u.created_at")
      .orderBy("u.id")
      .execute();
    return rows;
  },

  async token({ db, name }) {
    const { id, is_staff } = await userNamed(db, name);
    if (!is_staff) throw new Error(`"${name}" is not staff: only staff users call the API with a Token`);
    const token = newToken();
    await setToken(db, id, token);
    return [{ username: name, token }];
  },

  async revoke({ db, name }) {
    const { id } = await userNamed(db, name);
    await removeToken(db, id);
    const raised = { session_epoch: sql<number>`session_epoch + 1` };
    await db.updateTable("users").set(raised).where("id", "=", id).execute();
    return [{ username: name, revoked: true }];
  },

  async password(invocation) {
    const given = await passwordFrom(invocation);
    const password = given ?? generatedPassword();
    return [{ ...(await change(invocation, { password })), ...(given === undefined && { password }) }];
  },

  activate: async (invocation) => [await change(invocation, { is_active: true })],
  deactivate: async (invocation) => [await change(invocation, { is_active: false })],
};

interface Options {
  readonly staff?: boolean | undefined;
  readonly email?: string | undefined;
  readonly organization?: string[] | undefined;
  readonly "password-stdin"?: boolean | undefined;
}

function parse(words: readonly string[]): { action: string; name: string; options: Options } {
  let parsed: ReturnType<typeof parseWords>;
  try {
    parsed = parseWords(words);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const [action = "", name = "", ...rest] = parsed.positionals;
  if (!Object.hasOwn(actions, action)) throw new UsageError(`there is no action "${action}"`);
  if ((name === "") !== (action === "list") || rest.length > 0)
    throw new UsageError(`${action} takes ${action === "list" ? "no" : "one"} name`);
  return { action, name, options: parsed.values };
}

function parseWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      staff: { type: "boolean" },
      email: { type: "string" },
      organization: { type: "string", multiple: true },
      "password-stdin": { type: "boolean" },
    },
  });
}

/** Users have nothing sealed and nobody listens here, so the key seals nothing and the changes reach nobody. */
function contextOf(db: Kysely<Database>): RegistryContext {
  const report = (error: unknown) => {
    throw error;
  };
  return {
    ...{ db, sealer: new Sealer(randomBytes(32)), changes: new RegistryChanges(report) },
    ...{ resources: [], defaultMeterTimezone: "UTC", pageSize: 1 },
  };
}

const checkBody = bodyChecker<Row>(resourceSchemas(users).patch);

async function change({ context, db, name }: Invocation, values: Row): Promise<Row> {
  const { id } = await userNamed(db, name);
  return updateRow(context, users, id, checkBody(values), staffScope);
}

async function passwordFrom({ options, stdin }: Invocation): Promise<string | undefined> {
  if (!options["password-stdin"]) return undefined;
  return (await text(stdin ?? process.stdin)).replace(/\r?\n$/, "");
}

function generatedPassword(): string {
  return randomBytes(18).toString("base64url");
}

async function userNamed(db: Kysely<Database>, name: string) {
  const found = await db.selectFrom("users").select(["id", "is_staff"]).where("username", "=", name).executeTakeFirst();
  if (!found) throw new Error(`there is no user "${name}"`);
  return found;
}

async function organizationsNamed(db: Kysely<Database>, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const found = await db
      .selectFrom("organizations")
      .select("id")
      .where((where) => where.or([where("name", "=", name), where(sql<string>`id::text`, "=", name.toLowerCase())]))
      .executeTakeFirst();
    if (!found) throw new Error(`there is no organization "${name}"`);
    ids.push(found.id);
  }
  return ids;
}

function sentences(fields: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(fields)
    .map(([field, messages]) => `${field}: ${messages.join(" ")}`)
    .join("\n");
}
