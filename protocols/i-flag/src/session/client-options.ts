/** How a client waits and tries again; all of it has a usual value. */

export interface ClientOptions {
  /**
   * Whether 200 NULs go before each sign-on. Switch it off for a gateway that wakes the converter itself and answers no
   * NULs. Default true.
   */
  readonly wakeUp?: boolean;
  /** Milliseconds of silence after the wake-up before it is sent again, three times in all. Default 1500. */
  readonly wakeUpPatience?: number;
  /** Milliseconds of silence before an answer is taken for lost. Default 5000: modems and radio are slow. */
  readonly answerPatience?: number;
  /** Milliseconds of silence after a damaged frame before it is asked for again. Default 200. */
  readonly quiet?: number;
  /** Milliseconds without traffic after which a converter sleeps and wants the whole sign-on again. Default 4500. */
  readonly idle?: number;
  /** A clock in milliseconds, so that `idle` can be known; without it a sleeping converter costs one lost request. */
  readonly now?: () => number;
  /** Bytes of one database at most. Default 4 MiB: far more than any converter keeps. */
  readonly databaseLimit?: number;
}

/** The options made complete, and what the session knows of the converter. */
export type ClientSettings = Required<Omit<ClientOptions, "now">> &
  Pick<ClientOptions, "now"> & {
    /** Nothing was heard since the request was sent, in a session that was idle before: repeating it would not help. */
    readonly mayBeAsleep: () => boolean;
  };

export function settingsOf(options: ClientOptions, mayBeAsleep: () => boolean): ClientSettings {
  return {
    mayBeAsleep,
    wakeUp: true,
    wakeUpPatience: 1500,
    answerPatience: 5000,
    quiet: 200,
    idle: 4500,
    databaseLimit: 4 * 1024 * 1024,
    ...options,
  };
}

/** A damaged or lost answer is asked for so many times more. */
export const repeats = 3;
