import type { ColumnType } from "kysely";

/** The last id given to a row of a table of the columnar store; see migration 0010. */
export interface ProfileRowIdTable {
  table_name: string;
  /** Microseconds since 1970. */
  last_id: number;
}

/** How far a table of the columnar store has taken over what changed here. */
export interface ColumnarCopyTable {
  name: string;
  copied_until: ColumnType<Date, Date | string, Date | string>;
}

/** Tables behind profile rows and the views over them. */
export interface ProfileRowTables {
  profile_row_ids: ProfileRowIdTable;
  columnar_copies: ColumnarCopyTable;
}
