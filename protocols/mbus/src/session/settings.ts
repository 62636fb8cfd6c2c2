/** What a client must know of its gateway and its patience. */
import { type BaudRate, baudControlInformation } from "../link/timing.ts";

export interface MbusClientSettings {
  /** Of the line behind the gateway. Default 2400. */
  readonly baud?: BaudRate;
  /** Milliseconds the gateway and the way to it add to an answer. Default 1000. */
  readonly latency?: number;
  /** How often a frame is repeated when its answer is missing or damaged. Default 2. */
  readonly retries?: number;
  /** How often a readout begins anew when the meter has lost its selection in the middle. Default 1. */
  readonly restarts?: number;
  /** Telegrams of one readout at most. Default 32. */
  readonly telegramLimit?: number;
  /** Masks and addresses that one search tries at most. Default 2500. */
  readonly probeLimit?: number;
}

export type CompleteClientSettings = Required<MbusClientSettings>;

/** @throws ProtocolError `baud_unknown` */
export function completeSettings(settings: MbusClientSettings): CompleteClientSettings {
  const complete = { ...defaultClientSettings, ...settings };
  baudControlInformation(complete.baud);
  return complete;
}

export const defaultClientSettings: CompleteClientSettings = {
  baud: 2400,
  latency: 1000,
  retries: 2,
  restarts: 1,
  telegramLimit: 32,
  probeLimit: 2500,
};
