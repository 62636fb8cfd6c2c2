/** What a service answers, in either notation. Names are those of the wire. */
import type { UdilRow, UdilTable } from "../tables/tables.ts";

export interface DeviceAnswer {
  readonly global_device_id: string;
  readonly msn?: string | undefined;
  /** 1 taken, 0 refused; transaction rows of v3 have 2 too. */
  readonly indv_status: number;
  /** Why, of v3; v1 has only the message of all devices. */
  readonly remarks?: string | undefined;
}

/** What a meter gave: rows of a table, or a sentence. */
export type ResponseData = { readonly table: UdilTable; readonly rows: readonly UdilRow[] } | string;

/** A transaction and one of its devices. Instants in milliseconds since 1970 UTC. */
export interface TransactionRow {
  readonly transactionid: string;
  readonly msn?: string | undefined;
  readonly global_device_id: string;
  readonly type?: string | undefined;
  readonly type_parameters?: string | undefined;
  readonly command_receiving_datetime?: number | undefined;
  /** 0 waiting, 1 begun, 2 meter called, 3 connected, 4 sent, 5 executed. */
  readonly status_level?: number | undefined;
  readonly status_1_datetime?: number | undefined;
  readonly status_2_datetime?: number | undefined;
  readonly status_3_datetime?: number | undefined;
  readonly status_4_datetime?: number | undefined;
  readonly status_5_datetime?: number | undefined;
  /** v1: 1 executed, else 0. v3: 0 in progress, 1 complete, 2 failed. */
  readonly indv_status?: number | undefined;
  /** 0 or 1. */
  readonly request_cancelled?: number | undefined;
  readonly request_cancel_reason?: string | undefined;
  readonly request_cancel_datetime?: number | undefined;
  readonly response_data?: ResponseData | undefined;
}

/** `status` is 1 for success, 0 for failure of the request as a whole. */
export type UdilAnswer =
  | { readonly kind: "authorization"; readonly status: 0 | 1; readonly privatekey?: string; readonly message: string }
  | {
      readonly kind: "command";
      readonly status: 0 | 1;
      readonly transactionId: string;
      readonly devices: readonly DeviceAnswer[];
      readonly message: string;
    }
  | {
      readonly kind: "rows";
      readonly status: 0 | 1;
      readonly transactionId?: string | undefined;
      readonly table: UdilTable;
      readonly rows: readonly UdilRow[];
      /** Only these columns, by model name: parameters of on_demand_parameter_read. Default: all of the table. */
      readonly columns?: readonly string[];
      /** Answered by a read of the meter itself, which v3 prints in another form of XML. */
      readonly onDemand?: boolean;
      readonly message: string;
    }
  | {
      readonly kind: "transactions";
      readonly status: 0 | 1;
      readonly transactionId: string;
      readonly transactions: readonly TransactionRow[];
      readonly message: string;
    }
  | { readonly kind: "error"; readonly transactionId?: string | undefined; readonly message: string };
