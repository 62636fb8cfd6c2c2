import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { decode } from "./decode.ts";
import { readWords } from "./read/words.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: root })];

/** Commands in fenced blocks, with lines that go on joined; those with an ellipsis leave something to the reader. */
const commands = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), "utf8").replace(/\\\n\s*/g, "");
  return [...text.matchAll(/^npx anymeter (read|decode) (.+)$/gm)]
    .map(([line, name, rest]) => ({ page, line, name, words: wordsOf(rest!) }))
    .filter(({ line }) => !/…|<|\$/.test(line));
});

test("commands that the documentation shows are understood as they stand", async () => {
  assert.ok(commands.filter(({ name }) => name === "read").length >= 2);
  for (const { page, line, name, words } of commands) {
    if (name === "read") assert.doesNotThrow(() => readWords(words, {}), `${page}: ${line}`);
    else assert.equal((await decoded(words)).code, 0, `${page}: ${line}`);
  }
});

test("the telegram that the README explains is explained so", async () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const [, shown] = /```text\n(mbus, [^`]+)```/.exec(text)!;
  const { words } = commands.find(({ page, name }) => page === "README.md" && name === "decode")!;
  const { said } = await decoded(words);
  const lines = shown!
    .trimEnd()
    .split("\n")
    .filter((line) => line.trim() !== "…");
  assert.ok(lines.length > 10);
  let from = 0;
  for (const line of lines) {
    const at = said.indexOf(`${line}\n`, from);
    assert.ok(at >= 0, `the README shows "${line}", which is not said`);
    from = at + line.length;
  }
});

async function decoded(words: readonly string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      said += chunk;
      done();
    },
  });
  const stdin = Readable.from([]) as unknown as NodeJS.ReadableStream;
  const code = await decode.run(words, { environment: {}, stdin, stdout, stderr: stdout });
  return { code, said };
}

/** As a shell parts them: at blanks, but for those in double quotes. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}
