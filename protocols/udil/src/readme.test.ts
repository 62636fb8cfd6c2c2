/** The README's examples, run as a reader would run them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freePort, Readme } from "@anymeter/sans-io/testing";
import { limits } from "./limits.ts";
import { buildRequest } from "./requests/build-request.ts";
import { pakistanTime as zone } from "./zone.ts";

const readme = new Readme(new URL("..", import.meta.url));
after(() => readme.close());

test("the server example serves the client example", async () => {
  const port = { printed: 8443, used: await freePort() };
  await readme.serve(readme.example("server", port));
  assert.equal(await readme.output(readme.example("client", port)), "m98562412 42.489 kWh 0 set aside\n");
});

for (const name of ["command", "errors"]) {
  test(`the example "${name}" prints what its comment says`, async () => {
    const printed = await readme.output(readme.example(name));
    assert.ok(readme.text.includes(`// ${printed.trim()}\n`), printed);
  });
}

test("the example of tables prints what its comments say", async () => {
  const example = readme.example("tables");
  const comments = [...example.matchAll(/; \/\/ (.*)$/gm)].map(([, comment]) => comment);
  assert.deepEqual((await readme.output(example)).trim().split("\n"), comments);
});

test("limits are those that the README names", () => {
  const { requestBytes, ids, formFields, answerBytes, answerRows, depth, elements } = limits;
  assert.deepEqual(
    [requestBytes / 2 ** 20, ids, formFields, answerBytes / 2 ** 20, answerRows, depth, elements],
    [16, 100_000, 200, 128, 1_000_000, 32, 4_000_000],
  );
  // A request of as many ids as are taken is not too long.
  const many = Array.from({ length: ids }, (_, index) => `meter-with-a-long-name-${index}`);
  assert.ok(buildRequest({ version: "v1", zone, service: "events", ids: many }).body.length < requestBytes);
});
