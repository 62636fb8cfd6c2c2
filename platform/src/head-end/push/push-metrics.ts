/** What the push listener counts. Labels are tables: meters and addresses never appear. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { PushRefusal } from "./unknown-pushers.ts";

export interface PushMetrics {
  /** A message and what became of it; with the readings and events stored of it. */
  push(transport: "tcp" | "udp", result: PushResult, stored?: number): void;
  connections(change: 1 | -1): void;
  /** Meters that dialled in. */
  bound(change: 1 | -1): void;
  /** What was dropped unread, and why. */
  dropped(transport: "tcp" | "udp", why: "rate" | "connections" | "slow" | "idle" | "full" | "memory"): void;
}

export type PushResult = "stored" | "heartbeat" | "failed" | PushRefusal;

export function pushMetrics(registry: Registry): PushMetrics {
  const registers = [registry];
  const pushes = new Counter({
    name: "anymeter_pushes_total",
    help: "Messages meters sent unasked, by what became of them",
    labelNames: ["transport", "result"],
    registers,
  });
  const values = new Counter({
    name: "anymeter_push_values_stored_total",
    help: "Readings and events stored from pushes",
    registers,
  });
  const open = new Gauge({ name: "anymeter_push_connections_open", help: "TCP connections from meters", registers });
  const bound = new Gauge({ name: "anymeter_push_meters_bound", help: "Meters that dialled in", registers });
  const dropped = new Counter({
    name: "anymeter_push_dropped_total",
    help: "Connections and datagrams dropped by a limit",
    labelNames: ["transport", "limit"],
    registers,
  });
  return {
    push: (transport, result, stored = 0) => {
      pushes.inc({ transport, result });
      if (stored > 0) values.inc(stored);
    },
    connections: (change) => open.inc(change),
    bound: (change) => bound.inc(change),
    dropped: (transport, limit) => dropped.inc({ transport, limit }),
  };
}
