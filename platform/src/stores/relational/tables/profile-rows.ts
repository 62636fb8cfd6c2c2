import type { Generated } from "kysely";

/** The last id given to a row of a table of the columnar store; see migration 0010. */
export interface ProfileRowIdTable {
  table_name: string;
  /** Microseconds since 1970. */
  last_id: number;
}

/** A meter whose names in UDIL were given or changed, until the columnar store has them. */
export interface UdilNameChangeTable {
  /** In the order of a meter's changes. */
  id: Generated<number>;
  organization_number: number;
  device_number: number;
  /** null = it has none any more. */
  global_device_id: string | null;
  msn: string | null;
  meter_activation_status: number;
}

/** Tables behind profile rows and the views over them. */
export interface ProfileRowTables {
  profile_row_ids: ProfileRowIdTable;
  udil_name_changes: UdilNameChangeTable;
}
