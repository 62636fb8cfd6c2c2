/** Everything a meter must not forget, as plain JSON; what is not here is computed. Instants are true ones, in milliseconds. */
import type { LimiterState } from "./load-limiter.ts";
import type { SheddingSchedule } from "./load-shedding.ts";
import type { LastOrder } from "./orders.ts";
import type { MeterParameters, ProgrammedAt } from "./parameters.ts";
import type { RegisterState } from "./registers.ts";
import type { RelayState } from "./relay.ts";
import type { SamplingState } from "./sampling.ts";
import type { TariffState } from "./tariff-plan.ts";

export interface MeterState {
  /** Up to which everything has happened. */
  at: number;
  globalDeviceId: string;
  /** Whether it has left the stock: the MDC knows it by its id. */
  inService: boolean;
  /** Whether the MDC may read it and serve it. */
  active: boolean;
  clockError: number;
  powered: boolean;
  eventCounter: number;
  /** The event that the voltage is in the middle of. */
  voltageEvent?: 114 | 115 | undefined;
  registers: RegisterState;
  relay: RelayState;
  limiter: LimiterState;
  tariff: TariffState;
  sampling: SamplingState;
  schedule?: SheddingSchedule | undefined;
  parameters: MeterParameters;
  programmedAt: ProgrammedAt;
  /** What its MDC last ordered of it, and when the two last spoke by the MDC's clock. */
  lastOrder?: LastOrder | undefined;
  contactAt?: number | undefined;
  /** Seconds of its clock up to which it has rows, by table. */
  keptUntil: Record<string, number>;
}
