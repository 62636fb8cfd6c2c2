import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openColumnarStore } from "./columnar/columnar-store.ts";
import { takeDataDirectory } from "./data-directory.ts";
import { openRelationalStore } from "./relational/relational-store.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";

test("the directory is private and has one opener at a time", () => {
  const directory = join(temporaryDirectory(), "below", "store");
  const held = takeDataDirectory(directory, "test");
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.throws(() => takeDataDirectory(directory, "test"), new RegExp(`the test directory ${directory} is in use`));
  held.release();
  takeDataDirectory(directory, "test").release();
});

const stores = [
  {
    name: "PGlite",
    module: "relational/relational-store.ts",
    open: openRelationalStore,
    opener: "openRelationalStore",
  },
  { name: "chDB", module: "columnar/columnar-store.ts", open: openColumnarStore, opener: "openColumnarStore" },
];

for (const { name, module, open, opener } of stores) {
  test(`${name}: another process's directory is refused, and opens after that process was killed`, async () => {
    const directory = temporaryDirectory();
    const program = `
      const { ${opener} } = await import(${JSON.stringify(new URL(module, import.meta.url).href)});
      const store = await ${opener}({ directory: ${JSON.stringify(directory)} });
      await store.migrate();
      console.log("open");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    await once(createInterface(child.stdout), "line");
    await assert.rejects(open({ directory }), /in use by another process/);
    child.kill("SIGKILL");
    await exited;
    const store = await open({ directory });
    assert.deepEqual(await store.migrate(), { applied: [] });
    await store.close();
  });
}
