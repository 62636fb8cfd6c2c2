import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Row } from "./resource.ts";
import { exampleObjects, pathOf } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";

/** A resource, a filter of the contract, a value that the example has, and one that nothing has. */
const filters: readonly (readonly [string, string, string, string])[] = [
  ["meter-devices", "name", "LGZ0000012345678", "lgz0000012345678"],
  ["meter-devices", "external_system_reference", "EXT-1", "EXT"],
  ["meter-devices", "manufacturer_serial", "12345678", "1234567"],
  ["meter-devices", "dlms_logical_device_name", "4C475A31323334", "4C"],
  ["meter-devices", "dlms_system_title", "4C475A0000BC614E", "4C"],
  ["meter-devices", "protocol", "dlms-cosem", "mbus"],
  ["meter-reading-series", "name", "1-0:1.8.0", "1-0"],
  ["meter-reading-series", "unit", "Wh", "kWh"],
  ["sim-cards", "iccid", "89460000000000000001", "8946"],
  ["sim-cards", "imsi", "240010000000001", "24001"],
  ["meter-security-keys", "meter_name", "LGZ0000012345678", "x"],
  ["meter-security-keys", "meter_external_system_reference", "EXT-1", "x"],
  ["meter-security-keys", "meter_manufacturer_serial", "12345678", "x"],
  ["meter-security-keys", "meter_dlms_system_title", "4C475A0000BC614E", "x"],
  ["meter-security-keys", "meter_dlms_logical_device_name", "4C475A31323334", "x"],
  ["users", "username", "reader", "x"],
];

/** What the injected requests call the server. */
const origin = "http://localhost";

