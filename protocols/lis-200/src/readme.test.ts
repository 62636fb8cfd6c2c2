/** The README's examples, run as a reader would run them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freePort, Readme } from "@anymeter/sans-io/testing";

const readme = new Readme(new URL("..", import.meta.url));
after(() => readme.close());

test("the server example serves the client example", async () => {
  const port = { printed: 8000, used: await freePort() };
  await readme.serve(readme.example("server", port));
  const output = await readme.output(readme.example("client", port));
  assert.equal(output, "1234.5678 m3\n2026-01-15T06:00:00 VbT=1234.5678\n");
});

test("the examples of explaining and of errors print what their comments say", async () => {
  const explained = await readme.output(readme.example("explain"));
  assert.match(explained, /^lis-200, 24 bytes: answer: value of 2:302\.0\n/);
  assert.match(explained, /1234\.5678 m3/);
  const error = await readme.output(readme.example("errors"));
  assert.ok(readme.text.includes(`// ${error.trim()}\n`), error);
});
