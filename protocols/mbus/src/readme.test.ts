/** The README's examples, run as a reader would run them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freePort, Readme } from "@anymeter/sans-io/testing";

const readme = new Readme(new URL("..", import.meta.url));
after(() => readme.close());

test("the server example serves the client example", async () => {
  const port = { printed: 10001, used: await freePort() };
  await readme.serve(readme.example("server", port));
  const output = await readme.output(readme.example("client", port));
  assert.equal(output, "volume = 12.345 m³\nvolume, storage 1 = 11.000 m³\n");
});

for (const name of ["codec", "errors"]) {
  test(`the ${name} example prints what its comments say`, async () => {
    const code = readme.example(name);
    const promised = [...code.matchAll(/\/\/ (.*)$/gm)].map(([, comment]) => comment);
    assert.equal(await readme.output(code), `${promised.join("\n")}\n`);
  });
}
