import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { type NamedDevice, type RegistryChange, RegistryChanges } from "./changes.ts";
import { pathOf } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

const devices = pathOf("meter-devices");

describe("what the registry tells", () => {
  let fixture: RegistryFixture;
  let organization: string;
  const named: NamedDevice[] = [];
  const changed: RegistryChange[] = [];
  before(async () => {
    fixture = await openRegistryFixture();
    organization = (await fixture.create(pathOf("organizations"), { name: "Grid" })).id;
    fixture.registry.changes.onDeviceNamed((device) => void named.push(device));
    fixture.registry.changes.onChange((change) => void changed.push(change));
  });
  beforeEach(() => {
    named.length = 0;
    changed.length = 0;
  });

  it("a device that was created, renamed, or given to an organization", async () => {
    const { id } = await fixture.create(devices, { organization, name: "M1", protocol: "mbus" });
    const { number } = await fixture.store.db
      .selectFrom("meter_devices")
      .select("number")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    assert.deepEqual(named.splice(0), [{ id, number, name: "M1", organization }]);
    await fixture.send("PATCH", `${devices}/${id}`, { manufacturer_serial: "1" });
    assert.deepEqual(named, []);
    await fixture.send("PATCH", `${devices}/${id}`, { name: "M2" });
    assert.deepEqual(named.splice(0), [{ id, number, name: "M2", organization }]);
    const free = await fixture.create(devices, { name: "M3", protocol: "mbus" });
    assert.deepEqual(named, []);
    await fixture.send("PATCH", `${devices}/${free.id}`, { organization });
    assert.deepEqual(
      named.map(({ name }) => name),
      ["M3"],
    );
  });

  it("every change, after it is durable, and none that failed", async () => {
    const { id } = await fixture.create(devices, { organization, name: "M4", protocol: "mbus" });
    await fixture.send("PATCH", `${devices}/${id}`, { name: "M4b" });
    await fixture.send("POST", devices, { organization, name: "M4b", protocol: "mbus" });
    await fixture.send("DELETE", `${devices}/${id}`);
    const actions = changed.map(({ resource, action }) => `${resource} ${action}`);
    assert.deepEqual(actions, ["meter-devices created", "meter-devices updated", "meter-devices deleted"]);
  });

  it("goes on to the others when a listener fails", async () => {
    const reported: unknown[] = [];
    const changes = new RegistryChanges((error) => reported.push(error));
    const heard: string[] = [];
    changes.onChange(() => {
      throw new Error("deaf");
    });
    changes.onChange(async ({ resource }) => void heard.push(resource));
    await changes.tellChange({ resource: "users", id: "1", action: "created" });
    assert.deepEqual([heard, reported.length], [["users"], 1]);
  });
});
