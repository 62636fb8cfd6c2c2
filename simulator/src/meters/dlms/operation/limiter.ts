/**
 * The limiter (class 71): runs an action when the load stays above a threshold for too long, and another when it has
 * stayed below, or tries again a counted number of times where the make does that.
 *
 * The load is known slot by slot, so the limiter looks at the slots between two times it is asked, and at nothing else.
 */
import type { SupplyPoint } from "../../../supply/supply-point.ts";
import type { EventName } from "../event-codes.ts";
import { type Actor, leastMilliseconds } from "./autonomy.ts";

/** Instants are true time. */
export interface LimiterState {
  /** Since when the load has been above the threshold. */
  overSince: number | null;
  /** When the switch that the limiter opened is closed again; null = it opened none, or leaves it open. */
  actsAt: number | null;
  /** How often it was tried to close the switch again. */
  tries: number;
  lastTrip: number | null;
}

export interface LimiterSettings {
  /** Watts above which it acts at an instant; Infinity = never. */
  readonly threshold: (instant: number) => number;
  /** Instants at which the threshold changes by itself, after an instant. */
  readonly nextThreshold: (after: number) => number | undefined;
  /** Milliseconds the load may be above it. */
  readonly duration: number;
  /** Milliseconds after opening until the switch is closed again; undefined = never. */
  readonly pause: number | undefined;
  /** How often it is closed again before it stays open; Infinity = always. */
  readonly tries: number;
  /** Milliseconds without opening after which tries are counted anew, and one that stayed open is closed again. */
  readonly clearing: number;
}

export interface LimiterSurroundings {
  readonly memory: { limiter: LimiterState };
  readonly supply: Pick<SupplyPoint, "demand" | "slotMilliseconds">;
  /** As they are written into the meter now. */
  readonly settings: () => LimiterSettings;
  /** Which of import, export or both is watched, from what the loads want. */
  readonly monitored: (demand: number) => number;
  readonly isClosed: () => boolean;
  /** Runs the action for a load above or below the threshold. */
  readonly run: (action: "over" | "under", at: number) => void;
  readonly log: (event: EventName, at: number) => void;
}

export class Limiter implements Actor {
  readonly #surroundings: LimiterSurroundings;

  constructor(surroundings: LimiterSurroundings) {
    this.#surroundings = surroundings;
  }

  next(after: number): number | undefined {
    const { memory, isClosed, settings } = this.#surroundings;
    const { overSince, actsAt } = memory.limiter;
    if (!isClosed()) return actsAt === null ? undefined : Math.max(actsAt, after + leastMilliseconds);
    const { duration, threshold, nextThreshold } = settings();
    if (overSince === null && threshold(after) === Number.POSITIVE_INFINITY) return nextThreshold(after);
    const trip =
      overSince === null ? Number.POSITIVE_INFINITY : Math.max(overSince + duration, after + leastMilliseconds);
    const until = Math.min(trip, after + lookAhead);
    for (let at = this.#nextLook(after); at < until; at = this.#nextLook(at)) {
      if (this.#isOver(at) !== (overSince !== null)) return at;
    }
    return until;
  }

  act(at: number): void {
    const { memory, isClosed, settings, run, log } = this.#surroundings;
    const { overSince, actsAt } = memory.limiter;
    if (!isClosed()) {
      if (actsAt !== null && at >= actsAt) this.#tryAgain(at);
      return;
    }
    if (overSince === null || !this.#isOver(at)) {
      this.watch(at);
      return;
    }
    if (at < overSince + settings().duration) return;
    log("limit-exceeded", at);
    this.#countTrip(at);
    run("over", at);
  }

  /** The threshold was changed, or the switch opened or closed, at a true instant: begins to watch anew. */
  watch(at: number, by?: "limiter" | "others"): void {
    const { memory, isClosed } = this.#surroundings;
    const over = isClosed() && this.#isOver(at);
    const { overSince, actsAt } = memory.limiter;
    memory.limiter = {
      ...memory.limiter,
      overSince: over ? (overSince ?? at) : null,
      actsAt: by === "others" ? null : actsAt,
    };
  }

  #countTrip(at: number): void {
    const { memory, settings } = this.#surroundings;
    const { pause, tries: most, clearing } = settings();
    const { lastTrip, tries: before } = memory.limiter;
    const tries = lastTrip !== null && at - lastTrip >= clearing ? 0 : before;
    const again = pause !== undefined && tries < most;
    const actsAt = again ? at + pause : clearing < Number.POSITIVE_INFINITY ? at + clearing : null;
    memory.limiter = { overSince: null, actsAt, tries, lastTrip: at };
  }

  #tryAgain(at: number): void {
    const { memory, settings, run, log } = this.#surroundings;
    const { tries, lastTrip } = memory.limiter;
    const counted = lastTrip !== null && at - lastTrip >= settings().clearing ? 0 : tries + 1;
    memory.limiter = { ...memory.limiter, actsAt: null, tries: counted };
    log("limit-kept", at);
    run("under", at);
  }

  #isOver(at: number): boolean {
    const { supply, monitored, settings } = this.#surroundings;
    return monitored(supply.demand(at)) > settings().threshold(at);
  }

  /** The next instant at which load or threshold can change. */
  #nextLook(at: number): number {
    const { supply, settings } = this.#surroundings;
    const slot = (Math.floor(at / supply.slotMilliseconds) + 1) * supply.slotMilliseconds;
    return Math.min(slot, settings().nextThreshold(at) ?? slot);
  }
}

/** How far it looks before it lets others act. */
const lookAhead = 86_400_000;
