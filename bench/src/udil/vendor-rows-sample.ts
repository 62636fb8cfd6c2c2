/** Rows of v1's load profile with every one of its 50 columns filled. */
import { type UdilRow, udilTables } from "@anymeter/udil";

/** Meters of one vendor. */
export const vendorMeters = 480;
/** Between rows. */
export const minutes = 15;
/** When the newest rows are of: a while ago. */
export const newest = Date.parse("2026-01-31T00:00:00Z");

const decimals = udilTables.v1.LPRO.fields.filter(({ kind }) => kind === "decimal").map(({ model }) => model);

export function idOf(vendor: number, meter: number): string {
  return `m${vendor * 1_000_000 + meter}`;
}

export function vendorRow(vendor: number, meter: number, at: number): UdilRow {
  const row: Record<string, string | number> = {
    global_device_id: idOf(vendor, meter),
    msn: String(3_000_000_000 + vendor * 1_000_000 + meter),
    ...{ meter_datetime: at, channel_id: 0, interval: minutes },
    ...{ mdc_read_datetime: at + 30_000, db_datetime: at + 31_000 },
  };
  const hour = Math.floor(at / 3_600_000) % 10_000;
  for (const [index, name] of decimals.entries())
    row[name] = `${1_000 + meter + index}.${String((hour * 7 + index) % 1_000).padStart(3, "0")}`;
  return row;
}
