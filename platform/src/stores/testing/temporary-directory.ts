import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanUpAfterTests } from "./clean-up.ts";

/** A new directory that is removed after the tests of this file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "anymeter-test-"));
  cleanUpAfterTests(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}
