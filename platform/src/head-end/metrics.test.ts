import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "prom-client";
import { headEndMetrics } from "./metrics.ts";

test("attempts are counted by result, cause and driver, and no meter is named", async () => {
  const registry = new Registry();
  const metrics = headEndMetrics(registry);
  const report = {
    run: 1,
    finishedAt: 0,
    durationMilliseconds: 5,
    bytesSent: 10,
    bytesReceived: 20,
    rowsRead: 3,
    readingsStored: 3,
    notes: [],
  };
  metrics.scheduled(2);
  metrics.sessionBegan();
  metrics.sessionEnded(
    "dlms",
    {
      reports: [report, { ...report, run: 2, failure: { code: "wrong_key" } }],
      contact: { device: "secret-device", at: 0, answered: true, succeeded: true },
    },
    0.2,
  );
  metrics.refused("no_driver");
  const text = await registry.metrics();
  for (const line of [
    "anymeter_head_end_runs_scheduled_total 2",
    'anymeter_head_end_run_attempts_total{result="succeeded",cause="none",driver="dlms"} 1',
    'anymeter_head_end_run_attempts_total{result="failed",cause="wrong_key",driver="dlms"} 1',
    'anymeter_head_end_run_attempts_total{result="failed",cause="no_driver",driver="none"} 1',
    'anymeter_head_end_bytes_total{direction="received",driver="dlms"} 40',
    'anymeter_head_end_readings_stored_total{driver="dlms"} 6',
    "anymeter_head_end_sessions_open 0",
  ]) {
    assert.ok(text.includes(line), line);
  }
  assert.ok(!text.includes("secret-device"));
});
