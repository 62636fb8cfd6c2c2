import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Row } from "./resource.ts";
import { exampleBodies, exampleObjects, pathOf } from "./testing/examples.ts";
import { openRegistryFixture, type RegistryFixture } from "./testing/registry-fixture.ts";
import { meterTimezones } from "./timezones.ts";

const nowhere = "00000000-0000-4000-8000-000000000000";
const noRow = `Invalid pk "${nowhere}" - object does not exist.`;

/** A resource, a field, a value it refuses, and what it says. */
const refusals: readonly (readonly [string, string, unknown, string])[] = [
  ["organizations", "name", "x".repeat(65), "Ensure this field has no more than 64 characters."],
  ["organizations", "name", "   ", "This field may not be blank."],
  ["organizations", "name", null, "This field may not be null."],
  ["organizations", "name", 5, "Not a valid string."],
  ["organizations", "is_active", "yes", "Must be a valid boolean."],
  ["memberships", "user", nowhere, noRow],
  ["memberships", "organization", nowhere, noRow],
  ["memberships", "organization", "nonsense", "Must be a valid UUID."],
  ["users", "username", "two words", "This value does not match the required pattern ^[\\w.@+-]+$."],
  ["users", "password", "short", "Ensure this field has at least 8 characters."],
  ["users", "email", "nobody", "This value does not match the required pattern ^(?:[^\\s@]+@[^\\s@]+)?$."],
  ["meter-reading-series", "unit", "x".repeat(11), "Ensure this field has no more than 10 characters."],
  [
    "meter-reading-series",
    "si_multiplier",
    "1e3",
    "A decimal with at most 12 digits before and 6 after the point is required.",
  ],
  [
    "meter-reading-series",
    "si_multiplier",
    "0.0000001",
    "A decimal with at most 12 digits before and 6 after the point is required.",
  ],
  [
    "meter-reading-series",
    "si_multiplier",
    "NaN",
    "A decimal with at most 12 digits before and 6 after the point is required.",
  ],
  [
    "meter-reading-series",
    "si_multiplier",
    123456789012.12346,
    "A number of more than 15 digits must be sent as a string to be exact.",
  ],
  ["meter-reading-series", "si_multiplier", false, "A valid number is required."],
  ["meter-reading-series", "unit_description", "", "This field may not be blank."],
  ["meter-reading-series", "organization", nowhere, noRow],
  ["meter-device-configs", "timezone", "Mars/Olympus", '"Mars/Olympus" is not a valid choice.'],
  ["meter-device-configs", "series", "text", "Expected a list of items."],
  ["meter-device-configs", "series", [nowhere], noRow],
  ["meter-device-configs", "series", ["nonsense"], "0: Must be a valid UUID."],
  ["meter-device-configs", "series", [nowhere, nowhere], "The elements must be unique."],
  ["meter-device-types", "config", nowhere, noRow],
  ["meter-device-types", "dlms_settings", { framing: "token ring" }, 'framing: "token ring" is not a valid choice.'],
  ["meter-device-types", "dlms_settings", { nonsense: 1 }, "nonsense: Unknown field."],
  [
    "meter-device-types",
    "dlms_settings",
    { framing: "hdlc", client_sap: 128 },
    "client_sap: Ensure this value is less than or equal to 127 over HDLC.",
  ],
  ["meter-device-types", "dlms_settings", [], "Expected an object."],
  ["sim-cards", "iccid", "12a", "This value does not match the required pattern ^[0123456789]*$."],
  ["sim-cards", "imsi", "1".repeat(16), "Ensure this field has no more than 15 characters."],
  ["sim-cards", "ip_address", "10.0.0.256", "Enter a valid IPv4 or IPv6 address."],
  [
    "sim-cards",
    "external_system_link",
    "javascript:alert(1)",
    "This value does not match the required pattern ^(?:[Hh][Tt][Tt][Pp][Ss]?|[Ff][Tt][Pp][Ss]?)://.",
  ],
  ["network-interfaces", "fqdn", "no host name", "This value does not match the required pattern ^[\\w.-]*$."],
  [
    "network-interfaces",
    "fqdn",
    "http://meter.example.com",
    "This value does not match the required pattern ^[\\w.-]*$.",
  ],
  ["network-interfaces", "port", -1, "Ensure this value is greater than or equal to 0."],
  ["network-interfaces", "port", 2147483648, "Ensure this value is less than or equal to 2147483647."],
  ["network-interfaces", "port", 1.5, "A valid integer is required."],
  ["network-interfaces", "port", "4059", "A valid integer is required."],
  ["network-interfaces", "sim", nowhere, noRow],
  ["amr-tasks", "schedule", "minutely", '"minutely" is not a valid choice.'],
  ["amr-tasks", "meter_execution_type", "generic", '"generic" is not a valid choice.'],
  ["amr-tasks", "run_offset_seconds", -2147483649, "Ensure this value is greater than or equal to -2147483648."],
  ["amr-tasks", "task_kwargs", "{}", "Expected an object."],
  ["amr-tasks", "task_call", "", "This field may not be blank."],
  [
    "amr-tasks",
    "task_call",
    "read_minds",
    '"read_minds" is no call of generic_dlms. Its calls: read_registers, read_profile, read_profile_by_offset_seconds, read_events, read_object_list, read_push_setup, set_time.',
  ],
  ["amr-tasks", "task_kwargs", { obis: "1-0:99.1.0", start_dat: "2020-01-15" }, "start_dat: Unknown field."],
  ["amr-tasks", "task_kwargs", null, "obis: This field is required."],
  ["amr-task-groups", "tasks", [nowhere], noRow],
  ["meter-devices", "protocol", "smoke signals", '"smoke signals" is not a valid choice.'],
  ["meter-devices", "dlms_system_title", "4C475A", "Exactly 16 hexadecimal digits are required."],
  ["meter-devices", "dlms_logical_device_name", "ABC", "An even number of hexadecimal digits is required."],
  [
    "meter-devices",
    "dlms_logical_device_name",
    "XY",
    "This value does not match the required pattern ^[abcdefABCDEF1234567890]*$.",
  ],
  ["meter-devices", "iec62056_21_address", "123456789", "Ensure this field has no more than 8 characters."],
  ["meter-devices", "disconnector_status", 3, '"3" is not a valid choice.'],
  ["meter-devices", "type", nowhere, noRow],
  ["meter-devices", "network_interface", nowhere, noRow],
  ["meter-devices", "task_groups", [nowhere], noRow],
  ["meter-devices", "meter_tasks", [nowhere], noRow],
  [
    "meter-security-keys",
    "dlms_global_unicast_encryption_key",
    "00112233",
    "Exactly 32 or 64 hexadecimal digits are required.",
  ],
  ["meter-security-keys", "dlms_master_key", "0".repeat(33), "An even number of hexadecimal digits is required."],
  ["meter-security-keys", "iec62056_21_password", "123456789", "Ensure this field has no more than 8 characters."],
  ["meter-security-keys", "meter", nowhere, noRow],
];

