import { mkdirSync, openAsBlob, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";

/**
 * The dump of an empty PGlite store. Creating one takes two seconds of processor time and loading the dump a tenth of
 * that, so the dump is kept beside the installed packages, per version of PGlite; where that is not allowed each call
 * makes its own.
 */
export async function pgliteTemplate(): Promise<Blob | undefined> {
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const root = dirname(dirname(main));
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const directory = join(dirname(dirname(root)), ".cache", "anymeter");
  const file = join(directory, `pglite-${version}.tar`);
  try {
    return await openAsBlob(file);
  } catch {
    const empty = await PGlite.create();
    const dump = await empty.dumpDataDir("none");
    await empty.close();
    try {
      mkdirSync(directory, { recursive: true });
      // Other test processes see the whole file or none.
      const unfinished = `${file}.${process.pid}`;
      writeFileSync(unfinished, await dump.bytes());
      renameSync(unfinished, file);
    } catch {
      // Not ours to write: the next test process creates its own.
    }
    return dump;
  }
}
