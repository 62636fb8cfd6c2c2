/** What an operator may turn; every limit of the head-end has its name here. Times are milliseconds unless named. */
export interface HeadEndSettings {
  /** Sessions at once in this process. */
  readonly maxSessions: number;
  /** Ceilings of a network that has none of its own in `amr_networks`, over all processes together. */
  readonly networkMaxSessions: number;
  readonly networkConnectionsPerSecond: number;
  /** Part of a network's (and this process's) sessions that meters failing of late may hold, above 0 up to 1. */
  readonly failingShare: number;
  /** Runs of one meter that share a session at most. */
  readonly maxRunsPerSession: number;
  /** A lease that is not renewed for so long is free: its process died. Renewed after a third of it. */
  readonly leaseMilliseconds: number;
  /** Pause before asking again for an interface that somebody else holds. */
  readonly busyInterfaceMilliseconds: number;
  /** The queue is looked at that often even when nothing in this process wakes it: other processes add runs too. */
  readonly pollMilliseconds: number;
  /** Tasks are read anew that often, so that an edited schedule is noticed. */
  readonly taskRescanMilliseconds: number;
  /** Devices turned into runs with one statement. */
  readonly expansionPage: number;
  readonly retry: RetrySettings;
  readonly session: SessionSettings;
  /** Runs on demand that may wait for one meter. */
  readonly maxWaitingOnDemandPerDevice: number;
  /** A profile's capture objects are read anew after so many days even when nothing disagrees. */
  readonly layoutMaxAgeDays: number;
  /** Rows asked for with one request when a profile is long. */
  readonly profileRowsPerRequest: number;
  /** Finished runs are kept for so many days. */
  readonly runRetentionDays: number;
  /** Bytes of the protocol trace kept for a failed run; 0 keeps none. */
  readonly traceBytes: number;
}

export interface RetrySettings {
  readonly maxAttempts: number;
  /** The pause after the first failure; doubled after each further one up to `maxDelayMilliseconds`. */
  readonly firstDelayMilliseconds: number;
  readonly maxDelayMilliseconds: number;
}

export interface SessionSettings {
  readonly connectTimeoutMilliseconds: number;
  /** Silence of the meter after which the driver is told, unless the meter's own settings name another. */
  readonly idleTimeoutMilliseconds: number;
  /** From connect to close, whatever happens. */
  readonly totalMilliseconds: number;
  readonly maxBytesReceived: number;
  /** How long an ordered goodbye may take when the process ends. */
  readonly shutdownMilliseconds: number;
}

export const defaultSettings: HeadEndSettings = {
  maxSessions: 10_000,
  networkMaxSessions: 1_000,
  networkConnectionsPerSecond: 30,
  failingShare: 0.25,
  maxRunsPerSession: 16,
  leaseMilliseconds: 60_000,
  busyInterfaceMilliseconds: 5_000,
  pollMilliseconds: 1_000,
  taskRescanMilliseconds: 15_000,
  expansionPage: 5_000,
  retry: { maxAttempts: 5, firstDelayMilliseconds: 30_000, maxDelayMilliseconds: 3_600_000 },
  session: {
    connectTimeoutMilliseconds: 20_000,
    idleTimeoutMilliseconds: 30_000,
    totalMilliseconds: 15 * 60_000,
    maxBytesReceived: 64 * 1024 * 1024,
    shutdownMilliseconds: 2_000,
  },
  maxWaitingOnDemandPerDevice: 100,
  layoutMaxAgeDays: 7,
  profileRowsPerRequest: 5_000,
  runRetentionDays: 30,
  traceBytes: 0,
};
