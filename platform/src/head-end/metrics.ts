/** What the head-end counts. Labels are bounded: causes and drivers are tables, meters and networks never appear. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CauseCode } from "./causes.ts";
import type { ContactOutcome } from "./session/contact-session.ts";

export interface HeadEndMetrics {
  scheduled(runs: number): void;
  sessionBegan(): void;
  sessionEnded(driver: string, outcome: ContactOutcome, seconds: number): void;
  /** A run that failed without a session. */
  refused(cause: CauseCode): void;
}

export function headEndMetrics(registry: Registry): HeadEndMetrics {
  const registers = [registry];
  const scheduled = new Counter({
    name: "anymeter_head_end_runs_scheduled_total",
    help: "Runs made from schedules",
    registers,
  });
  const runs = new Counter({
    name: "anymeter_head_end_run_attempts_total",
    help: "Attempts of runs by result, cause of failure and driver",
    labelNames: ["result", "cause", "driver"],
    registers,
  });
  const open = new Gauge({
    name: "anymeter_head_end_sessions_open",
    help: "Sessions with meters under way",
    registers,
  });
  const seconds = new Histogram({
    name: "anymeter_head_end_session_seconds",
    help: "Duration of sessions",
    labelNames: ["driver"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
    registers,
  });
  const bytes = new Counter({
    name: "anymeter_head_end_bytes_total",
    help: "Bytes exchanged with meters",
    labelNames: ["direction", "driver"],
    registers,
  });
  const readings = new Counter({
    name: "anymeter_head_end_readings_stored_total",
    help: "Readings stored from meters",
    labelNames: ["driver"],
    registers,
  });
  return {
    scheduled: (count) => scheduled.inc(count),
    sessionBegan: () => open.inc(),
    sessionEnded: (driver, outcome, duration) => {
      open.dec();
      seconds.observe({ driver }, duration);
      for (const report of outcome.reports) {
        runs.inc({ result: report.failure ? "failed" : "succeeded", cause: report.failure?.code ?? "none", driver });
        bytes.inc({ direction: "sent", driver }, report.bytesSent);
        bytes.inc({ direction: "received", driver }, report.bytesReceived);
        readings.inc({ driver }, report.readingsStored);
      }
    },
    refused: (cause) => runs.inc({ result: "failed", cause, driver: "none" }),
  };
}
