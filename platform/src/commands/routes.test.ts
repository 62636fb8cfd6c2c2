import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { RegistryRows } from "../head-end/testing/registry-rows.ts";
import { silentLog } from "../head-end/testing/silence.ts";
import { commandNames } from "../registry/commands/index.ts";
import { openRegistryFixture, type RegistryFixture } from "../registry/testing/registry-fixture.ts";
import { createCommands } from "./commands.ts";

describe("the routes of commands", () => {
  let fixture: RegistryFixture;
  let organization: string;
  let meter: string;
  let second: string;
  let foreignMeter: string;
  let foreignCommand: string;
  let reader: string;
  let woken = 0;
  before(async () => {
    fixture = await openRegistryFixture({
      plugins: (_, relational) => [
        createCommands({
          relational,
          headEnd: { wake: () => woken++ },
          pageSize: 2,
          commandsOf: (protocol) => (protocol === "dlms-cosem" ? new Set(commandNames) : undefined),
          logger: silentLog,
        }).routes,
      ],
    });
    const rows = new RegistryRows(fixture.store.db);
    organization = await rows.organization("Own");
    meter = await rows.device(organization, {
      name: "own-1",
      global_device_id: "g-1",
      msn: "1",
      has_disconnector: true,
    });
    second = await rows.device(organization, { name: "own-2", global_device_id: "g-2", has_disconnector: true });
    const foreign = await rows.organization("Other");
    foreignMeter = await rows.device(foreign, { name: "other-1", global_device_id: "g-9", has_disconnector: true });
    foreignCommand = (await create({ ...relayOff, devices: [{ id: foreignMeter }] })).id;
    reader = await fixture.signInAs("reader", organization);
  });

  const relayOff = { command: "aux_relay_operations", parameters: { relay_operate: 0 } };
  const post = (body: unknown, authorization?: string | null) =>
    fixture.send("POST", "/v1/commands", body, authorization);
  const create = (body: unknown) => fixture.create("/v1/commands", body);
  const get = (path: string, authorization?: string | null) => fixture.send("GET", path, undefined, authorization);

  test("a command is taken, wakes the head-end, and can be followed by who asked and when", async () => {
    const already = woken;
    const body = {
      ...relayOff,
      devices: [{ global_device_id: "g-1" }, { global_device_id: "g-404" }],
      organization,
      priority: 0,
      expires_in_seconds: 3600,
    };
    const taken = await create(body);
    assert.equal(woken, already + 1);
    assert.deepEqual(
      [taken.device_count, taken.accepted_count, taken.refused_count, taken.repeated, taken.dry_run],
      [2, 1, 1, false, false],
    );
    assert.deepEqual(taken.refused, [
      {
        meter_device: null,
        global_device_id: "g-404",
        cause: "unknown_device",
        remark: "No meter of this name is registered.",
      },
    ]);
    assert.equal(Date.parse(taken.expires_at) - Date.parse(taken.created_at), 3_600_000);
    const { body: read } = await get(`/v1/commands/${taken.id}`);
    assert.deepEqual(
      [read.command, read.title, read.requested_by, read.origin, read.priority, read.parameters],
      ["aux_relay_operations", "Operate the relay", "admin", "api", 0, { relay_operate: 0 }],
    );
    assert.deepEqual([read.device_count, read.devices_by_state, read.filter], [2, { waiting: 1, refused: 1 }, null]);
    const { body: devices } = await get(`/v1/commands/${taken.id}/devices`);
    assert.equal(devices.count, 2);
    const [first, unknown] = devices.results;
    assert.deepEqual(
      [first.meter_device, first.meter_device_name, first.global_device_id, first.msn, first.state, first.status_level],
      [meter, "own-1", "g-1", "1", "waiting", 0],
    );
    assert.deepEqual([first.individual_status, first.status_1_at, first.times_sent], [0, null, 0]);
    assert.deepEqual([unknown.meter_device, unknown.state, unknown.individual_status], [null, "refused", 2]);
    const { body: waiting } = await get(
      `/v1/commands/${taken.id}/devices?state=waiting&status_level=0&meter_device=${meter}`,
    );
    assert.equal(waiting.count, 1);
  });

  test("the same key again answers 200 with the first answer, by body or header, and another request 409", async () => {
    const body = { ...relayOff, devices: [{ id: meter }], idempotency_key: "order-1" };
    const first = await create(body);
    const again = await post(body);
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, { ...first, repeated: true });
    const other = await post({ ...body, devices: [{ id: second }] });
    assert.deepEqual([other.status, other.headers["x-error-code"]], [409, "idempotency_conflict"]);
    const { idempotency_key: _, ...keyless } = body;
    const byHeader = await fixture.app.inject({
      method: "POST",
      url: "/v1/commands",
      headers: { authorization: "Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", "idempotency-key": "order-1" },
      payload: keyless,
    });
    assert.deepEqual([byHeader.statusCode, byHeader.json().id], [200, first.id]);
  });

  test("a dry run answers 200 and keeps nothing", async () => {
    const before = (await get("/v1/commands")).body.count;
    const answer = await post({ ...relayOff, filter: { search: "own-" }, organization, dry_run: true });
    assert.deepEqual(
      [answer.status, answer.body.id, answer.body.dry_run, answer.body.accepted_count],
      [200, null, true, 2],
    );
    assert.equal((await get("/v1/commands")).body.count, before);
  });

  test("what is wrong is named, and nothing is kept", async () => {
    const before = (await get("/v1/commands")).body.count;
    const good = { ...relayOff, devices: [{ id: meter }] };
    const cases: readonly [object, string][] = [
      [{ ...good, command: "explode" }, "command"],
      [{ ...good, parameters: { relay_operate: 2 } }, "parameters"],
      [{ ...good, parameters: { relay_operate: 0, extra: 1 } }, "parameters"],
      [{ ...good, devices: [] }, "devices"],
      [{ ...good, devices: [{}] }, "devices"],
      [{ ...good, devices: [{ id: meter, global_device_id: "g-1" }] }, "devices"],
      [{ ...good, devices: [{ id: "7" }] }, "devices"],
      [{ ...good, filter: { all: true } }, "filter"],
      [{ ...relayOff, filter: {}, organization }, "filter"],
      [{ ...relayOff, filter: { all: true } }, "organization"],
      [{ ...relayOff, devices: [{ id: meter }, { id: foreignMeter }] }, "organization"],
      [{ ...good, expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
      [{ ...good, priority: 3 }, "priority"],
      [{ ...good, surprise: true }, "surprise"],
      [relayOff, "devices"],
    ];
    for (const [body, field] of cases) {
      const answer = await post(body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.ok(field in answer.body, `${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
    }
    assert.equal((await get("/v1/commands")).body.count, before);
  });

  test("commands are listed newest first, by page and by filter", async () => {
    const unique = await create({
      command: "time_synchronization",
      devices: [{ id: second }],
      idempotency_key: "list-1",
    });
    const { body: page } = await get("/v1/commands");
    assert.deepEqual([page.results.length, page.results[0].id, page.previous], [2, unique.id, null]);
    assert.ok(page.next.includes("offset=2"));
    for (const query of [
      "command=time_synchronization",
      "idempotency_key=list-1",
      `meter_device=${second}&command=time_synchronization`,
      `organization=${organization}&command=time_synchronization&state=waiting&origin=api&requested_by=admin`,
    ]) {
      const { body } = await get(`/v1/commands?${query}`);
      assert.deepEqual([body.count, body.results[0]?.id], [1, unique.id], query);
    }
    for (const query of [
      "requested_by=nobody",
      "origin=udil",
      "idempotency_key=list",
      "command=time_synchronization&state=failed",
    ])
      assert.equal((await get(`/v1/commands?${query}`)).body.count, 0, query);
  });

  test("a command is taken back for some devices or for all", async () => {
    const { id } = await create({ ...relayOff, devices: [{ id: meter }, { id: second }] });
    const cancel = (body: object) => fixture.send("POST", `/v1/commands/${id}/cancel`, body);
    const some = await cancel({
      devices: [{ global_device_id: "g-2" }, { global_device_id: "g-404" }],
      reason: "paid",
    });
    assert.equal(some.status, 200);
    assert.deepEqual(some.body, {
      cancelled_count: 1,
      not_cancelled: [
        {
          meter_device: null,
          global_device_id: "g-404",
          status_level: null,
          remark: "The command was not asked of this device.",
        },
      ],
    });
    assert.equal((await cancel({})).body.cancelled_count, 2);
    const { body: devices } = await get(`/v1/commands/${id}/devices`);
    assert.deepEqual(
      devices.results.map((row: { state: string; cancel_reason: string; cancelled_by: string }) => [
        row.state,
        row.cancel_reason,
        row.cancelled_by,
      ]),
      [
        ["cancelled", "", "admin"],
        ["cancelled", "paid", "admin"],
      ],
    );
  });

  test("readers follow their own organization's commands, give none and take none back; others' are not there", async () => {
    const { body: page } = await get("/v1/commands", reader);
    assert.ok(page.count > 0);
    for (const { organization: owner } of page.results) assert.equal(owner, organization);
    for (const path of [`/v1/commands/${foreignCommand}`, `/v1/commands/${foreignCommand}/devices`]) {
      assert.equal((await get(path, reader)).status, 404, path);
      assert.equal((await get(path)).status, 200, path);
      assert.equal((await get(path, null)).status, 401, path);
    }
    assert.equal((await get(`/v1/commands?meter_device=${foreignMeter}`, reader)).body.count, 0);
    assert.equal(
      (await get(`/v1/commands?organization=${page.results[0].organization}`, reader)).body.count,
      page.count,
    );
    const writes: readonly [string, object][] = [
      ["/v1/commands", { ...relayOff, devices: [{ id: meter }] }],
      [`/v1/commands/${page.results[0].id}/cancel`, {}],
    ];
    for (const [path, body] of writes) {
      assert.equal((await fixture.send("POST", path, body, reader)).status, 403, path);
      assert.equal((await fixture.send("POST", path, body, null)).status, 401, path);
    }
    assert.equal((await get("/v1/commands/00000000-0000-4000-8000-000000000000")).status, 404);
    assert.equal(
      (await fixture.send("POST", "/v1/commands/00000000-0000-4000-8000-000000000000/cancel", {})).status,
      404,
    );
  });
});
