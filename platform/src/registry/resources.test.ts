import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { relationalForms } from "../stores/testing/relational-stores.ts";
import type { Resource, Row } from "./resource.ts";
import { resources } from "./resources/index.ts";
import { exampleBodies, exampleObjects } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

/** A change that every resource with PATCH takes. */
const patches: Readonly<Record<string, Row>> = {
  organizations: { is_active: false },
  users: { email: "other@example.com" },
  "meter-reading-series": { description: "changed", si_multiplier: "0.001000" },
  "meter-device-configs": { timezone: "US/Pacific-New" },
  "meter-device-types": { dlms_settings: null },
  "sim-cards": { ip_address: "2001:db8::1" },
  "network-interfaces": { fqdn: "meter1.example.com", port: null },
  "amr-tasks": { is_active: false, task_call: "read_object_list", task_kwargs: null, run_offset_seconds: 2147483647 },
  "amr-task-groups": { tasks: [] },
  "meter-devices": { task_groups: [], meter_tasks: [], disconnector_status: 1, external_system_reference: null },
  memberships: {},
};

const withoutTimes = ({ updated_at, ...rest }: Row) => rest;
const itemPath = ({ path }: Resource, id: unknown) => `${path.replace(/\/$/, "")}/${id}`;

for (const form of relationalForms()) {
  describe(`resources of the registry on ${form.name}`, () => {
    let fixture: RegistryFixture;
    let made: Record<string, Row>;
    before(async () => {
      fixture = await openRegistryFixture({ store: await form.open() });
      made = await exampleObjects(fixture);
    });

    it("has an example of every resource", () => {
      assert.deepEqual(Object.keys(made).sort(), resources.map(({ name }) => name).sort());
    });

    for (const resource of resources) {
      const { name, path } = resource;
      const readable = ({ dlms_master_key, dlms_secret, password, ...rest }: Row) => rest;

      it(`${name}: returns what was sent, and every field of the contract`, () => {
        const sent = readable(exampleBodies()[name]!(made));
        for (const [field, value] of Object.entries(sent)) {
          assert.deepEqual(made[name]![field], field === "si_multiplier" ? "3600.000000" : value, field);
        }
        const fields = Object.entries(resource.fields).filter(
          ([, field]) => !("writeOnly" in field && field.writeOnly),
        );
        for (const [field] of fields) assert.ok(field in made[name]!, `${field} is missing`);
        for (const time of ["created_at", "updated_at"])
          assert.ok(!Number.isNaN(Date.parse(String(made[name]![time]))));
      });

      it(`${name}: lists and reads it on every form of the address`, async () => {
        const item = itemPath(resource, made[name]!.id);
        for (const slash of ["", "/"]) {
          for (const prefix of ["/v1/", "/v1/metering/"]) {
            const address = (text: string) => text.replace("/v1/", prefix).replace(/\/?$/, slash);
            const list = await fixture.send("GET", address(path));
            assert.equal(list.status, 200, address(path));
            assert.equal(list.body.count, list.body.results.length);
            const listed = list.body.results.find(({ id }: Row) => id === made[name]!.id);
            const read = await fixture.send("GET", address(item));
            assert.equal(read.status, 200, address(item));
            assert.deepEqual(read.body, listed);
          }
        }
      });

      it(`${name}: refuses unknown fields and asks for every required one`, async () => {
        const refused = await fixture.send("POST", path, { nonsense: 1 });
        assert.equal(refused.status, 400);
        assert.deepEqual(refused.body.nonsense, ["Unknown field."]);
        const required = Object.entries(resource.fields).filter(
          ([, field]) => field.kind !== "computed" && field.required,
        );
        const names = required
          .map(([field]) => field)
          .concat(resource.ownership === "required" ? ["organization"] : []);
        for (const field of names) assert.deepEqual(refused.body[field], ["This field is required."], field);
        assert.equal(Object.keys(refused.body).length, names.length + 1);
      });

      it(`${name}: answers ids that name nothing with 404`, async () => {
        for (const id of [
          "nonsense",
          "00000000-0000-4000-8000-000000000000",
          "2147483647",
          "99999999999",
          "-1",
          "%00",
          "a%2Fb",
        ]) {
          const answer = await fixture.send("GET", itemPath(resource, id));
          assert.deepEqual([answer.status, answer.body], [404, { detail: "Not found." }], id);
        }
      });

      it(`${name}: names the methods it has for those it lacks`, async () => {
        const item = itemPath(resource, made[name]!.id);
        const collection = await fixture.send("PATCH", path, {});
        assert.deepEqual([collection.status, collection.headers.allow], [405, "GET, HEAD, OPTIONS, POST"]);
        const one = await fixture.send("POST", item, {});
        assert.equal(one.status, 405);
        const expected = resource.operations.includes("update")
          ? "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
          : "DELETE, GET, HEAD, OPTIONS";
        assert.equal(one.headers.allow, expected);
        assert.equal((await fixture.send("OPTIONS", item)).headers.allow, expected);
      });

      const patch = patches[name];
      if (!resource.operations.includes("update")) continue;

      it(`${name}: takes back what it gave`, async () => {
        const item = itemPath(resource, made[name]!.id);
        const { body: before } = await fixture.send("GET", item);
        const put = await fixture.send("PUT", item, {
          ...before,
          ...(name === "users" && { username: before.username }),
        });
        assert.equal(put.status, 200, JSON.stringify(put.body));
        assert.deepEqual(withoutTimes(put.body), withoutTimes(before));
      });

      it(`${name}: changes only what a PATCH names`, async () => {
        assert.ok(patch, "the test has no change for it");
        const item = itemPath(resource, made[name]!.id);
        const { body: before } = await fixture.send("GET", item);
        const patched = await fixture.send("PATCH", item, patch);
        assert.equal(patched.status, 200, JSON.stringify(patched.body));
        const { body: after } = await fixture.send("GET", item);
        assert.deepEqual(after, patched.body);
        for (const [field, value] of Object.entries(patch)) assert.deepEqual(after[field], value, field);
        const untouched = Object.keys(before).filter(
          (field) => !(field in patch) && !/_info$|^host$|^updated_at$/.test(field),
        );
        for (const field of untouched) assert.deepEqual(after[field], before[field], field);
        assert.ok(after.updated_at >= before.updated_at);
      });
    }

    it("deletes everything again, each thing once", async () => {
      for (const name of Object.keys(made).reverse()) {
        const resource = resources.find((candidate) => candidate.name === name)!;
        const item = itemPath(resource, made[name]!.id);
        const deleted = await fixture.send("DELETE", item);
        assert.deepEqual([deleted.status, deleted.body], [204, ""], `${name}: ${JSON.stringify(deleted.body)}`);
        assert.equal((await fixture.send("GET", item)).status, 404);
        assert.equal((await fixture.send("DELETE", item)).status, 404);
        assert.equal((await fixture.send("GET", resource.path)).body.count, name === "users" ? 1 : 0);
      }
    });
  });
}
