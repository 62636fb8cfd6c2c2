/** Rows of several values of one moment, as meters' profiles and UDIL's tables have them. */
import type { UdilRow } from "@anymeter/udil";

/** UDIL's codes of the tables that are kept as rows. */
export const rowTableCodes = ["INST", "BILL", "MBIL", "LPRO", "EVNT", "DCH"] as const;
export type RowTable = (typeof rowTableCodes)[number];

/** A row to be stored. The same meter, table and time (and channel, or event code) again is the same row. */
export interface ProfileRow {
  readonly organizationNumber: number;
  readonly deviceNumber: number;
  readonly table: RowTable;
  /** When the row is of, by the meter: `meter_datetime`, or `event_datetime`. Milliseconds since 1970, UTC. */
  readonly at: number;
  /** Profile of the meter that the row is from; default 0. Of load profiles only. */
  readonly channel?: number;
  /** Minutes between the rows of a load profile. */
  readonly interval?: number;
  /** When we, or the vendor's head-end, read it: `mdc_read_datetime`. */
  readonly readAt: number;
  /** 0 = read by ourselves, else the number of the vendor's head-end. */
  readonly source: number;
  /** By the names of UDIL's newest version. What the table does not have goes only where METER_VISUALS has it. */
  readonly fields: UdilRow;
}

/** A row as it is stored. */
export interface StoredProfileRow {
  readonly deviceNumber: number;
  readonly source: number;
  /** Microseconds since 1970, unique in its table; a row stored again has a new one. */
  readonly id: number;
  /**
   * All fields that are known, with the table's time, `mdc_read_datetime`, `db_datetime` and `id`, but without
   * `msn` and `global_device_id`, which are the registry's.
   */
  readonly fields: UdilRow;
}
