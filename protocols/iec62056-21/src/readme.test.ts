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
  assert.deepEqual(output.trim().split("\n"), [
    "0.0.0 87654321 undefined",
    "1.8.0 123.45 kWh",
    "0 15 0.250",
    "0 30 0.375",
  ]);
});

test("the examples of codecs and errors print what their comments say", async () => {
  const output = await readme.output(readme.example("codec"));
  for (const line of [
    "{ type: 'block', text: '0.9.2(130103)', more: false }",
    "{ value: '000100.00', unit: 'kWh' }",
    "100.00",
    "active import total, stored value 3",
    "2022-08-23T14:15:00.000Z",
  ]) {
    assert.ok(output.split("\n").includes(line), `${line}\n${output}`);
    assert.ok(readme.text.includes(`// ${line}`), line);
  }
  assert.match(output, /Data set 0\.9\.2: date/);
  const error = await readme.output(readme.example("errors"));
  assert.ok(readme.text.includes(`// ${error.trim()}\n`), error);
});