/** What is taken although it is not written as it is kept. */
const tolerated: readonly (readonly [string, Row, Row])[] = [
  ["meter-reading-series", { name: "  spaced  ", si_multiplier: 0.001 }, { name: "spaced", si_multiplier: "0.001000" }],
  [
    "meter-reading-series",
    { name: "Exact", si_multiplier: "123456789012.123456" },
    { si_multiplier: "123456789012.123456" },
  ],
  ["network-interfaces", { fqdn: "METER_1.xn--nt-via.example." }, { host: "METER_1.xn--nt-via.example." }],
  ["meter-reading-series", { name: "😀".repeat(50) }, { name: "😀".repeat(50) }],
  [
    "amr-tasks",
    { name: "Corus", meter_execution_type: "generic_corus" },
    { meter_execution_type: "generic_corus_meter" },
  ],
  ...["generic_lis200", "generic_iec6205621", "generic_corus_meter"].map((meter_execution_type) => {
    const task = { meter_execution_type, task_call: "a call of the client's own", task_kwargs: { any: [1, "thing"] } };
    return ["amr-tasks", { name: `Any ${meter_execution_type}`, ...task }, task] as const;
  }),
  [
    "meter-devices",
    { name: "M2", dlms_system_title: "", network_interface: null },
    { dlms_system_title: null, network_interface_info: "" },
  ],
  ["meter-device-configs", { name: "No zone", series: [], timezone: undefined }, { timezone: "UTC", series_info: "" }],
];

