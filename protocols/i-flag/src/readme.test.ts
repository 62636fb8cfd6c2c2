/** The README's examples, run as a reader would run them, and its tables. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freePort, Readme } from "@anymeter/sans-io/testing";
import { iFlagErrors } from "./errors.ts";
import { parameterMaps } from "./parameters/parameter-maps.ts";

const readme = new Readme(new URL("..", import.meta.url));
after(() => readme.close());

test("the server example serves the client example", async () => {
  const port = { printed: 8000, used: await freePort() };
  await readme.serve(readme.example("server", port));
  const output = await readme.output(readme.example("client", port));
  assert.equal(output, "47186.8 m³ at 12.5 °C\n2026-01-15T06:00:00 12.3\n");
});

test("the examples of explaining and of errors print what their comments say", async () => {
  const explained = await readme.output(readme.example("explain"));
  assert.match(explained, /2 telegrams: request to read the parameters 106, 1; values/);
  const error = await readme.output(readme.example("errors"));
  assert.ok(readme.text.includes(`// ${error.trim()}\n`), error);
});

test("every error and every parameter map is named", () => {
  for (const [code, { fault }] of Object.entries(iFlagErrors)) {
    const row = readme.text.split("\n").find((line) => line.startsWith(`| \`${fault}\` |`));
    assert.ok(row?.includes(`\`${code}\``), `${code} (${fault})`);
  }
  for (const { id } of parameterMaps) assert.ok(readme.text.includes(`\`${id}\``), id);
});
