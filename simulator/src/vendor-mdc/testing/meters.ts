/** A meter of a vendor with what it keeps, without an MDC around it. */
import type { UdilRow, UdilVersion } from "@anymeter/udil";
import { SupplyArea } from "../../supply/supply-area.ts";
import { LocalTime } from "../local-time.ts";
import { HouseholdLoad } from "../meters/household-load.ts";
import type { MeterState } from "../meters/meter-state.ts";
import { planVendor } from "../meters/plan.ts";
import { type KeptTable, VendorMeter, type VendorMeterSettings } from "../meters/vendor-meter.ts";

/** 05:00 in Pakistan on a Monday. */
export const monday = Date.UTC(2026, 2, 2);
export const hour = 3_600_000;
export const day = 24 * hour;

export interface KeptRows {
  readonly meter: VendorMeter;
  readonly rows: { readonly table: KeptTable; readonly values: UdilRow; readonly capturedAt: number }[];
  /** Rows of a table kept since an instant. */
  since(table: KeptTable, instant?: number): UdilRow[];
}

/** Number 0 has one phase, 1 three, 4 current transformers. Its clock is right. */
export function makeMeter(
  number: number,
  settings: Partial<VendorMeterSettings> & { version?: UdilVersion; remembered?: MeterState } = {},
): KeptRows {
  const { areas, meters } = planVendor(7, 5);
  const plan = { ...meters[number]!, clockError: 0 };
  const rows: KeptRows["rows"][number][] = [];
  const meter = new VendorMeter({
    plan,
    load: new HouseholdLoad(new SupplyArea(areas[plan.area]!), plan.service, 300),
    localTime: new LocalTime(300),
    version: "v3.3",
    sampling: {},
    inService: true,
    startsAt: monday,
    state: (fresh) => settings.remembered ?? fresh,
    keep: (_, table, values, capturedAt) => rows.push({ table, values, capturedAt }),
    ...settings,
  });
  return {
    meter,
    rows,
    since: (table, instant = monday) =>
      rows.filter((row) => row.table === table && row.capturedAt >= instant).map(({ values }) => values),
  };
}

/** Codes of events kept since an instant. */
export function eventCodes(kept: KeptRows, instant: number): number[] {
  return kept.since("EVNT", instant).map(({ event_code }) => event_code as number);
}