describe("lists of the registry", () => {
  let fixture: RegistryFixture;
  let made: Record<string, Row>;
  const series = pathOf("meter-reading-series");
  before(async () => {
    fixture = await openRegistryFixture();
    made = await exampleObjects(fixture);
    const other = await fixture.create(pathOf("organizations"), { name: "Southern Grid" });
    for (let number = 0; number < 12; number++) {
      await fixture.create(series, { organization: other.id, name: `S${String(number).padStart(2, "0")}`, unit: "m3" });
    }
  });

  for (const [name, filter, value, nothing] of filters) {
    it(`${name} are found by ${filter}, exactly`, async () => {
      const found = await fixture.send("GET", `${pathOf(name)}?${filter}=${encodeURIComponent(value)}`);
      assert.deepEqual([found.body.count, found.body.results.map(({ id }: Row) => id)], [1, [made[name]!.id]]);
      const missed = await fixture.send("GET", `${pathOf(name)}?${filter}=${encodeURIComponent(nothing)}`);
      assert.deepEqual(missed.body, { count: 0, next: null, previous: null, results: [] });
    });
  }

  it("finds meters by what other systems call them, and keeps that where a client knows nothing of it", async () => {
    const devices = pathOf("meter-devices");
    const body = { name: "named elsewhere", protocol: "mbus" };
    const device = await fixture.create(devices, { ...body, global_device_id: "m98110001", msn: "3698110001" });
    for (const text of ["M9811", "369811"]) {
      const found = await fixture.send("GET", `${devices}?search=${text}`);
      assert.deepEqual(
        found.body.results.map(({ id }: Row) => id),
        [device.id],
      );
    }
    const put = await fixture.send("PUT", `${devices}/${device.id}`, { ...body, manufacturer_serial: "4711" });
    assert.deepEqual(
      [put.body.global_device_id, put.body.msn, put.body.meter_activation_status],
      ["m98110001", "3698110001", 1],
    );
    const same = { organization: made.organizations!.id, protocol: "mbus", global_device_id: "m-1", msn: "1" };
    const created = [device, await fixture.create(devices, { ...same, name: "first" })];
    for (const field of ["global_device_id", "msn"]) {
      const other = field === "msn" ? { global_device_id: "m-2" } : { msn: "2" };
      const taken = await fixture.send("POST", devices, { ...same, ...other, name: "second" });
      assert.deepEqual([taken.status, Object.keys(taken.body)], [400, [field]]);
    }
    for (const name of ["third", "fourth"]) {
      const none = await fixture.create(devices, { ...same, global_device_id: " ", msn: "", name });
      assert.deepEqual([none.global_device_id, none.msn], [null, null], "an empty name is none");
      created.push(none);
    }
    const letters = await fixture.send("PATCH", `${devices}/${device.id}`, { msn: "12a" });
    assert.deepEqual([letters.status, Object.keys(letters.body)], [400, ["msn"]]);
    for (const { id } of created) await fixture.send("DELETE", `${devices}/${id}`);
  });

  it("finds meters by a part of what people know them by, whatever its case, and takes no sign for a pattern", async () => {
    const devices = pathOf("meter-devices");
    const odd = await fixture.create(devices, { name: "Ås 100%_\\", protocol: "mbus", manufacturer_serial: "SN-77" });
    const [lgz, other] = [made["meter-devices"]!.id, odd.id];
    const cases: readonly (readonly [string, readonly unknown[]])[] = [
      ["lgz00", [lgz]],
      ["ext-1", [lgz]],
      ["345", [lgz]],
      ["sn-77", [other]],
      ["ås 1", [other]],
      ["0%_\\", [other]],
      ["%", [other]],
      ["_", [other]],
      [" SN ", [other]],
      ["  ", [lgz, other]],
      ["4C475A", []],
    ];
    for (const [text, expected] of cases) {
      const { body } = await fixture.send("GET", `${devices}?search=${encodeURIComponent(text)}`);
      assert.deepEqual([body.count, body.results.map(({ id }: Row) => id)], [expected.length, expected], text);
    }
  });

  it("finds what one organization owns", async () => {
    const own = await fixture.send("GET", `${series}?organization=${made.organizations!.id}`);
    assert.deepEqual([own.body.count, own.body.results[0].id], [1, made["meter-reading-series"]!.id]);
  });

  it("finds by the id of another object", async () => {
    const keys = `${pathOf("meter-security-keys")}?meter=`;
    assert.equal((await fixture.send("GET", keys + made["meter-devices"]!.id)).body.count, 1);
    const wrong = await fixture.send("GET", `${keys}nonsense`);
    assert.deepEqual([wrong.status, wrong.body], [400, { meter: ["Must be a valid UUID."] }]);
  });

  it("goes through all pages in the order of creation by the links it gives", async () => {
    const names: string[] = [];
    const links: (string | null)[][] = [];
    for (let url: string | null = `${series}?unit=m3&limit=5`; url; ) {
      const { body } = await fixture.send("GET", url.replace(origin, ""));
      assert.equal(body.count, 12);
      names.push(...body.results.map(({ name }: Row) => name));
      links.push([body.previous, body.next]);
      url = body.next;
    }
    assert.deepEqual(
      names,
      Array.from({ length: 12 }, (_, index) => `S${String(index).padStart(2, "0")}`),
    );
    const page = (rest = "") => `${origin}${series}?unit=m3&limit=5${rest}`;
    assert.deepEqual(links, [
      [null, page("&offset=5")],
      [page(), page("&offset=10")],
      [page("&offset=5"), null],
    ]);
  });

  it("counts beyond the last page, and ignores parameters it does not know", async () => {
    const beyond = await fixture.send("GET", `${series}?unit=m3&offset=100&format=json&unit=m3`);
    assert.deepEqual([beyond.body.count, beyond.body.results, beyond.body.next], [12, [], null]);
  });

  const wrong: readonly (readonly [string, Row])[] = [
    ["limit=0", { limit: ["Ensure this value is greater than or equal to 1."] }],
    ["limit=ten", { limit: ["A valid integer is required."] }],
    ["offset=-1", { offset: ["Ensure this value is greater than or equal to 0."] }],
    ["offset=99999999999999999999", { offset: ["A valid integer is required."] }],
    ["name=%00", { name: ["Null characters are not allowed."] }],
  ];
  for (const [query, body] of wrong) {
    it(`refuses ${query}`, async () => {
      const answer = await fixture.send("GET", `${series}?${query}`);
      assert.deepEqual([answer.status, answer.body], [400, body]);
    });
  }

  it("takes an empty filter for none and caps the page", async () => {
    const all = await fixture.send("GET", `${series}?name=&limit=1000000`);
    assert.deepEqual([all.status, all.body.count], [200, 13]);
  });
});
