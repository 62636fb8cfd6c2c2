import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Row } from "./resource.ts";
import { resources } from "./resources/index.ts";
import { exampleObjects, pathOf } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

describe("what a JWT reads", () => {
  let fixture: RegistryFixture;
  let own: Record<string, Row>;
  let reader: string;
  before(async () => {
    fixture = await openRegistryFixture();
    own = await exampleObjects(fixture);
    await fixture.create(pathOf("organizations"), { name: "Other" });
    reader = await fixture.signInAs("alice", String(own.organizations!.id));
  });

  for (const { name, path } of resources.filter(({ readAccess }) => readAccess === undefined)) {
    it(`shows its own ${name}`, async () => {
      const list = await fixture.send("GET", path, undefined, reader);
      assert.ok(list.body.results.some(({ id }: Row) => id === own[name]!.id));
      const one = await fixture.send("GET", `${path.replace(/\/$/, "")}/${own[name]!.id}`, undefined, reader);
      assert.deepEqual([one.status, one.body.id], [200, own[name]!.id]);
    });
  }

  it("counts its own organization alone", async () => {
    assert.equal((await fixture.send("GET", pathOf("organizations"), undefined, reader)).body.count, 1);
  });
});
