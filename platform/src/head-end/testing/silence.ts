import type { HeadEndLog } from "../log.ts";
import type { HeadEndMetrics } from "../metrics.ts";

export const silentLog: HeadEndLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const silentMetrics: HeadEndMetrics = {
  scheduled: () => {},
  sessionBegan: () => {},
  sessionEnded: () => {},
  refused: () => {},
};
