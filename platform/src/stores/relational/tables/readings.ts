import type { ColumnType, Generated } from "kysely";

/** A reading whose meter is not known yet; see migration 0002. */
export interface StagedMeterReadingTable {
  id: Generated<number>;
  /** Organization the sender named, or null: then only staff sees the row. */
  organization: string | null;
  meter_device_name: string;
  series_name: string;
  /** Text as received, kept because its zone is not known before the device is. */
  timestamp_text: string;
  /** The same instant when the text has an offset, otherwise read as UTC; used by the list filters. */
  timestamp: ColumnType<Date, Date | string, Date | string>;
  /** Exact decimal, numeric(18,6). */
  value: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** Tables of the readings and events rooms. */
export interface ReadingTables {
  staged_meter_readings: StagedMeterReadingTable;
}
