import type { MeterReadingSeries } from "../api/contract.ts";
import { type CurveView, quantityKind, viewsOf } from "./quantity.ts";
import { browserZone, dateAt, isDate, type Preset, presets } from "./time-range.ts";

/** What the load curve shows. */
export interface PanelState {
  series: MeterReadingSeries | undefined;
  view: CurveView;
  preset: Preset;
  /** A date inside the span, as `2026-03-29`. */
  date: string;
  zone: string;
}

/** The parts of the state as they stand in the address; what is missing there is as usual. */
export type PanelAddress = Partial<Record<"series" | "view" | "range" | "date" | "zone", string>>;

/** The state an address stands for. Whatever the address holds, the state is one that can be shown. */
export function panelState(search: URLSearchParams, series: readonly MeterReadingSeries[], now: number): PanelState {
  const zone = knownZone(search.get("zone")) ?? browserZone();
  const date = search.get("date") ?? "";
  const chosen = series.find(({ id }) => id === search.get("series")) ?? usualSeries(series);
  const views = chosen ? viewsOf(quantityKind(chosen)) : [];
  return {
    series: chosen,
    view: views.find((view) => view === search.get("view")) ?? views[0] ?? "values",
    preset: presets.find((preset) => preset === search.get("range")) ?? "week",
    date: isDate(date) ? date : dateAt(now, zone),
    zone,
  };
}

/** The address with some parts changed; an empty part is left out. */
export function panelAddress(search: URLSearchParams, changes: PanelAddress): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

/** The total of imported active energy when there is one (OBIS x.8.0 of 1), else the first amount, else the first. */
function usualSeries(series: readonly MeterReadingSeries[]): MeterReadingSeries | undefined {
  return (
    series.find(({ name }) => /(^|:)1\.8\.0/.test(name)) ??
    series.find((one) => quantityKind(one) !== "instantaneous") ??
    series[0]
  );
}

function knownZone(name: string | null): string | undefined {
  try {
    return name ? new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone : undefined;
  } catch {
    return undefined;
  }
}
