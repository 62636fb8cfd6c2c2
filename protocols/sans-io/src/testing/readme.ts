/** A package's README, whose examples are run as a reader would run them: each in a process of its own. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Where an example listens or connects. */
export interface ExamplePort {
  /** As the README prints it. */
  readonly printed: number;
  /** In its place when the example runs. */
  readonly used: number;
}

export class Readme {
  readonly text: string;
  readonly #folder: string;
  readonly #running = new Set<ChildProcess>();

  /** @param folder of the package, where its own name resolves to it: `new URL("..", import.meta.url)` */
  constructor(folder: URL) {
    this.#folder = fileURLToPath(folder);
    this.text = readFileSync(new URL("README.md", folder), "utf8");
  }

  /** The code of the block that opens with "```ts <name>". */
  example(name: string, port?: ExamplePort): string {
    const [, code] = new RegExp(`\`\`\`ts ${name}\\n([\\s\\S]*?)\`\`\``).exec(this.text) ?? [];
    assert.ok(code, `the README has no example "${name}"`);
    return port === undefined ? code : code.replaceAll(String(port.printed), String(port.used));
  }

  /** Runs code to its end. @returns what it printed */
  async output(code: string): Promise<string> {
    const child = this.#start(code);
    const [printed] = await Promise.all([text(child.stdout!), once(child, "exit")]);
    assert.equal(child.exitCode, 0, `the example failed:\n${code}`);
    return printed;
  }

  /** Starts code that serves, and resolves when its `server` listens. */
  async serve(code: string): Promise<void> {
    const child = this.#start(`${code}\nserver.on("listening", () => console.log("listening"));`);
    await Promise.race([once(child.stdout!, "data"), once(child, "exit")]);
    assert.equal(child.exitCode, null, `the server example ended:\n${code}`);
  }

  /** Ends what still runs. */
  close(): void {
    for (const child of this.#running) child.kill();
  }

  #start(code: string): ChildProcess {
    const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
      cwd: this.#folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#running.add(child);
    child.once("exit", () => this.#running.delete(child));
    return child;
  }
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  server.close();
  await once(server, "close");
  return address.port;
}
