import assert from "node:assert/strict";
import { test } from "node:test";
import { plainMdc } from "../testing/plain-mdc.ts";
import { RowIntake, type RowIntakeOptions } from "./row-intake.ts";

test("an event that is set aside keeps the code it came with, which v1 has only a coarser one for", async () => {
  const meters = { find: async () => new Map([["m1", { code: "unknown_meter", reason: "m1 is no meter of ours." }]]) };
  const intake = new RowIntake({
    meters,
    now: () => 0,
    events: { write: async () => {} },
    profileRows: { begin: () => ({ store: async () => {} }) },
    contacts: { delivered: async () => {} },
  } as unknown as RowIntakeOptions);
  const event = {
    global_device_id: "m1",
    event_datetime: Date.UTC(2026, 0, 1),
    event_code: 133,
    event_description: "L2",
  };
  const mdc = { ...plainMdc({ url: "https://127.0.0.1:1", certificate: "" } as never), version: "v1" as const };
  const { refused } = await intake.store({ mdc, table: "EVNT", rows: [event], unreadable: [] });
  const { event_code, event_description } = JSON.parse(refused[0]!.raw);
  assert.deepEqual([event_code, event_description], ["133", "L2"]);
});
