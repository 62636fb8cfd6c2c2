/**
 * How many sessions each network may begin now. A network is bounded by its open sessions and by a token bucket of new
 * connections; meters that failed of late come last and hold at most a share of the sessions, so that dead meters leave
 * them to the healthy ones.
 */
import type { HeadEndSettings } from "../settings.ts";

/** A network that has work, as the store knows it. */
export interface NetworkState {
  readonly number: number;
  readonly maxSessions: number;
  readonly connectionsPerSecond: number;
  /** Left in the bucket at `refilledAt`. */
  readonly permits: number;
  readonly refilledAt: number;
  /** Sessions open, of all processes. */
  readonly open: number;
  /** Of these, the ones of meters that failed of late. */
  readonly openFailing: number;
}

export interface Quota {
  readonly network: number;
  /** Sessions that may begin. */
  readonly sessions: number;
  /** Of these, with meters that failed of late, at most. */
  readonly failing: number;
  /** What the bucket holds now, before anything is taken. */
  readonly permits: number;
}

/** Seconds of connections a bucket saves up: the greatest burst. */
const burstSeconds = 1;

export function quotaOf(network: NetworkState, now: number, settings: Pick<HeadEndSettings, "failingShare">): Quota {
  const capacity = Math.max(1, network.connectionsPerSecond * burstSeconds);
  const elapsed = Math.max(0, now - network.refilledAt) / 1000;
  const permits = Math.min(capacity, network.permits + elapsed * network.connectionsPerSecond);
  const sessions = Math.max(0, Math.min(network.maxSessions - network.open, Math.floor(permits)));
  const failingCeiling = Math.max(1, Math.floor(network.maxSessions * settings.failingShare));
  // Of new connections they take what the healthy ones leave: an outage that is over is caught up with at the full rate.
  const failing = Math.max(0, Math.min(sessions, failingCeiling - network.openFailing));
  return { network: network.number, sessions, failing, permits };
}

/** A waiting run that might begin. */
export interface Candidate {
  readonly run: number;
  readonly device: string;
  readonly interface: string | null;
  readonly network: number;
  readonly failing: boolean;
}

/** Room in this process. */
export interface Room {
  readonly sessions: number;
  /** Of these, for meters that failed of late. */
  readonly failing: number;
}

export interface Choice {
  /** One for each session that may begin: no device and no interface twice. */
  readonly chosen: readonly Candidate[];
  /** Runs whose interface another chosen one will use: they must wait until it is free. */
  readonly blocked: readonly number[];
}

/**
 * Picks from the candidates, which are in the order of the queue within their network. Healthy meters first, the networks
 * taking turns, so that one large network cannot take all the room of this process.
 */
export function choose(candidates: readonly Candidate[], quotas: readonly Quota[], room: Room): Choice {
  const left = new Map(quotas.map(({ network, sessions, failing }) => [network, { sessions, failing }]));
  const devices = new Set<string>();
  const interfaces = new Set<string>();
  const chosen: Candidate[] = [];
  const blocked: number[] = [];
  let failingRoom = room.failing;
  for (const candidate of [...takingTurns(candidates, false), ...takingTurns(candidates, true)]) {
    const quota = left.get(candidate.network);
    // Another run of a device already chosen is made in the same session.
    if (!quota || devices.has(candidate.device)) continue;
    if (candidate.interface !== null && interfaces.has(candidate.interface)) {
      blocked.push(candidate.run);
      continue;
    }
    if (chosen.length >= room.sessions || quota.sessions < 1) continue;
    if (candidate.failing) {
      if (failingRoom < 1 || quota.failing < 1) continue;
      failingRoom--;
      quota.failing--;
    }
    quota.sessions--;
    devices.add(candidate.device);
    if (candidate.interface !== null) interfaces.add(candidate.interface);
    chosen.push(candidate);
  }
  return { chosen, blocked };
}

function* takingTurns(candidates: readonly Candidate[], failing: boolean): Generator<Candidate> {
  const byNetwork = Map.groupBy(
    candidates.filter((candidate) => candidate.failing === failing),
    ({ network }) => network,
  );
  const queues = [...byNetwork.values()];
  const longest = Math.max(0, ...queues.map(({ length }) => length));
  for (let turn = 0; turn < longest; turn++) {
    for (const queue of queues) if (turn < queue.length) yield queue[turn]!;
  }
}
