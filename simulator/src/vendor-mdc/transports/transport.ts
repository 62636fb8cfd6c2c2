/** Another way out of the MDC for its tables, beside its services. */
import type { UdilTableId, UdilVersion } from "@anymeter/udil";
import type { KeptRow } from "../collection/kept-row.ts";
import type { RowForm } from "../collection/row-texts.ts";
import type { HabitSwitches } from "../habits/habit-switches.ts";
import type { LocalTime } from "../local-time.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";
import type { Transaction, TransactionDevice } from "../transactions/transaction.ts";

export interface TransportWorld {
  readonly version: UdilVersion;
  readonly localTime: LocalTime;
  readonly form: (table: UdilTableId) => RowForm;
  /** METER_VISUALS of a meter as it is now, in the table's columns. */
  readonly visuals: (meter: VendorMeter) => string[];
  readonly habits: HabitSwitches;
  /** The MDC remembers nothing: what an earlier one left is of another history. */
  readonly fresh: boolean;
  /** What the MDC's tables and orders are at the start. */
  readonly stored: () => Iterable<KeptRow>;
  readonly transactions: () => Iterable<Transaction>;
}

export interface Transport {
  open(world: TransportWorld): Promise<void>;
  /** Rows that the MDC's tables have from now on; they outlive a kill when this has returned. */
  rows(rows: readonly KeptRow[]): void;
  /** How far a device's part of a transaction has come. */
  transaction(transaction: Transaction, device: TransactionDevice): void;
  /** Resolves when all that was handed over has been written. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
