/** The README's examples, run as a reader would run them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freePort, Readme } from "@anymeter/sans-io/testing";

const readme = new Readme(new URL("..", import.meta.url));
after(() => readme.close());

test("the server example serves the client example", async () => {
  const port = { printed: 4059, used: await freePort() };
  await readme.serve(readme.example("server", port));
  const output = await readme.output(readme.example("client", port));
  assert.match(output, /type: 'associated'/);
  assert.match(output, /type: 'response',\s+service: 'get'/);
  assert.match(output, /type: 'double-long-unsigned', value: 1234567|data: \[Object\]/);
  assert.match(output, /type: 'released'/);
});

test("the codec example prints what its comments say", async () => {
  const output = await readme.output(readme.example("codec"));
  assert.match(output, /value: 1234567/);
  assert.match(output, /^active energy import \(\+\), tariff 1$/m);
  assert.match(output, /^1234\.567$/m);
  assert.match(output, /^function$/m);
});

test("the explanation example prints what its comments say", async () => {
  const lines = (await readme.output(readme.example("explain"))).trim().split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) assert.ok(readme.text.includes(`// ${line.replaceAll("'", '"')}\n`), line);
});

test("the error example prints what its comment says", async () => {
  const output = await readme.output(readme.example("errors"));
  assert.ok(readme.text.includes(`// ${output.trim()}\n`), output);
});
