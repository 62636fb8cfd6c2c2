/** A row between the meter that kept it and the tables of the MDC. Instants in milliseconds UTC. */
import type { UdilTable } from "@anymeter/udil";
import type { VendorMeter } from "../meters/vendor-meter.ts";

export interface KeptRow {
  /** Growing with each row of this MDC. */
  readonly number: number;
  readonly meter: VendorMeter;
  readonly table: UdilTable;
  /** By the meter's clock. */
  readonly at: number;
  readonly capturedAt: number;
  /** In the order of the table's columns; those about the MDC are filled in when it has the row. */
  readonly texts: string[];
  /** While it is on its way: when the MDC will have it, and what db_datetime will say. */
  delivery?: { readonly at: number; readonly stamp: number } | undefined;
  /** db_datetime; undefined while only the meter has it. */
  storedAt?: number;
  /** Growing with each row the MDC has. */
  id?: number;
}
