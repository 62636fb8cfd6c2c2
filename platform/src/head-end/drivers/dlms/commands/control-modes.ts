/** Who may connect the supply again, by the control mode of a relay (class 70, attribute 4; Blue Book 4.5.8). */

export interface ControlMode {
  /** What the method of a remote reconnection does, from whichever side: a limiter and a schedule invoke it by their script. */
  readonly remote: "connects" | "makes ready" | "nothing";
  /** Once it is ready: somebody at the meter by its button. */
  readonly button: boolean;
  /** Once it is ready: the meter's own functions, such as its limiter. */
  readonly local: boolean;
}

/** undefined for numbers that the standard does not have. */
export function controlModeOf(mode: number): ControlMode | undefined {
  return controlModes[mode];
}

/** Modes with and without a button that disconnects, 1 and 3 or 5 and 6, are alike in what reconnects. */
const controlModes: Readonly<Record<number, ControlMode>> = {
  0: { remote: "nothing", button: false, local: false },
  1: { remote: "makes ready", button: true, local: false },
  2: { remote: "connects", button: true, local: false },
  3: { remote: "makes ready", button: true, local: false },
  4: { remote: "connects", button: true, local: false },
  5: { remote: "makes ready", button: true, local: true },
  6: { remote: "makes ready", button: true, local: true },
};
