/** How a client talks over one line. A meter's habits are settings here, never branches in the codec. */
import type { FramingName } from "../framing/frame.ts";

export interface ClientSettings {
  /** "tcp" has a header with transaction ids; "rtu" is what a gateway passes through as it is on the serial line. */
  readonly framing?: FramingName;
  /**
   * Address of the device: 1 to 247 behind a gateway; 255 or 0 for a device that is itself on the network, of which some
   * answer only to 1. Requests may name another. Default 1.
   */
  readonly unit?: number;
  /** Longest silence before an answer. Half a second is too short for some gateways. Default 3000. */
  readonly timeoutMilliseconds?: number;
  /** Silence kept between an answer and the next request; one maker documents 300. Default 0. */
  readonly pauseMilliseconds?: number;
  /**
   * Whether an answer must bear the transaction id of its request. Gateways with ids of their own (always 0, swapped bytes)
   * need false; then unit, function and length alone decide. Default true.
   */
  readonly checkTransactionId?: boolean;
  /** How often in all a request that changes nothing is sent when no answer, a damaged one or "busy" comes. Default 2. */
  readonly attempts?: number;
  /** Pause before a device that is busy (exceptions 05 and 06) is asked again. Default 500. */
  readonly busyMilliseconds?: number;
  /**
   * Where nothing tells a late answer from the next one (RTU, or transaction ids unchecked): how long the line must be silent
   * after a timeout before the next request. Default 500.
   */
  readonly settleMilliseconds?: number;
}

export type CompleteSettings = Required<ClientSettings>;

export function completeSettings(settings: ClientSettings): CompleteSettings {
  return { ...defaults, ...settings };
}

const defaults: CompleteSettings = {
  framing: "tcp",
  unit: 1,
  timeoutMilliseconds: 3000,
  pauseMilliseconds: 0,
  checkTransactionId: true,
  attempts: 2,
  busyMilliseconds: 500,
  settleMilliseconds: 500,
};
