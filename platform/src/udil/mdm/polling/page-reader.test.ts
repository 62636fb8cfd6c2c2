import assert from "node:assert/strict";
import { test } from "node:test";
import type { UdilRow } from "@anymeter/udil";
import { systemClock } from "../../../head-end/clock.ts";
import type { MdcFailure } from "../connection/failures.ts";
import { createMdcConnection } from "../connection/mdc-connection.ts";
import type { AnswerRequest, Refused } from "../set-aside/set-aside.ts";
import { type Answering, json, startHandmadeMdc } from "../testing/handmade-mdc.ts";
import { plainMdc } from "../testing/plain-mdc.ts";
import { PageReader } from "./page-reader.ts";

const ids = Array.from({ length: 16 }, (_, index) => `m${index}`);
const row = (id: string, minute = 0) => ({
  global_device_id: id,
  msn: "1",
  meter_datetime: `2026-01-01 00:${String(minute).padStart(2, "0")}:00`,
});
const request: AnswerRequest = {
  ids,
  start: Date.parse("2025-12-31T19:00:00Z"),
  end: Date.parse("2025-12-31T20:00:00Z"),
};
const html = { body: "<html><title>Oops</title></html>", contentType: "text/html" };

async function reading(answering: Answering, asked = request) {
  const peer = await startHandmadeMdc(answering);
  const connection = createMdcConnection(plainMdc(peer), () => 0);
  const clock = { ...systemClock, after: (_: number, run: () => void) => systemClock.after(0, run) };
  const reader = new PageReader({
    connection,
    table: "LPRO",
    retrying: { clock, random: () => 0, stopped: () => false },
  });
  const rows: UdilRow[] = [];
  const refused: Refused[] = [];
  try {
    await reader.read(asked, {
      begin: () => {
        const held: UdilRow[] = [];
        return { held, add: async (some: readonly UdilRow[]) => void held.push(...some) };
      },
      take: async ({ held }) => void rows.push(...held),
      refuse: (one) => refused.push(one),
    });
  } finally {
    connection.close();
  }
  return { rows, refused, peer };
}

test("a meter whose rows spoil every answer is found, and set aside with what was asked", async () => {
  const { rows, refused } = await reading((asked) =>
    asked.ids.includes("m5") && asked.service === "load_profile_data"
      ? html
      : json({ status: "1", data: asked.ids.map((id) => row(id)) }),
  );
  assert.deepEqual(
    new Set(rows.map(({ global_device_id }) => global_device_id)),
    new Set(ids.filter((id) => id !== "m5")),
  );
  assert.equal(refused.length, 1);
  const [aside] = refused;
  assert.deepEqual([aside!.kind, aside!.code, aside!.globalDeviceId], ["answer", "unreadable", "m5"]);
  assert.deepEqual(aside!.request, { ...request, ids: ["m5"] });
  assert.match(aside!.raw, /Oops/);
});

test("an MDC that answers nothing at all is not the fault of its meters", async () => {
  for (const answer of [html, { body: "stack", status: 500 }, { body: '{"status":"1","data":[{' }]) {
    await assert.rejects(
      reading(() => answer),
      (error: MdcFailure) => error.name === "MdcFailure",
    );
  }
});

test("an MDC that hangs on everything is asked once more, not meter by meter", async () => {
  const clock = { ...systemClock, after: (_: number, run: () => void) => systemClock.after(0, run) };
  const peer = await startHandmadeMdc(() => undefined);
  const connection = createMdcConnection(plainMdc(peer), () => 0);
  const reader = new PageReader({
    connection,
    table: "LPRO",
    retrying: { clock, random: () => 0, stopped: () => false },
  });
  const refuse = ({ reason }: Refused) => assert.fail(reason);
  const taker = { begin: () => ({ add: async () => undefined }), take: async () => undefined, refuse };
  await assert.rejects(reader.read(request, taker), { code: "cut_off" });
  connection.close();
  assert.deepEqual([peer.asked("load_profile_data"), peer.asked("events")], [3, 3]);
});

test("a meter that an MDC refuses to tell of is set aside, and the others are read", async () => {
  const { rows, refused } = await reading((asked) => {
    if (asked.ids.includes("m5") && asked.service === "load_profile_data")
      return json({ status: "0", message: "m5 is blocked" });
    return json({ status: "1", data: asked.service === "events" ? [] : asked.ids.map((id) => row(id)) });
  });
  assert.equal(rows.length, ids.length - 1);
  assert.deepEqual(
    refused.map(({ code, globalDeviceId, reason }) => [code, globalDeviceId, /m5 is blocked/.test(reason)]),
    [["refused", "m5", true]],
  );
});

test("a refusal is told in the MDC's words, but nothing is no refusal", async () => {
  await assert.rejects(
    reading(() => json({ status: "0", message: "contract ended" })),
    (error: MdcFailure) => error.code === "refused" && /contract ended/.test(error.message),
  );
  const { rows } = await reading(() => json({ status: "0", message: "No data found" }));
  assert.deepEqual(rows, []);
});

test("what passes by itself is asked again, three times at most", async () => {
  let failures = 2;
  const { rows, peer } = await reading((asked) =>
    failures-- > 0 ? undefined : json({ status: "1", data: asked.ids.map((id) => row(id)) }),
  );
  assert.equal(rows.length, ids.length);
  assert.equal(peer.asked("load_profile_data"), 3);
});

test("an answer that ends at a round number is asked for in halves, by meters and then by time", async () => {
  const limit = 100;
  const all = (asked: { ids: readonly string[]; start?: number | undefined; end?: number | undefined }) =>
    asked.ids
      .flatMap((id) => Array.from({ length: 60 }, (_, minute) => ({ id, minute })))
      .filter(({ minute }) => {
        const at = request.start! + minute * 60_000;
        return at >= (asked.start ?? 0) && at <= (asked.end ?? 0);
      })
      .map(({ id, minute }) => row(id, minute));
  for (const some of [limit, 200]) {
    const { rows } = await reading((asked) => json({ status: "1", data: all(asked).slice(0, some) }));
    const different = new Set(
      rows.map(({ global_device_id, meter_datetime }) => `${global_device_id} ${meter_datetime}`),
    );
    assert.equal(different.size, ids.length * 60, `limit ${some}`);
  }
});
