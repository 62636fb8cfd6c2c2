import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram } from "./testing/program.ts";

test("anymeter without words, with --help and with a word it does not know", async () => {
  const bare = runProgram([], tmpdir());
  assert.equal(await bare.ended, 2);
  const helped = runProgram(["--help"], tmpdir());
  assert.equal(await helped.ended, 0);
  for (const name of ["serve", "demo", "read", "decode", "migrate", "user"])
    assert.match(helped.said(), new RegExp(`^  ${name} `, "m"));
  const unknown = runProgram(["reed"], tmpdir());
  assert.equal(await unknown.ended, 2);
  assert.match(unknown.said(), /there is no command "reed"/);
  const surplus = runProgram(["serve", "now"], tmpdir());
  assert.equal(await surplus.ended, 2);
  assert.match(surplus.said(), /takes no words, but was given "now"/);
});

test("wrong settings end the program before anything is made", async (t) => {
  const parent = await mkdtemp(join(tmpdir(), "anymeter-cli-"));
  t.after(() => rm(parent, { recursive: true }));
  const data = join(parent, "data");
  const program = runProgram(["serve"], data, { ANYMETER_ROLES: "reader" });
  assert.equal(await program.ended, 2);
  assert.match(program.said(), /ANYMETER_ROLES names reader/);
  await assert.rejects(stat(data), { code: "ENOENT" });
});

test("migrate brings both stores up to date, once", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "anymeter-cli-"));
  t.after(() => rm(data, { recursive: true }));
  const first = runProgram(["migrate"], data);
  assert.equal(await first.ended, 0);
  assert.match(first.said(), /^relational \(pglite\): applied 0001-/m);
  assert.match(first.said(), /^columnar \(chdb\): applied /m);
  const second = runProgram(["migrate"], data);
  assert.equal(await second.ended, 0);
  assert.match(second.said(), /^relational \(pglite\): up to date\ncolumnar \(chdb\): up to date$/m);
});

test("serve shows the first user's secrets once, serves HTTP and HTTPS, and ends on SIGTERM", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "anymeter-cli-"));
  t.after(() => rm(data, { recursive: true }));
  const program = runProgram(["serve"], data, { ANYMETER_LOG_LEVEL: "warn" });
  const [, address, secure] = await program.says(/Anymeter is at (http:\S+) and (https:\S+);/);
  const [, token] = await program.says(/token {5}([0-9a-f]{40})/);
  const users = await fetch(`${address}/v1/users/`, { headers: { authorization: `Token ${token}` } });
  assert.equal(((await users.json()) as { count: number }).count, 1);
  assert.equal((await fetch(`${address}/readyz`)).status, 200);
  assert.equal(await statusOverTls(`${secure}/healthz`), 200);
  assert.equal((await stat(data)).mode & 0o777, 0o700);
  assert.equal((await stat(join(data, "master.key"))).mode & 0o777, 0o600);
  program.child.kill("SIGTERM");
  assert.equal(await program.ended, 0);

  const again = runProgram(["serve"], data, { ANYMETER_LOG_LEVEL: "warn" });
  await again.says(/Anymeter is at/);
  assert.doesNotMatch(again.said(), /Keep what follows/);
  again.child.kill("SIGINT");
  assert.equal(await again.ended, 0);
});

/** The certificate is self-signed, so it is not checked against an authority. */
function statusOverTls(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode));
    });
    asked.once("error", reject).end();
  });
}
