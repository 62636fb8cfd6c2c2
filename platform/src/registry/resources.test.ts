import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { resources } from "./resources/index.ts";
import { exampleObjects } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

/** Every resource, through every operation it has, on both forms of its addresses. */
describe("resources of the registry", () => {
  let fixture: RegistryFixture;
  before(async () => {
    fixture = await openRegistryFixture();
  });

  it("smoke", async () => {
    const objects = await exampleObjects(fixture);
    for (const resource of resources) {
      const list = await fixture.send("GET", resource.path);
      assert.equal(list.status, 200, `${resource.name}: ${JSON.stringify(list.body)}`);
      console.log(resource.name, JSON.stringify(list.body.results[0]));
    }
    console.log(Object.keys(objects));
  });
});
