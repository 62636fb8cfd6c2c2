/** The README's examples, run as a reader would run them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { freePort, Readme } from "@anymeter/sans-io/testing";
import { registerMap, registerMaps } from "./maps/maps.ts";
import { planReads } from "./maps/planner.ts";

const readme = new Readme(new URL("..", import.meta.url));
after(() => readme.close());

test("the server example serves the client example", async () => {
  const port = { printed: 502, used: await freePort() };
  await readme.serve(readme.example("server", port));
  const lines = (await readme.output(readme.example("client", port))).trim().split("\n");
  assert.equal(lines.length, registerMap("eastron-sdm630").entries.length);
  assert.ok(lines.includes("1-0:1.8.0 230.1 kWh"), lines.join("\n"));
});

test("the examples of values and errors print what their comments say", async () => {
  const values = await readme.output(readme.example("values"));
  assert.match(values, /^2013\.62$/m);
  assert.match(values, /'float32 CDAB': '230'/);
  assert.match(values, /register 2 of 2 = 17254/);
  const error = await readme.output(readme.example("errors"));
  assert.ok(readme.text.includes(`// ${error.trim()}\n`), error);
});

test("what the README says of the maps is so", () => {
  const { entries, table, limits } = registerMap("eastron-sdm630");
  assert.equal(entries.length, 24);
  assert.equal(planReads(entries, table, limits).length, 7);
  for (const { manufacturer } of registerMaps.values()) {
    assert.ok(readme.text.includes(manufacturer.split(/[ -]/)[0]!), manufacturer);
  }
});
