/** The switch in a meter. Whoever moved it last decided: a load shedding schedule undoes what a person ordered. */

export type RelayMover = "command" | "limiter" | "schedule";

export class Relay {
  #closed = true;
  #movedBy: RelayMover = "command";
  #openedAt: number | undefined;
  #closedAt: number | undefined;

  get closed(): boolean {
    return this.#closed;
  }
  get movedBy(): RelayMover {
    return this.#movedBy;
  }
  /** When it was last opened, by true time. */
  get openedAt(): number | undefined {
    return this.#openedAt;
  }
  get closedAt(): number | undefined {
    return this.#closedAt;
  }

  /** Returns whether it moved: a relay that stands there already only changes its mind about who put it there. */
  move(closed: boolean, by: RelayMover, at: number): boolean {
    this.#movedBy = by;
    if (this.#closed === closed) return false;
    this.#closed = closed;
    if (closed) this.#closedAt = at;
    else this.#openedAt = at;
    return true;
  }
}
