import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { masterKeyBytes } from "./sealing.ts";

/**
 * Reads the master key, and makes it when there is none: 32 random bytes, readable by the owner alone. Of several
 * processes that start at once exactly one makes it, and a crash in between leaves no half of it.
 * @throws Error when the file has another length: then it is no master key, and nothing is written
 */
export async function loadMasterKey(file: string): Promise<Uint8Array> {
  const present = await readIfPresent(file);
  if (present) return checked(present, file);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await makeOnce(file);
  return checked(await readFile(file), file);
}

/** A complete file is given its name by a link, which fails when the name is taken. */
async function makeOnce(file: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(randomBytes(masterKeyBytes));
    await handle.sync();
    await handle.close();
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}

async function readIfPresent(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function checked(bytes: Buffer, file: string): Uint8Array {
  if (bytes.length === masterKeyBytes) return bytes;
  throw new Error(`${file} has ${bytes.length} bytes, but a master key has ${masterKeyBytes}: restore the right file`);
}
