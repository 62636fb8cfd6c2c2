/** Limits of the push listener. */
export interface PushSettings {
  /** TCP connections open at once. */
  readonly maxConnections: number;
  /** Of them from one address; meters behind one translated address share it. */
  readonly maxConnectionsPerSource: number;
  /** Messages a second from one address, in the long run and at once. Over TCP the sender is slowed down, over UDP dropped. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Addresses whose rate is remembered. */
  readonly maxSources: number;
  /** Longest APDU, also one joined from segments or blocks. */
  readonly maxApduLength: number;
  /** Senders of one line whose blocks are joined at once. */
  readonly maxBlockSenders: number;
  /** Bytes of unfinished messages of all connections; beyond it those that hold most are closed. */
  readonly maxPendingBytes: number;
  /** Messages of one connection that wait to be stored. */
  readonly maxWaitingPerConnection: number;
  /** Datagrams that wait to be stored. */
  readonly maxWaitingDatagrams: number;
  /** A connection must have sent a whole message by then. */
  readonly firstMessageMilliseconds: number;
  /** What was begun must be whole by then. */
  readonly messageMilliseconds: number;
  /** Silence after which a connection that is no meter's is closed. */
  readonly idleMilliseconds: number;
  /** The same of a meter that dialled in: several of its heartbeats. */
  readonly boundIdleMilliseconds: number;
  /** Rows of the list of unknown pushers. */
  readonly maxUnknownPushers: number;
  /** A meter whose pushes cannot be understood is asked for its push setup once in so long. */
  readonly pushSetupMilliseconds: number;
  /** How long a port that stops waits for its stores; what is not stored by then is not answered. */
  readonly stopMilliseconds: number;
}

export const defaultPushSettings: PushSettings = {
  maxConnections: 20_000,
  maxConnectionsPerSource: 5_000,
  messagesPerSecond: 100,
  messageBurst: 500,
  maxSources: 50_000,
  maxApduLength: 65_535,
  maxBlockSenders: 4,
  maxPendingBytes: 256 * 1024 * 1024,
  maxWaitingPerConnection: 16,
  maxWaitingDatagrams: 2_000,
  firstMessageMilliseconds: 30_000,
  messageMilliseconds: 30_000,
  idleMilliseconds: 5 * 60_000,
  boundIdleMilliseconds: 2 * 3_600_000,
  maxUnknownPushers: 1_000,
  pushSetupMilliseconds: 24 * 3_600_000,
  stopMilliseconds: 3_000,
};
