import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A directory that only this process may use until `release`. */
export interface DataDirectory {
  /** Absolute path in which the engine keeps its files. */
  readonly files: string;
  release(): void;
}

/**
 * Creates `directory` with mode 0700 and takes it for this process alone.
 *
 * Neither embedded engine protects its directory against a second process, and a second one destroys it. The
 * lock is an operating system's file lock (taken through SQLite, the only portable way Node has to one), so it goes
 * with the process, however that ends: a directory left by `kill -9` opens.
 *
 * @throws Error that names the directory when another opener holds it.
 */
export function takeDataDirectory(directory: string, engine: string): DataDirectory {
  const path = resolve(directory);
  const files = join(path, "files");
  makePrivateDirectory(path);
  makePrivateDirectory(files);
  const lock = new DatabaseSync(join(path, "lock"));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new Error(
      `the ${engine} directory ${path} is in use by another process: stop that one, or give this one its own ` +
        "data directory or server stores",
      { cause },
    );
  }
  return { files, release: () => lock.close() };
}

function makePrivateDirectory(path: string): void {
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}
