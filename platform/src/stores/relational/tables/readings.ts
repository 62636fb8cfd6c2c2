import type { ColumnType, Generated } from "kysely";

/** A reading whose meter is not known yet; see migration 0002. */
export interface StagedMeterReadingTable {
  id: Generated<number>;
  /** Organization the sender named, or null: then only staff sees the row. */
  organization: string | null;
  meter_device_name: string;
  series_name: string;
  timestamp: ColumnType<Date, Date | string, Date | string>;
  /** The meter's own clock as sent, when it came without an offset; then `timestamp` is only a guess at the zone. */
  local_timestamp: string | null;
  /** Exact decimal, numeric(18,6). */
  value: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** A deleted row whose readings and events are to go, or have gone; see migration 0004. */
export interface ColumnarRemovalTable {
  id: Generated<number>;
  /** Table the row was in. */
  owner: "meter_devices" | "meter_reading_series";
  number: number;
  organization_number: number;
  /** When the columnar store was cleared of it for the first time. */
  removed_at: Date | null;
}

/** Tables of the readings and events rooms. */
export interface ReadingTables {
  columnar_removals: ColumnarRemovalTable;
  staged_meter_readings: StagedMeterReadingTable;
}
