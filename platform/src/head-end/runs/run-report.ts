import type { CauseCode } from "../causes.ts";

/** What became of one attempt of a run. */
export interface RunReport {
  readonly run: number;
  /** Absent = succeeded. */
  readonly failure?: { readonly code: CauseCode; readonly detail?: string | undefined };
  /** When the attempt ended, milliseconds UTC. */
  readonly finishedAt: number;
  readonly durationMilliseconds: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Rows or values the meter delivered. */
  readonly rowsRead: number;
  /** Readings handed to the store and durable. */
  readonly readingsStored: number;
  readonly notes: readonly string[];
  readonly result?: unknown;
}

/** What a session showed about the meter itself. */
export interface ContactReport {
  readonly device: string;
  /** When the session began, milliseconds UTC. */
  readonly at: number;
  /** The meter answered at least once. */
  readonly answered: boolean;
  /** Something was read or done as asked. */
  readonly succeeded: boolean;
  readonly cause?: CauseCode | undefined;
  readonly clock?: ClockReport | undefined;
}

export interface ClockReport {
  /** Meter minus UTC, before anything was set. */
  readonly driftSeconds: number;
  readonly readAt: number;
  readonly set: boolean;
}
