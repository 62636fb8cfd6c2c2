import { meterReadings } from "./0001-meter-readings.ts";
import { meterSystemEvents } from "./0002-meter-system-events.ts";
import { profileRows } from "./0003-profile-rows.ts";

/** A table of the columnar store: its columns and the part of its engine that is the same on every form of the store. */
export interface ColumnarTable {
  readonly name: string;
  /** Column definitions as SQL, one per entry. */
  readonly columns: readonly string[];
  /** Column whose greatest value wins when rows have the same sorting key. */
  readonly version: string;
  /** Expressions of the sorting key; rows with equal keys are one row. */
  readonly orderBy: readonly string[];
  readonly partitionBy?: string;
  /** Expression that spreads rows over the shards of a cluster; must be a function of the sorting key. */
  readonly shardBy: string;
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** One step forward. */
export interface ColumnarMigration {
  readonly name: string;
  readonly tables: readonly ColumnarTable[];
}

/**
 * Every migration of the columnar store, in order. Forward only, and each can be applied again without harm: processes
 * that start together may both apply one. Each room adds its line here.
 */
export const columnarMigrations: readonly ColumnarMigration[] = [meterReadings, meterSystemEvents, profileRows];
