import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  openAsBlob,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { openRelationalStore } from "../relational/relational-store.ts";

/**
 * The dump of an empty PGlite store. Creating one takes two seconds of processor time and loading the dump a tenth of
 * that, so the dump is kept beside the installed packages, per version of PGlite; where that is not allowed each call
 * makes its own.
 */
export function pgliteTemplate(): Promise<Blob> {
  return kept("", async () => dumpOf(await PGlite.create()));
}

/** The same with every migration applied, which takes another second: kept per text of the migrations. */
export function migratedPgliteTemplate(): Promise<Blob> {
  return kept(`-migrated-${digestOfMigrations()}`, async () => {
    const directory = mkdtempSync(join(tmpdir(), "anymeter-template-"));
    try {
      const store = await openRelationalStore({ template: await pgliteTemplate(), directory });
      await store.migrate();
      await store.close();
      return await dumpOf(await PGlite.create({ dataDir: join(directory, "files") }));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

async function dumpOf(pglite: PGlite): Promise<Blob> {
  const dump = await pglite.dumpDataDir("none");
  await pglite.close();
  return dump;
}

const migrations = new URL("../relational/migrations/", import.meta.url);

function digestOfMigrations(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(migrations).sort()) hash.update(name).update(readFileSync(new URL(name, migrations)));
  return hash.digest("hex").slice(0, 16);
}

async function kept(suffix: string, make: () => Promise<Blob>): Promise<Blob> {
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const root = dirname(dirname(main));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const directory = join(dirname(dirname(root)), ".cache", "anymeter");
  const file = join(directory, `pglite-${version}${suffix}.tar`);
  try {
    return await openAsBlob(file);
  } catch {
    const dump = await make();
    try {
      mkdirSync(directory, { recursive: true });
      // Other test processes see the whole file or none.
      const unfinished = `${file}.${process.pid}`;
      writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()));
      renameSync(unfinished, file);
    } catch {
      // Not ours to write: the next test process creates its own.
    }
    return dump;
  }
}
