/** The README's examples, run as a reader would run them. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill();
});

test("the server example serves the client example", async () => {
  const port = await freePort();
  const server = run(`${example("server", port)}\nserver.on("listening", () => console.log("listening"));`);
  await once(server.stdout!, "data");
  const client = run(example("client", port));
  const [output] = await Promise.all([text(client.stdout!), once(client, "exit")]);
  assert.equal(client.exitCode, 0);
  assert.equal(output, "volume = 12.345 m³\nvolume, storage 1 = 11.000 m³\n");
});

for (const name of ["codec", "errors"]) {
  test(`the ${name} example prints what its comments say`, async () => {
    const code = example(name);
    const promised = [...code.matchAll(/\/\/ (.*)$/gm)].map(([, comment]) => comment);
    assert.equal(await text(run(code).stdout!), `${promised.join("\n")}\n`);
  });
}

function example(name: string, port?: number): string {
  const [, code] = new RegExp(`\`\`\`ts ${name}\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
  assert.ok(code, `the README has no example "${name}"`);
  return port === undefined ? code : code.replaceAll("10001", String(port));
}

/** In the package's folder, so that its own name resolves to it. */
function run(code: string): ChildProcess {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
    cwd: packageFolder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  server.close();
  await once(server, "close");
  return address.port;
}
