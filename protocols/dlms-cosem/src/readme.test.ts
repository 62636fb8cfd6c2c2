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
  assert.match(output, /type: 'associated'/);
  assert.match(output, /type: 'response',\s+service: 'get'/);
  assert.match(output, /type: 'double-long-unsigned', value: 1234567|data: \[Object\]/);
  assert.match(output, /type: 'released'/);
});

test("the codec example prints what its comments say", async () => {
  const client = run(example("codec"));
  const output = await text(client.stdout!);
  assert.match(output, /value: 1234567/);
  assert.match(output, /^active energy import \(\+\), tariff 1$/m);
  assert.match(output, /^1234\.567$/m);
  assert.match(output, /^function$/m);
});

test("the explanation example prints what its comments say", async () => {
  const lines = (await text(run(example("explain")).stdout!)).trim().split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) assert.ok(readme.includes(`// ${line.replaceAll("'", '"')}\n`), line);
});

test("the error example prints what its comment says", async () => {
  const output = await text(run(example("errors")).stdout!);
  assert.ok(readme.includes(`// ${output.trim()}\n`), output);
});

function example(name: string, port?: number): string {
  const [, code] = new RegExp(`\`\`\`ts ${name}\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
  assert.ok(code, `the README has no example "${name}"`);
  return port === undefined ? code : code.replaceAll("4059", String(port));
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
