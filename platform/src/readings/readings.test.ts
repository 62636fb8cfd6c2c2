import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { listen } from "../http/listen.ts";
import { administratorToken } from "../registry/testing/registry-fixture.ts";
import { type OrganizationFixture, openReadingsFixture, type ReadingsFixture } from "./testing/readings-fixture.ts";

const readingsPath = "/v1/metering/meter-readings";
const namesPath = "/v1/metering/new-meter-readings";
const stagedPath = "/v1/metering/staged-meter-readings";
const energy = "1-0:1.8.0";
const power = "1-0:1.7.0";

let fixture: ReadingsFixture;
let north: OrganizationFixture;
let south: OrganizationFixture;

before(async () => {
  fixture = await openReadingsFixture();
  north = await fixture.organization("North", [energy, power]);
  south = await fixture.organization("South", [energy]);
});

const list = async (query: Record<string, string | number>, authorization?: string) => {
  const { status, body } = await fixture.send(
    "GET",
    `${readingsPath}?${new URLSearchParams(query as never)}`,
    undefined,
    authorization,
  );
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const named = (meter_device_name: string, timestamp: string, value: unknown, series_name = energy) => ({
  meter_device_name,
  series_name,
  timestamp,
  value,
});
const lines = (
  rows: readonly unknown[],
  headers: Record<string, string> = {},
  encode = (text: string): Buffer => Buffer.from(text),
) =>
  fixture.app
    .inject({
      method: "POST",
      url: namesPath,
      headers: {
        authorization: `Token ${administratorToken}`,
        "content-type": "application/x-ndjson",
        ...headers,
      },
      payload: encode(rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n")),
    })
    .then((response) => ({ status: response.statusCode, body: response.json() }));

describe("meter-readings", () => {
  test("a reading is created, read, listed and deleted for good", async () => {
    const meter_device = await north.device("N-1");
    const sent = {
      organization: north.id,
      meter_device,
      series: north.series[energy],
      timestamp: "2026-01-15T06:00:00+0100",
      value: "123456789012.100001",
    };
    const made = await fixture.create(readingsPath, sent);
    assert.deepEqual(
      { ...made, id: 0, created_at: "" },
      { ...sent, id: 0, created_at: "", timestamp: "2026-01-15T05:00:00.000Z" },
    );
    assert.ok(Number.isSafeInteger(made.id) && Date.now() - Date.parse(made.created_at) < 60_000);
    assert.deepEqual((await fixture.send("GET", `${readingsPath}/${made.id}`)).body, made);
    assert.deepEqual((await list({ meter_device })).results, [
      { timestamp: "2026-01-15T05:00:00.000Z", value: "123456789012.100001" },
    ]);
    assert.deepEqual(
      await fixture.send("DELETE", `${readingsPath}/${made.id}`).then(({ status, body }) => [status, body]),
      [204, ""],
    );
    assert.equal((await list({ meter_device })).count, 0);
    for (const method of ["GET", "DELETE"])
      assert.equal((await fixture.send(method, `${readingsPath}/${made.id}`)).status, 404);
    // The same reading can be stored again afterwards.
    await fixture.create(readingsPath, sent);
    assert.equal((await list({ meter_device })).count, 1);
  });

  test("the same reading twice is one, and the later value counts", async () => {
    const meter_device = await north.device("N-2");
    const sent = {
      organization: north.id,
      meter_device,
      series: north.series[energy],
      timestamp: "2026-01-15T06:00:00Z",
    };
    const first = await fixture.create(readingsPath, { ...sent, value: "1" });
    const second = await fixture.create(readingsPath, { ...sent, value: "2" });
    const { count, results } = await list({ meter_device });
    assert.deepEqual([count, results], [1, [{ timestamp: "2026-01-15T06:00:00.000Z", value: "2.000000" }]]);
    assert.equal((await fixture.send("GET", `${readingsPath}/${first.id}`)).status, 404);
    assert.equal((await fixture.send("DELETE", `${readingsPath}/${second.id}`)).status, 204);
    assert.equal((await list({ meter_device })).count, 0);
  });

  test("a number is taken by its digits, a naive time in the zone of the meter's config", async () => {
    const meter_device = await north.device("N-3", await north.type("Europe/Stockholm", [energy]));
    const body = `{"organization":"${north.id}","meter_device":"${meter_device}","series":"${north.series[energy]}","timestamp":"2026-07-01T00:00:00","value":123456789012.100001}`;
    const made = await fixture.create(readingsPath, body);
    assert.deepEqual([made.timestamp, made.value], ["2026-06-30T22:00:00.000Z", "123456789012.100001"]);
  });

  test("wrong fields are named", async () => {
    const meter_device = await south.device("S-1");
    const restricted = await north.device("N-4", await north.type("UTC", [energy]));
    const good = {
      organization: south.id,
      meter_device,
      series: south.series[energy],
      timestamp: "2026-01-15T06:00:00Z",
      value: "1",
    };
    const refused: [Record<string, unknown>, Record<string, RegExp>][] = [
      [
        {},
        {
          organization: /required/,
          meter_device: /required/,
          series: /required/,
          timestamp: /required/,
          value: /required/,
        },
      ],
      [{ ...good, extra: 1 }, { extra: /Unknown field/ }],
      [{ ...good, value: "1.0000001" }, { value: /no more than 6 decimal places/ }],
      [{ ...good, value: null }, { value: /null/ }],
      [{ ...good, value: true }, { value: /valid/ }],
      [{ ...good, timestamp: "yesterday" }, { timestamp: /wrong format/ }],
      [{ ...good, timestamp: "2301-01-01T00:00:00Z" }, { timestamp: /between 1900/ }],
      [{ ...good, meter_device: "x" }, { meter_device: /UUID/ }],
      [{ ...good, meter_device: randomUUID() }, { meter_device: /does not exist/ }],
      [{ ...good, organization: north.id }, { meter_device: /does not exist/ }],
      [{ ...good, organization: randomUUID() }, { organization: /does not exist/ }],
      [{ ...good, series: north.series[energy] }, { series: /does not exist/ }],
      [
        { ...good, organization: north.id, meter_device: restricted, series: north.series[power] },
        { series: /does not allow/ },
      ],
    ];
    for (const [body, fields] of refused) {
      const answer = await fixture.send("POST", readingsPath, body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.deepEqual(Object.keys(answer.body).sort(), Object.keys(fields).sort());
      for (const [field, message] of Object.entries(fields)) assert.match(answer.body[field][0], message);
    }
    assert.equal((await list({ meter_device })).count, 0);
  });

  test("lists are filtered, ordered and paged", async () => {
    const meter_device = await north.device("N-5");
    const rows = Array.from({ length: 25 }, (_, hour) =>
      named("N-5", new Date(Date.UTC(2026, 1, 1, hour)).toISOString(), String(hour)),
    );
    await fixture.create(namesPath, [...rows.toReversed(), named("N-5", "2026-02-01T00:00:00Z", "7", power)]);
    const series = north.series[energy]!;
    assert.equal((await list({ meter_device })).count, 26);
    const page = await list({ meter_device, series, limit: 10, offset: 10 });
    assert.equal(page.count, 25);
    assert.deepEqual(
      page.results.map((row: { value: string }) => Number(row.value)),
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
    );
    assert.match(page.next, /limit=10&offset=20/);
    assert.match(page.previous, /limit=10/);
    const values = async (query: Record<string, string>) =>
      (await list({ meter_device, series, ...query })).results.map((row: { value: string }) => Number(row.value));
    assert.deepEqual(await values({ start_time: "2026-02-01T22:00:00Z", end_time: "2026-02-01T23:00:00Z" }), [22, 23]);
    assert.deepEqual(await values({ start_time: "2026-02-02T00:00:00+0000" }), [24]);
    assert.deepEqual(await values({ end_time: "2026-02-01T01:00:00 01:00" }), [0]);
    assert.deepEqual(await values({ start_time: "2026-02-02" }), [24]);
    assert.deepEqual(await list({ meter_device: randomUUID() }).then(({ count, results }) => [count, results]), [
      0,
      [],
    ]);
    const wrong = await fixture.send("GET", `${readingsPath}?start_time=x&meter_device=y`);
    assert.equal(wrong.status, 400);
    assert.ok("meter_device" in wrong.body);
  });

  test("a user sees only the readings of their organization, and changes none", async () => {
    const meter_device = await south.device("S-2");
    const made = await fixture.create(readingsPath, {
      organization: south.id,
      meter_device,
      series: south.series[energy],
      timestamp: "2026-01-15T06:00:00Z",
      value: "5",
    });
    const inSouth = await fixture.signInAs("sue", south.id);
    const inNorth = await fixture.signInAs("nora", north.id);
    assert.equal((await list({ meter_device }, inSouth)).count, 1);
    assert.equal((await fixture.send("GET", `${readingsPath}/${made.id}`, undefined, inSouth)).status, 200);
    assert.equal((await list({ meter_device }, inNorth)).count, 0);
    assert.equal((await list({ series: south.series[energy]! }, inNorth)).count, 0);
    assert.equal((await fixture.send("GET", `${readingsPath}/${made.id}`, undefined, inNorth)).status, 404);
    assert.equal((await list({}, inNorth)).count + (await list({}, inSouth)).count, (await list({})).count);
    for (const who of [inSouth, inNorth]) {
      assert.equal((await fixture.send("DELETE", `${readingsPath}/${made.id}`, undefined, who)).status, 403);
      assert.equal((await fixture.send("POST", namesPath, named("S-2", "2026-01-15T06:00:00Z", "6"), who)).status, 403);
    }
    assert.equal((await fixture.send("GET", readingsPath, undefined, null)).status, 401);
  });
});

describe("new-meter-readings", () => {
  test("one object is answered with what was sent", async () => {
    const meter_device = await north.device("N-6");
    const sent = named("N-6", "2026-01-15T06:00:00Z", "14567.000");
    assert.deepEqual(await fixture.create(namesPath, sent), sent);
    assert.deepEqual((await list({ meter_device })).results, [
      { timestamp: "2026-01-15T06:00:00.000Z", value: "14567.000000" },
    ]);
  });

  test("of a list the good rows are kept, and each row gets its verdict", async () => {
    const meter_device = await north.device("N-7", await north.type("America/New_York", [energy]));
    const { status, body } = await fixture.send("POST", namesPath, [
      named("N-7", "2026-01-15T06:00:00", "1"),
      named("N-7", "2026-01-15T06:00:00Z", "1", power),
      named("N-7", "2026-01-15T06:00:00Z", "1", "nothing"),
      named("unheard of", "2026-01-15T06:00:00Z", "1"),
      { ...named("N-7", "never", "1.0000000001"), color: "red" },
      5,
    ]);
    assert.equal(status, 207);
    assert.deepEqual(
      body.map((row: { row: number; status: string }) => [row.row, row.status]),
      [
        [0, "stored"],
        [1, "refused"],
        [2, "refused"],
        [3, "staged"],
        [4, "refused"],
        [5, "refused"],
      ],
    );
    assert.match(body[1].errors.series_name[0], /"N-7" does not allow the series "1-0:1.7.0"/);
    assert.match(body[2].errors.series_name[0], /no meter reading series "nothing"/);
    assert.deepEqual(Object.keys(body[4].errors).sort(), ["color", "timestamp", "value"]);
    assert.deepEqual((await list({ meter_device })).results, [
      { timestamp: "2026-01-15T11:00:00.000Z", value: "1.000000" },
    ]);
  });

  test("when every row is refused the answer is 400 in the shape of the request", async () => {
    const one = await fixture.send("POST", namesPath, { meter_device_name: "N-6" });
    assert.deepEqual([one.status, one.headers["x-error-code"]], [400, "invalid"]);
    assert.deepEqual(Object.keys(one.body).sort(), ["series_name", "timestamp", "value"]);
    const many = await fixture.send("POST", namesPath, [{}, {}]);
    assert.equal(many.status, 400);
    assert.deepEqual(many.body.length, 2);
    for (const body of ["[]", "[", '"x"', "null"])
      assert.equal((await fixture.send("POST", namesPath, body)).status, 400, body);
  });

  test("too long a list is answered with the limit", async () => {
    const rows = Array.from({ length: 10_001 }, () => ({}));
    const { status, body } = await fixture.send("POST", namesPath, rows);
    assert.equal(status, 413);
    assert.match(body.detail, /at most 10000 are taken.*ndjson/);
  });

  test("a name that several organizations use needs the organization", async () => {
    const inNorth = await north.device("shared name");
    const inSouth = await south.device("shared name");
    const row = named("shared name", "2026-01-15T06:00:00Z", "1");
    const { status, body } = await fixture.send("POST", namesPath, row);
    assert.equal(status, 400);
    assert.match(body.meter_device_name[0], /Several organizations/);
    await fixture.create(namesPath, { ...row, organization: south.id });
    assert.deepEqual(
      [(await list({ meter_device: inNorth })).count, (await list({ meter_device: inSouth })).count],
      [0, 1],
    );
  });

  test("what the registry changes counts for the next row", async () => {
    const meter_device = await north.device("N-8");
    await fixture.create(namesPath, named("N-8", "2026-01-15T06:00:00Z", "1", power));
    const type = await north.type("Asia/Kolkata", [energy]);
    assert.equal((await fixture.send("PATCH", `/v1/metering/meter-devices/${meter_device}`, { type })).status, 200);
    assert.equal((await fixture.send("POST", namesPath, named("N-8", "2026-01-15T07:00:00Z", "1", power))).status, 400);
    await fixture.create(namesPath, named("N-8", "2026-01-15T07:00:00", "1"));
    assert.equal(
      (await list({ meter_device, start_time: "2026-01-15T01:30:00Z", end_time: "2026-01-15T01:30:00Z" })).count,
      1,
    );
    await fixture.send("PATCH", `/v1/metering/meter-devices/${meter_device}`, { name: "N-8 renamed" });
    const stale = await fixture.send("POST", namesPath, [
      named("N-8", "2026-01-15T08:00:00Z", "1"),
      named("N-8 renamed", "2026-01-15T08:00:00Z", "1"),
    ]);
    assert.equal(stale.status, 201);
    assert.equal((await list({ meter_device, start_time: "2026-01-15T08:00:00Z" })).count, 1);
  });
});

describe("bulk", () => {
  const day = (device: string, rows: number) =>
    Array.from({ length: rows }, (_, index) =>
      named(device, new Date(Date.UTC(2026, 2, 1) + index * 900_000).toISOString(), `${index}.125`),
    );

  test("lines are stored, duplicates once, and counted", async () => {
    const meter_device = await north.device("B-1");
    const rows = day("B-1", 25_000);
    const { status, body } = await lines([...rows, ...rows.slice(0, 100), ""]);
    assert.deepEqual([status, body], [201, { stored: 25_100, staged: 0, refused: 0, errors: [] }]);
    assert.equal((await list({ meter_device })).count, 25_000);
    const last = await list({ meter_device, limit: 1, offset: 24_999 });
    assert.deepEqual(last.results, [
      { timestamp: new Date(Date.UTC(2026, 2, 1) + 24_999 * 900_000).toISOString(), value: "24999.125000" },
    ]);
  });

  test("refused lines are named by number and spoil no other", async () => {
    const meter_device = await north.device("B-2");
    const { status, body } = await lines([
      named("B-2", "2026-01-01T00:00:00Z", "1"),
      "{not json}",
      named("B-2", "2026-01-01T00:00:00Z", "1", "nothing"),
      "",
      `{"meter_device_name":"B-2","series_name":"${energy}","timestamp":"2026-01-01T01:00:00Z","value":123456789012.100001}`,
      named("B-2", "2026-01-01T02:00:00+0100", "0.0000001"),
      named("unheard of too", "2026-01-01T02:00:00+0100", "1"),
      `{"meter_device_name":"${"x".repeat(5000)}"}`,
      named("B-2", "2026-01-01T03:00:00", "3"),
    ]);
    assert.equal(status, 207);
    assert.deepEqual([body.stored, body.staged, body.refused], [3, 1, 4]);
    assert.deepEqual(
      body.errors.map((error: { line: number }) => error.line),
      [2, 3, 6, 8],
    );
    assert.match(body.errors[0].errors.non_field_errors[0], /JSON parse error/);
    assert.match(body.errors[3].errors.non_field_errors[0], /at most 4096 bytes/);
    assert.deepEqual(
      (await list({ meter_device })).results.map((row: { value: string }) => row.value),
      ["1.000000", "123456789012.100001", "3.000000"],
    );
  });

  test("every line refused is 400, an unknown encoding 415, broken gzip 400, whole gzip 201", async () => {
    assert.equal((await lines(["{}", "{}"])).status, 400);
    assert.equal((await lines(["{}"], { "content-encoding": "br" })).status, 415);
    assert.equal((await lines(["{}"], { "content-encoding": "gzip" })).status, 400);
    await north.device("B-3");
    const { status, body } = await lines(day("B-3", 1000), { "content-encoding": "gzip" }, (text) => gzipSync(text));
    assert.deepEqual([status, body.stored], [201, 1000]);
  });

  test("an upload whose sender goes away ends, gzip or not, and what was stored stays", async (context) => {
    const meter_device = await north.device("B-5");
    const taking = context.mock.method(fixture.readings.bulk, "take");
    const port = await listen(fixture.app, { host: "127.0.0.1", port: 0 });
    const whole = Buffer.from(
      `${day("B-5", 20_000)
        .map((row) => JSON.stringify(row))
        .join("\n")}\n`,
    );
    for (const [encoding, body] of [
      ["identity", whole],
      ["gzip", gzipSync(whole)],
    ] as const) {
      const socket = connect(port, "127.0.0.1");
      socket.write(
        `POST ${namesPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Token ${administratorToken}\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      socket.write(body.subarray(0, body.length - 100));
      const before = taking.mock.callCount();
      while (taking.mock.callCount() === before || (await list({ meter_device })).count === 0) await setImmediate();
      socket.destroy();
      await assert.rejects(taking.mock.calls.at(-1)!.result as Promise<unknown>, /aborted|premature/i);
    }
    assert.ok((await list({ meter_device })).count >= 10_000);
  });

  test("of two values for one reading the later line counts, however the lines are written", async () => {
    const meter_device = await north.device("B-4");
    const at = "2026-01-01T00:00:00Z";
    const odd = (value: string) =>
      `{"meter_device_name":"B\\u002d4","series_name":"${energy}","timestamp":"${at}","value":"${value}"}`;
    await lines([named("B-4", at, "1"), odd("2"), named("B-4", at, "3")]);
    assert.deepEqual((await list({ meter_device })).results, [
      { timestamp: "2026-01-01T00:00:00.000Z", value: "3.000000" },
    ]);
    await lines([named("B-4", at, "4"), odd("5")]);
    assert.deepEqual((await list({ meter_device })).results[0].value, "5.000000");
  });
});

describe("staged-meter-readings", () => {
  const staged = async (name: string) =>
    (await fixture.send("GET", `${stagedPath}?meter_device_name=${encodeURIComponent(name)}`)).body;

  test("staged readings become readings when their meter is created, in its zone", async () => {
    await fixture.create(namesPath, [
      named("T-1", "2026-01-15T06:00:00", "1"),
      named("T-1", "2026-01-15T07:00:00Z", "2.5"),
      named("T-1", "2026-01-15T08:00:00Z", "3", "unheard of"),
    ]);
    const waiting = await staged("T-1");
    assert.deepEqual(
      waiting.results.map((row: Record<string, string>) => [row.series_name, row.timestamp, row.value]),
      [
        [energy, "2026-01-15T06:00:00", "1.000000"],
        [energy, "2026-01-15T07:00:00.000Z", "2.500000"],
        ["unheard of", "2026-01-15T08:00:00.000Z", "3.000000"],
      ],
    );
    const meter_device = await north.device("T-1", await north.type("Asia/Tokyo", [energy]));
    assert.deepEqual((await list({ meter_device })).results, [
      { timestamp: "2026-01-14T21:00:00.000Z", value: "1.000000" },
      { timestamp: "2026-01-15T07:00:00.000Z", value: "2.500000" },
    ]);
    assert.deepEqual(
      (await staged("T-1")).results.map((row: Record<string, string>) => row.series_name),
      ["unheard of"],
    );
  });

  test("a rename replays too, and a meter without an organization does not count", async () => {
    await fixture.create(namesPath, named("T-2", "2026-01-15T06:00:00Z", "1"));
    const nobodys = await fixture.create("/v1/metering/meter-devices", { name: "T-2", protocol: "dlms-cosem" });
    assert.equal((await staged("T-2")).count, 1);
    const meter_device = await north.device("T-3");
    await fixture.send("PATCH", `/v1/metering/meter-devices/${meter_device}`, { name: "T-2" });
    assert.equal((await staged("T-2")).count, 0);
    assert.equal((await list({ meter_device })).count, 1);
    await fixture.send("DELETE", `/v1/metering/meter-devices/${nobodys.id}`);
  });

  test("a row is created, read, changed and deleted", async () => {
    const made = await fixture.create(stagedPath, named("T-4", "2026-01-15T06:00:00+0200", 1.5));
    assert.deepEqual(
      { ...made, id: 0, created_at: 0, updated_at: 0 },
      { ...named("T-4", "2026-01-15T04:00:00.000Z", "1.500000"), id: 0, created_at: 0, updated_at: 0 },
    );
    const path = `${stagedPath}/${made.id}`;
    assert.deepEqual((await fixture.send("GET", path)).body, made);
    assert.deepEqual((await fixture.send("PATCH", path, { value: "2" })).body.value, "2.000000");
    const put = await fixture.send("PUT", path, { ...made, timestamp: "2026-01-15T06:00:00", series_name: power });
    assert.deepEqual(
      [put.status, put.body.timestamp, put.body.series_name, put.body.value],
      [200, "2026-01-15T06:00:00", power, "1.500000"],
    );
    const filtered = await fixture.send(
      "GET",
      `${stagedPath}?meter_device_name=T-4&start_time=2026-01-15T06:00:00Z&end_time=2026-01-15T06:00:00Z`,
    );
    assert.equal(filtered.body.count, 1);
    assert.equal((await fixture.send("PUT", path, { value: "1" })).status, 400);
    assert.equal((await fixture.send("PATCH", path, { value: "x" })).status, 400);
    assert.equal((await fixture.send("PATCH", path, { meter_device_name: " " })).status, 400);
    const someone = await fixture.signInAs("stan", north.id);
    assert.equal((await fixture.send("GET", path, undefined, someone)).status, 404);
    assert.equal((await fixture.send("DELETE", path)).status, 204);
    for (const method of ["GET", "PATCH", "DELETE"])
      assert.equal((await fixture.send(method, path, method === "PATCH" ? {} : undefined)).status, 404);
  });
});

test("the last stored time is known by device and series", async () => {
  await north.device("L-1");
  await fixture.create(namesPath, [
    named("L-1", "2026-01-15T06:00:00Z", "1"),
    named("L-1", "2026-01-15T07:00:00Z", "1", power),
  ]);
  const [resolution] = await fixture.readings.resolver.resolve([{ device: "L-1", series: energy }]);
  assert.ok(resolution?.kind === "place");
  const { deviceNumber, seriesNumber } = resolution.place;
  const { queries } = fixture.readings;
  assert.equal(await queries.lastStored(deviceNumber), Date.UTC(2026, 0, 15, 7));
  assert.equal(await queries.lastStored(deviceNumber, [seriesNumber]), Date.UTC(2026, 0, 15, 6));
  assert.equal(await queries.lastStored(deviceNumber, [4_000_000_000]), undefined);
  assert.equal(await queries.lastStored(4_000_000_000), undefined);
});
