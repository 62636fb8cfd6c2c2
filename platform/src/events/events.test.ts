import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  type OrganizationFixture,
  openReadingsFixture,
  type ReadingsFixture,
} from "../readings/testing/readings-fixture.ts";

const path = "/v1/metering/meter-system-events";
const awkward = `tab\t line\n quote' back\\slash ; -- ünï€😀`;

let fixture: ReadingsFixture;
let north: OrganizationFixture;

before(async () => {
  fixture = await openReadingsFixture();
  north = await fixture.organization("North");
});

test("an event is created, read, listed and deleted for good", async () => {
  const meter_device = await north.device("E-1", await north.type("Europe/Stockholm", []));
  const sent = {
    organization: north.id,
    meter_device,
    timestamp: "2026-07-01T00:00:00",
    title: "Power failure",
    content: awkward,
  };
  const made = await fixture.create(path, sent);
  assert.deepEqual(
    { ...made, id: 0, created_at: 0, updated_at: 0 },
    { ...sent, id: 0, created_at: 0, updated_at: 0, timestamp: "2026-06-30T22:00:00.000Z" },
  );
  assert.equal(made.updated_at, made.created_at);
  assert.deepEqual((await fixture.send("GET", `${path}/${made.id}`)).body, made);
  assert.deepEqual((await fixture.send("GET", `${path}?meter_device=${meter_device}`)).body.results, [made]);

  const again = await fixture.create(path, sent);
  const other = await fixture.create(path, { ...sent, title: "Power back" });
  assert.equal((await fixture.send("GET", `${path}?meter_device=${meter_device}`)).body.count, 2);
  assert.equal((await fixture.send("DELETE", `${path}/${again.id}`)).status, 204);
  assert.deepEqual((await fixture.send("GET", `${path}?meter_device=${meter_device}`)).body.results, [other]);
  assert.equal((await fixture.send("GET", `${path}/${again.id}`)).status, 404);
});

test("lists are filtered by time and paged", async () => {
  const meter_device = await north.device("E-2");
  for (const hour of [1, 2, 3]) {
    await fixture.create(path, {
      organization: north.id,
      meter_device,
      timestamp: `2026-01-01T0${hour}:00:00Z`,
      title: "t",
      content: String(hour),
    });
  }
  const contents = async (query: string) => {
    const { body } = await fixture.send("GET", `${path}?meter_device=${meter_device}&${query}`);
    return [body.count, body.results.map((event: { content: string }) => event.content)];
  };
  assert.deepEqual(await contents("start_time=2026-01-01T02:00:00Z"), [2, ["2", "3"]]);
  assert.deepEqual(await contents("end_time=2026-01-01T02:00:00Z"), [2, ["1", "2"]]);
  assert.deepEqual(await contents("limit=1&offset=1"), [3, ["2"]]);
});

test("wrong fields are named, and others see nothing", async () => {
  const meter_device = await north.device("E-3");
  const good = { organization: north.id, meter_device, timestamp: "2026-01-01T00:00:00Z", title: "t", content: "c" };
  for (const [wrong, field] of [
    [{ ...good, title: "x".repeat(51) }, "title"],
    [{ ...good, content: "" }, "content"],
    [{ ...good, timestamp: "x" }, "timestamp"],
    [{ ...good, color: 1 }, "color"],
    [{ ...good, meter_device: north.id }, "meter_device"],
  ] as const) {
    const { status, body } = await fixture.send("POST", path, wrong);
    assert.deepEqual([status, Object.keys(body)], [400, [field]]);
  }
  const made = await fixture.create(path, good);
  const south = await fixture.organization("South");
  const someone = await fixture.signInAs("sue", south.id);
  assert.equal((await fixture.send("GET", path, undefined, someone)).body.count, 0);
  assert.equal((await fixture.send("GET", `${path}/${made.id}`, undefined, someone)).status, 404);
  assert.equal((await fixture.send("DELETE", `${path}/${made.id}`, undefined, someone)).status, 403);
});
