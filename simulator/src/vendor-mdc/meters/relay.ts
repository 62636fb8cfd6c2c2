/** The switch in a meter. Whoever moved it last decided: a load shedding schedule undoes what a person ordered. */

export type RelayMover = "command" | "limiter" | "schedule";

export interface RelayState {
  closed: boolean;
  movedBy: RelayMover;
  /** When it was last opened, and closed, by true time. */
  openedAt?: number;
  closedAt?: number;
}

export const freshRelay: Readonly<RelayState> = { closed: true, movedBy: "command" };

export class Relay {
  readonly #state: RelayState;

  constructor(state: RelayState) {
    this.#state = state;
  }

  get closed(): boolean {
    return this.#state.closed;
  }
  get state(): Readonly<RelayState> {
    return this.#state;
  }

  /** Returns whether it moved: a relay that stands there already only changes its mind about who put it there. */
  move(closed: boolean, by: RelayMover, at: number): boolean {
    this.#state.movedBy = by;
    if (this.#state.closed === closed) return false;
    this.#state.closed = closed;
    if (closed) this.#state.closedAt = at;
    else this.#state.openedAt = at;
    return true;
  }
}
