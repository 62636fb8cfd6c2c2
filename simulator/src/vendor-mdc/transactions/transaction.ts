/** A transaction: one order, and how far it has come with each device. Instants in milliseconds UTC. */

import type { UdilTableId } from "@anymeter/udil";
import type { Order } from "../meters/orders.ts";
import type { VendorMeter } from "../meters/vendor-meter.ts";

/** 0 waiting, 1 begun, 2 sent for, 3 connected, 4 sent to the meter, 5 executed (section 3.5.2). */
export type StatusLevel = 0 | 1 | 2 | 3 | 4 | 5;

export interface Transaction {
  readonly id: string;
  /** The service's name in the version of the MDC. */
  readonly service: string;
  /** JSON of the parameters as they came. */
  readonly parameters: string;
  /** What makes another request the same one. */
  readonly digest: string;
  readonly receivedAt: number;
  readonly devices: readonly TransactionDevice[];
}

export interface TransactionDevice {
  /** Index among the devices of its transaction. */
  readonly place: number;
  readonly globalDeviceId: string;
  readonly msn: string;
  /** Of those that were accepted. */
  readonly meter: VendorMeter | undefined;
  readonly order: Order | undefined;
  /** `open` moves on; the others have come to their end. */
  state: "open" | "succeeded" | "failed" | "refused" | "cancelled";
  level: StatusLevel;
  /** When each level was reached; of level 0 the receipt. */
  readonly reachedAt: (number | undefined)[];
  /** When the next level is due. */
  dueAt: number;
  remark: string;
  cancelledAt?: number;
  /** What was read on demand. */
  result?: ReadResult;
}

export interface ReadResult {
  readonly names: readonly string[];
  readonly records: readonly (readonly string[])[];
  /** Which rows the records are, where they are rows of a table. */
  readonly of?: { readonly table: UdilTableId; readonly numbers: readonly number[] };
}

export const lastLevel = 5;
/** A request can be cancelled up to this level (section 3.5.3). */
export const lastLevelToCancel = 2;
