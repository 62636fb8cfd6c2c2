/** Rows of load profiles as three-phase meters keep them. */
import type { ProfileRow } from "../../../platform/src/readings/profile-rows/profile-row.ts";

export const meters = 1000;
export const rowsPerMeter = 96;
export const organizationNumber = 1;

const begin = Date.UTC(2026, 0, 1);
const quarterOfAnHour = 900_000;

/** A row of a three-phase meter: energies of three tariffs, powers, voltages and currents. */
export function loadProfileRow(firstMeter: number, index: number): ProfileRow {
  const meter = firstMeter + Math.floor(index / rowsPerMeter);
  const slot = index % rowsPerMeter;
  const energy = (base: number) => `${base + slot}.${String((meter * 7 + slot) % 1000).padStart(3, "0")}`;
  const fields: Record<string, string> = {};
  for (const direction of ["pos", "neg", "abs"]) {
    for (const tariff of ["t1", "t2", "tl"]) fields[`active_energy_${direction}_${tariff}`] = energy(10_000);
  }
  for (const phase of ["a", "b", "c"]) {
    fields[`voltage_phase_${phase}`] = "230.125";
    fields[`current_phase_${phase}`] = "4.5";
    fields[`active_pwr_pos_phase_${phase}`] = "1.035";
  }
  for (const direction of ["pos", "neg", "abs"]) fields[`aggregate_active_pwr_${direction}`] = "3.105";
  fields.average_pf = "0.981";
  const at = begin + slot * quarterOfAnHour;
  return {
    ...{ organizationNumber, deviceNumber: meter, table: "LPRO", at, readAt: at + 60_000, source: 0, interval: 15 },
    fields,
  };
}