describe("input of the registry", () => {
  let fixture: RegistryFixture;
  let made: Record<string, Row>;
  const bodyOf = (name: string) => exampleBodies(" 2")[name]!(made);
  before(async () => {
    fixture = await openRegistryFixture();
    made = await exampleObjects(fixture);
  });

  for (const [name, field, value, message] of refusals) {
    it(`${name} refuses ${field} ${JSON.stringify(value)?.slice(0, 40)}`, async () => {
      const counted = async () => (await fixture.send("GET", pathOf(name))).body.count;
      const before = await counted();
      const answer = await fixture.send("POST", pathOf(name), { ...bodyOf(name), [field]: value });
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.deepEqual(answer.body[field], [message]);
      assert.equal(await counted(), before);
    });
  }

  for (const [name, change, expected] of tolerated) {
    it(`${name} takes ${JSON.stringify(change).slice(0, 60)}`, async () => {
      const created = await fixture.create(pathOf(name), { ...bodyOf(name), ...change });
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(created[field], value, field);
    });
  }

  it("checks a task of generic_dlms as it will be, whichever of its fields change", async () => {
    const task = bodyOf("amr-tasks");
    const own = { meter_execution_type: "generic_lis200", task_call: "read_archive", task_kwargs: { archive: 3 } };
    const { id } = await fixture.create(pathOf("amr-tasks"), { ...task, name: "Changing", ...own });
    const item = `${pathOf("amr-tasks")}/${id}`;
    const steps: readonly (readonly [string, Row, string?, RegExp?])[] = [
      ["PATCH", { meter_execution_type: "generic_dlms" }, "task_call", /^"read_archive" is no call of generic_dlms/],
      ["PATCH", { meter_execution_type: "generic_dlms", task_call: "read_events" }, "task_kwargs", /^archive: Unknown/],
      ["PUT", { ...task, task_kwargs: {} }, "task_kwargs", /^obis: This field is required/],
      ["PUT", { ...task, name: "Changing" }],
      ["PATCH", { task_call: "read_object_list" }, "task_kwargs", /^obis: Unknown field/],
      ["PATCH", { is_active: false }],
    ];
    for (const [method, change, field, message] of steps) {
      const answer = await fixture.send(method, item, change);
      assert.equal(answer.status, field ? 400 : 200, JSON.stringify(answer.body));
      if (!field) continue;
      assert.deepEqual(Object.keys(answer.body), [field]);
      assert.match(answer.body[field][0], message!);
    }
  });

  it("accepts each of the contract's 595 zones", async () => {
    const item = `${pathOf("meter-device-configs")}/${made["meter-device-configs"]!.id}`;
    const sample = meterTimezones.filter(
      (zone, index) => index % 40 === 0 || zone === "US/Pacific-New" || zone === "Factory",
    );
    for (const timezone of sample) {
      const answer = await fixture.send("PATCH", item, { timezone });
      assert.deepEqual([answer.status, answer.body.timezone], [200, timezone]);
    }
  });

  const unique: readonly (readonly [string, Row, string])[] = [
    ["organizations", { name: "Northern Grid" }, "name"],
    ["users", { username: "reader" }, "username"],
    ["memberships", {}, "user"],
    ["meter-reading-series", {}, "name"],
    ["meter-device-configs", {}, "name"],
    ["meter-device-types", {}, "name"],
    ["sim-cards", { imsi: "1" }, "iccid"],
    ["sim-cards", { iccid: "1" }, "imsi"],
    ["amr-tasks", {}, "name"],
    ["amr-task-groups", {}, "name"],
    ["meter-devices", {}, "name"],
    ["meter-security-keys", {}, "meter"],
  ];
  for (const [name, change, field] of unique) {
    it(`${name} are told apart by ${field}`, async () => {
      const answer = await fixture.send("POST", pathOf(name), { ...bodyOf(name), ...change });
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.match(answer.body[field][0], / already exists\.$/);
      assert.deepEqual(Object.keys(answer.body), [field]);
    });
  }

  it("keeps names of different organizations apart", async () => {
    const other = await fixture.create(pathOf("organizations"), { name: "Southern Grid" });
    const body = { name: "1-0:1.8.0", unit: "Wh", organization: other.id };
    assert.equal((await fixture.create(pathOf("meter-reading-series"), body)).organization, other.id);
    assert.equal((await fixture.send("GET", `${pathOf("meter-reading-series")}?name=1-0:1.8.0`)).body.count, 2);
  });

  it("refuses to refer to another organization's rows, as if they were not there", async () => {
    const other = await fixture.create(pathOf("organizations"), { name: "Eastern Grid" });
    const type = made["meter-device-types"]!.id;
    const body = { name: "M3", protocol: "mbus", organization: other.id, type };
    const created = await fixture.send("POST", pathOf("meter-devices"), body);
    assert.deepEqual(
      [created.status, created.body],
      [400, { type: [`Invalid pk "${type}" - object does not exist.`] }],
    );
    const { id } = await fixture.create(pathOf("meter-devices"), { ...body, type: null });
    const patched = await fixture.send("PATCH", `${pathOf("meter-devices")}/${id}`, { type });
    assert.deepEqual([patched.status, Object.keys(patched.body)], [400, ["type"]]);
  });

  it("does not move objects between organizations", async () => {
    const other = await fixture.create(pathOf("organizations"), { name: "Western Grid" });
    const item = `${pathOf("meter-reading-series")}/${made["meter-reading-series"]!.id}`;
    const answer = await fixture.send("PATCH", item, { organization: other.id });
    assert.deepEqual(answer.body, { organization: ["A meter reading series cannot move to another organization."] });
  });

  it("lets a device and a SIM card belong to nobody until they are given away", async () => {
    const devices = pathOf("meter-devices");
    const free = await fixture.create(devices, { name: "M4", protocol: "mbus" });
    assert.equal(free.organization, null);
    const second = await fixture.send("POST", devices, { name: "M4", protocol: "mbus", organization: null });
    assert.deepEqual(second.body, { name: ["meter device with this name already exists."] });
    await fixture.create(pathOf("meter-security-keys"), { meter: free.id, iec62056_21_password: "1" });
    const organization = made.organizations!.id;
    const given = await fixture.send("PATCH", `${devices}/${free.id}`, { organization });
    assert.deepEqual([given.status, given.body.organization], [200, organization]);
    const keys = await fixture.store.db
      .selectFrom("meter_security_keys")
      .select("organization")
      .where("meter", "=", free.id)
      .execute();
    assert.deepEqual(keys, [{ organization }]);
    const taken = await fixture.send("PATCH", `${devices}/${free.id}`, { organization: null });
    assert.equal(taken.status, 400);
  });

  it("gives a device without organization that of what it refers to", async () => {
    const body = { name: "M5", protocol: "mbus", meter_tasks: [made["amr-tasks"]!.id] };
    assert.equal((await fixture.create(pathOf("meter-devices"), body)).organization, made.organizations!.id);
  });

  it("writes a row with its references or not at all", async () => {
    const body = { ...bodyOf("amr-task-groups"), name: "Half", tasks: [made["amr-tasks"]!.id, nowhere] };
    assert.equal((await fixture.send("POST", pathOf("amr-task-groups"), body)).status, 400);
    const rows = await fixture.store.db.selectFrom("amr_task_groups").select("id").where("name", "=", "Half").execute();
    assert.deepEqual(rows, []);
  });
});
