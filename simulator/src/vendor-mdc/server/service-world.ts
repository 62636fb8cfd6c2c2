/** What services work on. */
import type { UdilVersion, Zone } from "@anymeter/udil";
import type { Clock } from "../clock.ts";
import type { Collector } from "../collection/collector.ts";
import type { HabitSwitches } from "../habits/habit-switches.ts";
import type { LocalTime } from "../local-time.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import type { Transactions } from "../transactions/transactions.ts";

export interface ServiceWorld {
  readonly version: UdilVersion;
  readonly credentials: { readonly username: string; readonly password: string; readonly code: string };
  readonly clock: Clock;
  readonly zone: Zone;
  readonly localTime: LocalTime;
  readonly habits: HabitSwitches;
  readonly collector: Collector;
  readonly transactions: Transactions;
  /** Those the MDC knows, by their global_device_id. */
  readonly devices: () => ReadonlyMap<string, VendorMeter>;
  /** All that were ever made, by serial number. */
  readonly made: ReadonlyMap<string, VendorMeter>;
  /** A device has come into service, or has a new id. */
  readonly created: (meter: VendorMeter) => void;
  readonly visuals: (meter: VendorMeter) => string[];
  /** Lets everything happen that is due. */
  readonly advance: () => void;
  /** What has happened until now outlives the process when this returns. */
  readonly commit: () => void;
}
