import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openRegistryFixture, type RegistryFixture } from "../registry/testing/registry-fixture.ts";
import { headEndRoutes } from "./routes.ts";
import { recordStatuses } from "./status/device-status.ts";
import { RegistryRows } from "./testing/registry-rows.ts";
import { addWaitingRun } from "./testing/waiting-runs.ts";

describe("the head-end's routes", () => {
  let fixture: RegistryFixture;
  let organization: string;
  let device: string;
  let foreign: string;
  let reader: string;
  let woken = 0;
  before(async () => {
    fixture = await openRegistryFixture({
      plugins: (_, relational) => [
        headEndRoutes({ relational, pageSize: 2, headEnd: { wake: () => woken++ }, maxWaitingOnDemandPerDevice: 3 }),
      ],
    });
    const rows = new RegistryRows(fixture.store.db);
    organization = await rows.organization("Own");
    device = await rows.device(organization, { name: "own-meter" });
    foreign = await rows.device(await rows.organization("Other"), { name: "other-meter" });
    reader = await fixture.signInAs("reader", organization);
  });
  const invoke = (body: object, authorization?: string) =>
    fixture.send("POST", "/v1/metering/amr-tasks/invoke", body, authorization);

  test("invoke answers 201 with nothing, in both spellings, and wakes the head-end", async () => {
    const body = {
      meter_device: device,
      meter_execution_type: "generic_dlms",
      task_call: "read_profile",
      task_kwargs: { obis: "1-0:99.1.0", start_date: "2020-01-15T06:00:00+0100" },
      run_offset_seconds: 60,
    };
    for (const slash of ["", "/"]) {
      const answer = await fixture.send("POST", `/v1/metering/amr-tasks/invoke${slash}`, body);
      assert.deepEqual([answer.status, answer.body], [201, ""]);
    }
    assert.equal(woken, 2);
    const { body: page } = await fixture.send("GET", `/v1/runs/?meter_device=${device}&state=waiting`);
    assert.equal(page.count, 2);
    const [run] = page.results;
    assert.deepEqual(
      [run.origin, run.task_call, run.meter_device_name, run.amr_task],
      ["on-demand", "read_profile", "own-meter", null],
    );
    assert.equal(Date.parse(run.not_before) - Date.parse(run.due_at), 60_000);
    await fixture.store.db.deleteFrom("amr_runs").execute();
  });

  test("invoke takes the contract's own examples, misspellings and aliases included", async () => {
    const examples: readonly [string, string, object][] = [
      ["generic_lis200", "read_single_value", { address: "2.301" }],
      [
        "generic_lis200",
        "read_archive_by_date",
        { start_dat: "2020-01-15T06:00:00+0100", archive_number: 3, control_position: 3 },
      ],
      ["generic_corus", "read_database", { start_date: "2020-01-15T06:00:00+0100", database: "interval" }],
      ["generic_lis200", "read_parameters", { parameters: ["index_converted"] }],
      ["generic_corus_meter", "set_time", { allowed_drift_seconds: 60 }],
      ["generic_iec6205621", "anything", {}],
    ];
    for (const [meter_execution_type, task_call, task_kwargs] of examples) {
      const answer = await invoke({ meter_device: device, meter_execution_type, task_call, task_kwargs });
      assert.equal(answer.status, 201, `${meter_execution_type} ${task_call}: ${JSON.stringify(answer.body)}`);
      const { body } = await fixture.send("GET", "/v1/runs/?limit=1");
      assert.equal(
        body.results[0].meter_execution_type,
        meter_execution_type.replace(/^generic_corus$/, "generic_corus_meter"),
      );
      await fixture.store.db.deleteFrom("amr_runs").execute();
    }
  });

  test("invoke names what is wrong, and leaves nothing behind", async () => {
    const good = {
      meter_device: device,
      meter_execution_type: "generic_dlms",
      task_call: "read_object_list",
      task_kwargs: {},
    };
    const cases: readonly [object, string][] = [
      [{ ...good, meter_device: undefined }, "meter_device"],
      [{ ...good, meter_device: "no uuid" }, "meter_device"],
      [{ ...good, meter_device: "00000000-0000-4000-8000-000000000000" }, "meter_device"],
      [{ ...good, meter_execution_type: "generic_telepathy" }, "meter_execution_type"],
      [{ ...good, task_call: "read_minds" }, "task_call"],
      [{ ...good, task_call: "read_profile" }, "task_kwargs"],
      [{ ...good, task_call: "read_profile", task_kwargs: { obis: "x" } }, "task_kwargs"],
      [
        { ...good, task_call: "read_profile", task_kwargs: { obis: "1-0:99.1.0", start_dat: "2020-01-15" } },
        "task_kwargs",
      ],
      [{ ...good, task_call: "set_time", task_kwargs: { allowed_drift_seconds: -1 } }, "task_kwargs"],
      [{ ...good, task_kwargs: [] }, "task_kwargs"],
      [{ ...good, run_offset_seconds: 2 ** 31 }, "run_offset_seconds"],
      [{ ...good, extra: 1 }, "extra"],
    ];
    for (const [body, field] of cases) {
      const answer = await invoke(body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual(Object.keys(answer.body), [field]);
    }
    assert.equal((await fixture.send("GET", "/v1/runs/")).body.count, 0);
  });

  test("invoke refuses a meter that is out of use", async () => {
    const unused = await fixture.store.db
      .insertInto("meter_devices")
      .values({ organization, name: "unused", protocol: "dlms-cosem", meter_activation_status: 0 })
      .returning("id")
      .executeTakeFirstOrThrow();
    const answer = await invoke({
      meter_device: unused.id,
      meter_execution_type: "generic_dlms",
      task_call: "read_object_list",
    });
    assert.equal(answer.status, 400);
    assert.match(answer.body.meter_device[0], /out of use/);
    await fixture.store.db.deleteFrom("meter_devices").where("id", "=", unused.id).execute();
  });

  test("invoke is for staff, and a meter takes so many waiting calls", async () => {
    const body = { meter_device: device, meter_execution_type: "generic_dlms", task_call: "read_object_list" };
    assert.equal((await invoke(body, reader)).status, 403);
    for (let count = 0; count < 3; count++) assert.equal((await invoke(body)).status, 201);
    assert.equal((await invoke(body)).status, 429);
    await fixture.store.db.deleteFrom("amr_runs").execute();
  });

  test("runs are listed newest first, filtered and paged, and only to their organization", async () => {
    const ids = [];
    for (const call of ["read_object_list", "set_time", "read_events"]) {
      ids.push(await addWaitingRun(fixture.store.db, { device, dueAt: "2026-05-01T10:00:00Z", call }));
    }
    const foreignRun = await addWaitingRun(fixture.store.db, { device: foreign, dueAt: "2026-05-01T10:00:00Z" });
    await fixture.store.db
      .updateTable("amr_runs")
      .set({
        state: "failed",
        cause: "wrong_key",
        cause_detail: "…",
        finished_at: new Date(),
        duration_milliseconds: 1_250,
        result: JSON.stringify({ a: 1 }),
      })
      .where("id", "=", ids[1]!)
      .execute();
    const own = await fixture.send("GET", "/v1/runs/", undefined, reader);
    assert.equal(own.body.count, 3);
    assert.deepEqual(
      own.body.results.map((run: { id: number }) => run.id),
      [ids[2], ids[1]],
    );
    assert.ok(own.body.next.includes("offset=2"));
    assert.equal((await fixture.send("GET", "/v1/runs/")).body.count, 4);
    const failed = await fixture.send("GET", "/v1/runs/?state=failed&cause=wrong_key");
    assert.deepEqual(
      failed.body.results.map((run: { id: number }) => run.id),
      [ids[1]],
    );
    assert.equal((await fixture.send("GET", "/v1/runs/?state=lost")).status, 400);
    const one = await fixture.send("GET", `/v1/runs/${ids[1]}`, undefined, reader);
    assert.equal(one.body.duration_seconds, 1.25);
    assert.match(one.body.cause_sentence, /keys/);
    assert.ok(one.body.cause_advice.length > 10);
    assert.deepEqual(one.body.result, { a: 1 });
    assert.equal((await fixture.send("GET", `/v1/runs/${foreignRun}`, undefined, reader)).status, 404);
    assert.equal((await fixture.send("GET", "/v1/runs/999999999")).status, 404);
    assert.equal((await fixture.send("GET", "/v1/runs/x")).status, 404);
  });

  test("statuses tell how meters answered, of the caller's organization, meters never called included", async () => {
    const at = Date.parse("2026-05-01T10:00:00Z");
    await fixture.store.db.transaction().execute((transaction) =>
      recordStatuses(transaction, [
        { device, at, answered: true, succeeded: true, clock: { driftSeconds: 420.25, readAt: at, set: true } },
        { device, at: at + 1_000, answered: true, succeeded: true },
        { device, at: at + 2_000, answered: false, succeeded: false, cause: "connect_timeout" },
      ]),
    );
    const { body } = await fixture.send("GET", "/v1/devices/status", undefined, reader);
    assert.equal(body.count, 1);
    const [status] = body.results;
    assert.deepEqual(
      [status.meter_device, status.name, status.success_percent, status.counted_contacts, status.consecutive_failures],
      [device, "own-meter", 66.7, 3, 1],
    );
    assert.deepEqual([status.last_cause, status.clock_drift_seconds], ["connect_timeout", 420.25]);
    assert.match(status.last_cause_sentence, /did not answer/);
    assert.match(status.last_cause_advice, /power and coverage/);
    assert.equal(status.last_contact, "2026-05-01T10:00:01.000Z");
    assert.equal(status.last_attempt, "2026-05-01T10:00:02.000Z");
    const named = await fixture.send("GET", "/v1/devices/status?name=other-meter");
    assert.deepEqual(
      [named.body.count, named.body.results[0].success_percent, named.body.results[0].last_contact],
      [1, null, null],
    );
    const found = await fixture.send("GET", "/v1/devices/status?search=R-ME");
    assert.equal(found.body.count, 1);
    assert.equal(found.body.results[0].name, "other-meter");
    const ofProtocol = async (protocol: string) =>
      (await fixture.send("GET", `/v1/devices/status?protocol=${protocol}`)).body.count;
    assert.deepEqual([await ofProtocol("dlms-cosem"), await ofProtocol("mbus")], [2, 0]);
    const hidden = await fixture.send("GET", "/v1/devices/status?search=other", undefined, reader);
    assert.equal(hidden.body.count, 0);
  });
});
