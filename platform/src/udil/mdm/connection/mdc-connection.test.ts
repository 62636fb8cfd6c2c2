import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Answering, json, startHandmadeMdc } from "../testing/handmade-mdc.ts";
import { plainMdc } from "../testing/plain-mdc.ts";
import type { MdcFailure } from "./failures.ts";
import { createHttpsClient } from "./https-client.ts";
import { createMdcConnection } from "./mdc-connection.ts";

const minute = 60_000;
const nothing = json({ status: "1", message: "", data: [] });
const answeringNothing: Answering = () => nothing;
const read = { service: "load_profile_data", ids: ["m1"], start: 0, end: minute } as const;
const form = { "content-type": "application/x-www-form-urlencoded", privatekey: "k" };
const ids = Buffer.from("global_device_id=%5B%22m1%22%5D");
const failing = (code: string, sent?: boolean) => (error: MdcFailure) => {
  assert.equal(error.code, code, error.message);
  if (sent !== undefined) assert.equal(error.sent, sent);
  return true;
};

describe("one key for all workers", () => {
  test("is asked for once, however many ask at once, and again after 25 minutes", async () => {
    const peer = await startHandmadeMdc(answeringNothing);
    let now = 0;
    const connection = createMdcConnection(plainMdc(peer), () => now);
    await Promise.all(Array.from({ length: 20 }, () => connection.ask(read)));
    assert.equal(peer.asked("authorization_service"), 1);
    now = 25 * minute - 1;
    await connection.ask(read);
    assert.equal(peer.asked("authorization_service"), 1);
    now = 25 * minute;
    await Promise.all([connection.ask(read), connection.ask(read)]);
    assert.equal(peer.asked("authorization_service"), 2);
    connection.close();
  });

  test("is got anew by the first of those who are told that it is dead, once", async () => {
    let good = "key 1";
    let given = 0;
    const peer = await startHandmadeMdc(
      ({ privatekey }) => (privatekey === good ? nothing : json({ status: "0", message: "" }, { status: 401 })),
      () => json({ status: "1", privatekey: `key ${++given}` }),
    );
    const connection = createMdcConnection(plainMdc(peer), () => 0);
    await connection.ask(read);
    good = "key 2";
    await Promise.all(Array.from({ length: 10 }, () => connection.ask(read)));
    assert.equal(given, 2);
    good = "none";
    await assert.rejects(connection.ask(read), failing("unauthorized"));
    assert.equal(given, 3);
    connection.close();
  });

  test("is refused in the MDC's words, and asked for anew by who comes later", async () => {
    let refuse = true;
    const peer = await startHandmadeMdc(answeringNothing, () =>
      refuse ? json({ status: "0", message: "wrong code" }) : json({ status: "1", privatekey: "k" }),
    );
    const connection = createMdcConnection(plainMdc(peer), () => 0);
    const outcomes = await Promise.allSettled([connection.ask(read), connection.ask(read)]);
    for (const outcome of outcomes) {
      assert.ok(outcome.status === "rejected" && failing("unauthorized", false)(outcome.reason));
      assert.match(outcome.reason.message, /wrong code/);
    }
    assert.equal(peer.asked("authorization_service"), 1);
    refuse = false;
    await connection.ask(read);
    connection.close();
  });
});

describe("requests", () => {
  test("have credentials and key in headers, spelled as the MDC wants them", async () => {
    const peer = await startHandmadeMdc(answeringNothing);
    const connection = createMdcConnection(plainMdc(peer, { switches: { header_case: "capitalized" } }), () => 0);
    await connection.ask({ ...read, transactionIds: ["t1"] });
    const [authorization, asked] = peer.requests;
    assert.ok(authorization!.raw.includes("Username") && authorization!.raw.includes("a password"));
    assert.ok(asked!.raw.includes("Privatekey") && asked!.raw.includes("Transactionid"));
    assert.equal(asked!.headers.accept, "application/json");
    assert.equal(new URLSearchParams(asked!.body).get("global_device_id"), '["m1"]');
    connection.close();
  });

  test("follow the MDC's switches and base path", async () => {
    const peer = await startHandmadeMdc(answeringNothing);
    const mdc = plainMdc(peer, { peerSwitches: { quoted: true, multipart: true, basePath: "/udil" } });
    const connection = createMdcConnection(mdc, () => 0);
    await connection.ask(read);
    assert.match(String(peer.requests[1]!.headers["content-type"]), /^multipart\/form-data/);
    assert.match(peer.requests[1]!.body, /"1970-01-01 05:00:00"/);
    connection.close();
  });

  test("that a version cannot say are refused before anything is sent", async () => {
    const peer = await startHandmadeMdc(answeringNothing);
    const connection = createMdcConnection(plainMdc(peer), () => 0);
    const parameters = {
      ...{ data_type: "LPRO" as const, sampling_interval: 480, sampling_initial_time: 0 },
      activation_datetime: "2026-01-01T00:00:00Z",
    };
    const command = { name: "meter_data_sampling", parameters } as const;
    await assert.rejects(
      connection.ask({ command, ids: ["m1"], requestDatetime: 0 }),
      failing("not_expressible", false),
    );
    connection.close();
  });

  test("keep their connection", async () => {
    const peer = await startHandmadeMdc(answeringNothing);
    const connection = createMdcConnection(plainMdc(peer), () => 0);
    for (let count = 0; count < 5; count++) await connection.ask(read);
    assert.equal(peer.requests.length, 6);
    assert.equal(new Set(peer.requests.map(({ port }) => port)).size, 1);
    connection.close();
  });
});

