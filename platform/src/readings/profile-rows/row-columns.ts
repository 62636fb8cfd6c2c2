/** The columns of each table of rows: those of UDIL's tables, and where the columnar store has them. */
import { modelFields, type UdilField, udilTables } from "@anymeter/udil";
import { type ProfileRow, type RowTable, rowTableCodes } from "./profile-row.ts";

export interface RowColumns {
  /** Table of the columnar store (migration 0003). */
  readonly table: string;
  /** Column that says when the row is of. */
  readonly time: string;
  /** Column of the key behind the time. */
  readonly discriminator?: "channel_id" | "event_code";
  /** Fields with a column of their own beside time, key and what the writer adds. */
  readonly fields: readonly UdilField[];
}

const tables: Readonly<Record<RowTable, Pick<RowColumns, "table" | "discriminator">>> = {
  INST: { table: "udil_instantaneous_rows" },
  BILL: { table: "udil_billing_rows" },
  MBIL: { table: "udil_monthly_billing_rows" },
  LPRO: { table: "udil_load_profile_rows", discriminator: "channel_id" },
  EVNT: { table: "udil_event_rows", discriminator: "event_code" },
  DCH: { table: "udil_communication_rows" },
};

/** Columns that are the registry's, the writer's, or constant. */
const others: ReadonlySet<string> = new Set([
  "msn",
  "global_device_id",
  "mdc_read_datetime",
  "db_datetime",
  "is_synced",
  "id",
]);

export const rowColumns = Object.fromEntries(rowTableCodes.map((code) => [code, columnsOf(code)])) as Readonly<
  Record<RowTable, RowColumns>
>;

function columnsOf(code: RowTable): RowColumns {
  const own = tables[code];
  const { time } = udilTables["v3.3"][code];
  const fields = modelFields[code].filter(
    ({ model }) => !others.has(model) && model !== time && model !== own.discriminator,
  );
  return { ...own, time, fields };
}

const ownFields: ReadonlyMap<RowTable, ReadonlySet<string>> = new Map(
  rowTableCodes.map((code) => [code, new Set(rowColumns[code].fields.map(({ model }) => model))]),
);

/** Whether a row tells anything but its time: an event and a contact do so by being there. */
export function hasValues({ table, fields }: Pick<ProfileRow, "table" | "fields">): boolean {
  if (table === "EVNT" || table === "DCH") return true;
  const own = ownFields.get(table)!;
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined && value !== "" && name !== "interval" && own.has(name)) return true;
  }
  return false;
}
