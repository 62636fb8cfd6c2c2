/** The calendar in force, the one that waits for its activation, and the tariff of the moment. */
import { nextTariffSwitch, type TariffCalendar, tariffAt } from "./tariff-calendar.ts";

export interface TariffState {
  calendar: TariffCalendar;
  /** From when on the last one written is in force, by true time; undefined = since the works. */
  activation?: number | undefined;
  pending?: { readonly calendar: TariffCalendar; readonly at: number } | undefined;
}

export class TariffPlan {
  readonly #state: TariffState;
  #tariff: number;

  /** Times are local, by the meter's clock, but for activations. */
  constructor(state: TariffState, local: number) {
    this.#state = state;
    this.#tariff = tariffAt(state.calendar, local);
  }

  get calendar(): TariffCalendar {
    return this.#state.calendar;
  }
  get activation(): number | undefined {
    return this.#state.activation;
  }
  /** Number of the tariff that is counted under. */
  get tariff(): number {
    return this.#tariff;
  }
  get nextActivation(): number {
    return this.#state.pending?.at ?? Number.POSITIVE_INFINITY;
  }

  /** A calendar to be in force from an instant on; undefined = from now on, as from the works. */
  set(calendar: TariffCalendar, activation: number | undefined, now: number): void {
    this.#state.activation = activation;
    this.#state.pending = { calendar, at: Math.max(activation ?? now, now) };
  }

  activate(local: number): void {
    if (this.#state.pending !== undefined) this.#state.calendar = this.#state.pending.calendar;
    this.#state.pending = undefined;
    this.switch(local);
  }

  switch(local: number): void {
    this.#tariff = tariffAt(this.#state.calendar, local);
  }

  nextSwitch(local: number): number {
    return nextTariffSwitch(this.#state.calendar, local);
  }

  at(local: number): number {
    return tariffAt(this.#state.calendar, local);
  }
}
