import { randomUUID } from "node:crypto";
import pg from "pg";
import { openRelationalStore, type RelationalStore } from "../relational/relational-store.ts";
import { cleanUpAfterTests } from "./clean-up.ts";
import { migratedPgliteTemplate, pgliteTemplate } from "./pglite-template.ts";
import { sharedPostgresql } from "./postgresql.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A form of the relational store that tests run on. */
export interface RelationalForm {
  readonly name: string;
  /** Opens a store with nothing in it, not even migrations, which is closed after the tests of this file. */
  open(): Promise<RelationalStore>;
}

/**
 * Every form of the relational store that is at hand: PGlite, a PostgreSQL started for the tests, and the server that
 * ANYMETER_DATABASE_URL names, if any.
 */
export function relationalForms(): RelationalForm[] {
  const forms: RelationalForm[] = [
    { name: "PGlite", open: () => openEmbedded(temporaryDirectory()) },
    { name: "PostgreSQL", open: async () => openInOwnSchema(await sharedPostgresql()) },
  ];
  const named = process.env.ANYMETER_DATABASE_URL;
  if (named) forms.push({ name: "PostgreSQL of ANYMETER_DATABASE_URL", open: () => openInOwnSchema(named) });
  return forms;
}

/**
 * One relational store without a row: on the server that ANYMETER_DATABASE_URL names if any, otherwise PGlite in memory, to
 * which the migrations were applied already.
 */
export function openTestRelationalStore(): Promise<RelationalStore> {
  const named = process.env.ANYMETER_DATABASE_URL;
  return named ? openInOwnSchema(named) : openEmbedded(undefined, migratedPgliteTemplate());
}

/** URL by which a store (also of another process) sees a new schema of the server at `url` and nothing else; the schema is dropped in the end. */
export async function ownSchema(url: string): Promise<string> {
  const name = `anymeter_test_${randomUUID().replaceAll("-", "")}`;
  await onServer(url, `create schema ${name}`);
  cleanUpAfterTests(() => onServer(url, `drop schema ${name} cascade`));
  const own = new URL(url);
  own.searchParams.set("options", `-c search_path=${name}`);
  return own.href;
}

async function openEmbedded(
  directory: string | undefined,
  template: Promise<Blob> = pgliteTemplate(),
): Promise<RelationalStore> {
  return closedAfter(openRelationalStore({ directory, template: await template }));
}

async function openInOwnSchema(url: string): Promise<RelationalStore> {
  return closedAfter(openRelationalStore({ url: await ownSchema(url), maxConnections: 4 }));
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function closedAfter(opening: Promise<RelationalStore>): Promise<RelationalStore> {
  const store = await opening;
  cleanUpAfterTests(() => store.close());
  return store;
}
