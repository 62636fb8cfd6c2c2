/** METER_VISUALS of an MDC: each group of columns at its own time, as far as that is told. */
import { modelFields } from "@anymeter/udil";
import { type VisualUpdate, visualFields } from "../../../readings/profile-rows/meter-visuals.ts";
import type { Mdc } from "../peers/mdc.ts";
import type { Placed } from "./placed-row.ts";

export function visualsOf(mdc: Mdc, rows: readonly Placed[], now: number): VisualUpdate[] {
  return rows.flatMap((row) => updatesOf(mdc, row, now));
}

/** A value that came later than another may be older: an update counts from the time of its group. */
function updatesOf({ organizationNumber }: Mdc, { meter, at, fields }: Placed, now: number): VisualUpdate[] {
  const groups = new Map<number, Record<string, string | number>>();
  const whole = at > 0 ? Math.min(at, now) : now;
  for (const name of names) {
    const value = fields[name];
    if (value === undefined || value === "") continue;
    const told = fields[timeFieldOf.get(name) ?? ""];
    const time = typeof told === "number" ? Math.min(told, now) : whole;
    const group = groups.get(time) ?? {};
    group[name] = value;
    groups.set(time, group);
  }
  return [...groups].map(([time, values]) => ({
    ...{ organizationNumber, deviceNumber: meter.number, at: time },
    fields: values,
  }));
}

const names = modelFields.VISL.map(({ model }) => model).filter((name) => visualFields.has(name));

/** `active_energy_pos_tl` has `active_energy_pos_tl_datetime`; `sanc_load_limit` has `sanc_datetime`. */
const timeFieldOf: ReadonlyMap<string, string> = new Map(
  names.flatMap((name) => {
    const candidates = [
      `${name}_datetime`,
      `${name.split("_", 1)[0]}_datetime`,
      ...(name.endsWith("_datetime") ? [name] : []),
    ];
    const found = candidates.find((candidate) => visualFields.has(candidate) && candidate !== "meter_datetime");
    return found === undefined ? [] : [[name, found] as const];
  }),
);