describe("answers", () => {
  const asking = async (answering: Answering) => {
    const peer = await startHandmadeMdc(answering);
    const connection = createMdcConnection(plainMdc(peer), () => 0);
    try {
      return await connection.ask(read);
    } finally {
      connection.close();
    }
  };

  test("may be packed", async () => {
    const row = { global_device_id: "m1", msn: "1", meter_datetime: "2026-01-01 00:00:00", active_energy_tl: "1.5" };
    const body = gzipSync(JSON.stringify({ status: "1", data: [row] }));
    const { rows } = await asking(() => ({ body, headers: { "content-encoding": "gzip" } }));
    assert.equal(rows?.[0]?.active_energy_abs_tl, "1.5");
  });

  const bad: [string, Answering, string][] = [
    [
      "a page of a proxy",
      () => ({ body: "<html><title>Sign in</title></html>", contentType: "text/html" }),
      "unreadable",
    ],
    ["the same as 404", () => ({ body: "<html><title>No</title></html>", status: 404 }), "http_error"],
    ["half a body", () => ({ body: '{"status":"1","data":[{"global_device_id":"m' }), "unreadable"],
    ["nothing", () => ({ body: "" }), "unreadable"],
    ["500", () => ({ body: "NullPointerException", status: 500 }), "server_error"],
    ["a cut connection", () => undefined, "cut_off"],
    ["packed noise", () => ({ body: "noise", headers: { "content-encoding": "gzip" } }), "cut_off"],
  ];
  for (const [name, answering, code] of bad) {
    test(`${name} is ${code}`, () => assert.rejects(asking(answering), failing(code)));
  }

  test("are read whatever the HTTP status says of them", async () => {
    const { httpStatus, status, message } = await asking(() => json({ Status: 0, message: "bad id" }, { status: 400 }));
    assert.deepEqual([httpStatus, status, message], [400, 0, "bad id"]);
  });
});

describe("trust", () => {
  const clientOf = (peer: { url: string }, verify: boolean, pin?: string) =>
    createHttpsClient({ baseUrl: peer.url, verify, pin });
  const request = { path: "/events", headers: form, body: ids, milliseconds: 5_000 };

  test("is given to the pinned certificate alone, before anything is sent", async () => {
    const peer = await startHandmadeMdc(answeringNothing);
    await assert.rejects(clientOf(peer, false, "0".repeat(64)).post(request), failing("untrusted", false));
    await assert.rejects(clientOf(peer, true).post(request), failing("untrusted", false));
    assert.equal(peer.requests.length, 0);
    const answer = await clientOf(peer, false).post(request);
    assert.equal(answer.status, 200);
  });

  test("is nothing without somebody who answers", async () => {
    await assert.rejects(clientOf({ url: "https://127.0.0.1:9" }, false).post(request), failing("unreachable", false));
  });
});

test("time and memory have an end", async () => {
  const peer = await startHandmadeMdc(async (_, service) =>
    service === "events" ? new Promise<never>(() => {}) : { body: Buffer.alloc(100_000, 0x20) },
  );
  const client = createHttpsClient({ baseUrl: peer.url, verify: false, limits: { answerBytes: 10_000 } });
  const request = { headers: form, body: ids };
  await assert.rejects(client.post({ ...request, path: "/events", milliseconds: 50 }), failing("timeout", true));
  await assert.rejects(
    client.post({ ...request, path: "/billing_data", milliseconds: 5_000 }),
    failing("answer_too_long"),
  );
  const packed = gzipSync(Buffer.alloc(1_000_000));
  const bomb = await startHandmadeMdc(() => ({ body: packed, headers: { "content-encoding": "gzip" } }));
  const careful = createHttpsClient({ baseUrl: bomb.url, verify: false, limits: { answerBytes: 10_000 } });
  await assert.rejects(
    careful.post({ ...request, path: "/billing_data", milliseconds: 5_000 }),
    failing("answer_too_long"),
  );
  client.close();
  careful.close();
});

test("who waits for a connection in vain is told that nothing was sent, and has its whole time once it has one", async () => {
  const held = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const peer = await startHandmadeMdc(async () => {
    arrived.resolve();
    await held.promise;
    return nothing;
  });
  const client = createHttpsClient({ baseUrl: peer.url, verify: false, limits: { connections: 1 } });
  const post = (milliseconds: number) =>
    client.post({ path: "/load_profile_data", headers: form, body: ids, milliseconds });
  const holder = post(20_000);
  await arrived.promise;
  await assert.rejects(post(50), failing("timeout", false));
  held.resolve();
  assert.equal((await holder).status, 200);
  assert.equal((await post(20_000)).status, 200);
  client.close();
});
