/**
 * What an MDC must not forget, as plain JSON. A moment holds all that changed in it, so that rows, the meters that kept them
 * and the orders they obeyed are never of different times.
 */
import type { UdilVersion } from "@anymeter/udil";
import type { Certificate } from "../certificate.ts";
import type { KeptRow } from "../collection/kept-row.ts";
import type { LoadProfileEnergy } from "../collection/row-texts.ts";
import type { MeterState } from "../meters/meter-state.ts";
import type { Order } from "../meters/orders.ts";
import type { ReadResult, Transaction, TransactionDevice } from "../transactions/transaction.ts";

/** What decides how everything behind it is written; the first line of the file. */
export interface VendorIdentity {
  readonly seed: number;
  readonly version: UdilVersion;
  readonly loadProfileEnergy: LoadProfileEnergy;
  readonly offsetMinutes: number;
}

export interface FirstLine extends VendorIdentity {
  readonly format: typeof memoryFormat;
  readonly certificate: Certificate;
}

export const memoryFormat = "vendor-mdc 1";

/** What the MDC counts. */
export interface MdcState {
  port?: number;
  /** Milliseconds its clock was made to jump. */
  jumped: number;
  /** Numbers of the last row kept by a meter, and of the last one in a table. */
  lastNumber: number;
  lastId: number;
}

export interface Moment {
  readonly mdc?: Readonly<MdcState>;
  readonly meters?: Readonly<Record<string, MeterState>>;
  readonly rows?: readonly RowRecord[];
  readonly transactions?: readonly TransactionRecord[];
  readonly devices?: readonly (DeviceRecord & { readonly transaction: string })[];
}

/** The row with that number as it is from now on. */
export type RowRecord = Omit<KeptRow, "meter"> & { readonly msn: string };

export interface TransactionRecord extends Omit<Transaction, "devices"> {
  /** The same for every device that was accepted. */
  readonly order?: Order | undefined;
  readonly devices: readonly DeviceRecord[];
}

export interface DeviceRecord extends Omit<TransactionDevice, "meter" | "order" | "result"> {
  /** Of rows, only which they are. */
  readonly result?: Pick<ReadResult, "names" | "records"> | Required<Pick<ReadResult, "of">> | undefined;
}
