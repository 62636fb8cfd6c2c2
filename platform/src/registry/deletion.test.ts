import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Row } from "./resource.ts";
import { exampleObjects, pathOf } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

/** What is refused while something refers to it, and how it says so. */
const refused: readonly (readonly [string, RegExp])[] = [
  [
    "meter-reading-series",
    /^Cannot delete this meter reading series: it is used by 1 meter device config \(Single phase\)\.$/,
  ],
  ["meter-device-configs", /is used by 1 meter device type \(E450\)\.$/],
  ["meter-device-types", /is used by 1 meter device \(LGZ0000012345678\)\.$/],
  ["network-interfaces", /is used by 1 meter device \(LGZ0000012345678\)\.$/],
  ["sim-cards", /is used by 1 network interface \([0-9a-f-]{36}\)\.$/],
  [
    "organizations",
    /is used by 1 meter reading series \(1-0:1\.8\.0\), 1 meter device config .*1 meter device \(LGZ0000012345678\)\.$/,
  ],
];

describe("deletion", () => {
  let fixture: RegistryFixture;
  let made: Record<string, Row>;
  before(async () => {
    fixture = await openRegistryFixture();
    made = await exampleObjects(fixture);
  });
  const item = (name: string) => `${pathOf(name).replace(/\/$/, "")}/${made[name]!.id}`;

  for (const [name, words] of refused) {
    it(`of ${name} is refused while they are in use`, async () => {
      const answer = await fixture.send("DELETE", item(name));
      assert.deepEqual([answer.status, answer.headers["x-error-code"]], [409, "in_use"]);
      assert.match(answer.body.detail, words);
      assert.equal((await fixture.send("GET", item(name))).status, 200);
    });
  }

  it("of a task takes it out of groups and meters", async () => {
    assert.equal((await fixture.send("DELETE", item("amr-tasks"))).status, 204);
    assert.deepEqual((await fixture.send("GET", item("amr-task-groups"))).body.tasks, []);
    assert.deepEqual((await fixture.send("GET", item("meter-devices"))).body.meter_tasks, []);
  });

  it("of a user ends the memberships and the Token", async () => {
    await fixture.create(`${item("users")}/token`, {});
    assert.equal((await fixture.send("DELETE", item("users"))).status, 204);
    assert.equal((await fixture.send("GET", item("memberships"))).status, 404);
  });

  it("names no more than a few of many", async () => {
    const organization = made.organizations!.id;
    for (let number = 0; number < 5; number++) {
      await fixture.create(pathOf("meter-devices"), {
        organization,
        name: `D${number}`,
        protocol: "mbus",
        type: made["meter-device-types"]!.id,
      });
    }
    const answer = await fixture.send("DELETE", item("meter-device-types"));
    assert.match(answer.body.detail, /is used by 6 meter devices \(LGZ0000012345678, D0, D1, …\)\.$/);
  });

  it("tells when a table of another room refers to the row", async () => {
    const { db } = fixture.store;
    await db.schema
      .createTable("other_room")
      .addColumn("device", "uuid", (column) => column.references("meter_devices.id"))
      .execute();
    await db
      .insertInto("other_room" as never)
      .values({ device: made["meter-devices"]!.id } as never)
      .execute();
    const answer = await fixture.send("DELETE", item("meter-devices"));
    assert.deepEqual(answer.body, { detail: "Cannot delete this meter device: it is used by other room." });
  });
});
