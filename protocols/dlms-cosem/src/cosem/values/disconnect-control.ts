/** Disconnect control (class 70; Blue Book, clause 4.5.8): the relay that connects the premises to the supply. */
import { boolean, enumerated, integer, valuesOf } from "./value-codec.ts";

/** What control_state says. */
export const controlStates = { disconnected: 0, connected: 1, readyForReconnection: 2 } as const;

export const disconnectControlValues = valuesOf({
  /** True: the premises are connected. */
  outputState: boolean,
  /** One of `controlStates`. */
  controlState: enumerated,
  /** 0 to 6: which of remote, manual and local may disconnect and reconnect. */
  controlMode: enumerated,
  /** Method 1; takes 0. */
  remoteDisconnect: integer,
  /** Method 2; takes 0. */
  remoteReconnect: integer,
});
