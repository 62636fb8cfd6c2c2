/**
 * Which OBIS code is which column, and in what unit meters give it: codes of the Blue Book first, then those that two
 * vendors in Pakistan use in their place (A: a 34-column meter family; B: a maker's own list of 1,800 names).
 */

export interface ObisField {
  /** A model name; `{T}` stands for t1 to t4 and tl. */
  readonly field: string;
  /** A.B.C.D.E of the code, F is 255; E is `N` where it is the tariff, 0 for the total. */
  readonly obis: string;
  /** The unit of the column; energies and powers of meters come in a thousandth of it. */
  readonly unit?: string;
  /** Where it comes from when it is not of the standard. */
  readonly vendor?: "A" | "B";
  /** Which of several codes in one row is taken: the lowest. */
  readonly preference: number;
  /** COSEM class whose attribute 2 holds the value. */
  readonly classId: 1 | 3 | 4 | 8 | 70;
}

type Options = Partial<Pick<ObisField, "unit" | "vendor" | "preference" | "classId">>;
const at = (obis: string, field: string, options: Options = {}): ObisField => ({
  obis,
  field,
  preference: options.vendor === undefined ? 0 : 2,
  classId: 3,
  ...options,
});

/** Instantaneous is D = 7; both vendors keep the average of the last minutes, D = 27, in its place. */
const power = (c: number, field: string, unit: string) => [
  at(`1.0.${c}.7.0`, field, { unit }),
  at(`1.0.${c}.27.0`, field, { unit, preference: 1 }),
];

const eachPhase = (firstC: number, d: number, field: string, unit?: string) =>
  ["a", "b", "c"].map((phase, index) =>
    at(`1.0.${firstC + 20 * index}.${d}.0`, `${field}_phase_${phase}`, unit === undefined ? {} : { unit }),
  );

const A: Options = { vendor: "A" };
const B: Options = { vendor: "B" };

export const obisFields: readonly ObisField[] = [
  at("0.0.96.1.0", "msn", { classId: 1 }),
  at("0.0.1.0.0", "meter_datetime", { classId: 8 }),
  at("0.0.96.14.0", "current_tariff_register", { classId: 1 }),
  at("0.0.96.12.5", "signal_strength", { unit: "dBm", classId: 1 }),
  at("1.0.14.7.0", "frequency", { unit: "Hz" }),

  ...eachPhase(31, 7, "current", "A"),
  ...eachPhase(32, 7, "voltage", "V"),
  at("1.0.90.7.0", "current_total", { unit: "A" }),
  // Meters of one phase have it without a number.
  at("1.0.11.7.0", "current_phase_a", { unit: "A", preference: 1 }),
  at("1.0.12.7.0", "voltage_phase_a", { unit: "V", preference: 1 }),

  ...power(1, "aggregate_active_pwr_pos", "kW"),
  ...power(2, "aggregate_active_pwr_neg", "kW"),
  ...power(15, "aggregate_active_pwr_abs", "kW"),
  ...power(3, "aggregate_reactive_pwr_pos", "kVAR"),
  ...power(4, "aggregate_reactive_pwr_neg", "kVAR"),
  // "As per Pakistan standard": the standard has no code for the sum of both directions.
  at("1.0.128.27.0", "aggregate_reactive_pwr_abs", { unit: "kVAR", ...A }),
  at("1.0.3.128.0", "aggregate_reactive_pwr_abs", { unit: "kVAR", ...B }),
  ...eachPhase(21, 7, "active_pwr_pos", "kW"),
  ...eachPhase(22, 7, "active_pwr_neg", "kW"),
  ...eachPhase(23, 7, "reactive_pwr_pos", "kVAR"),
  ...eachPhase(24, 7, "reactive_pwr_neg", "kVAR"),
  at("1.0.13.7.0", "average_pf"),
  at("1.0.13.27.0", "average_pf", { preference: 1 }),
  ...eachPhase(33, 7, "pf"),

  at("1.0.1.8.N", "active_energy_pos_{T}", { unit: "kWh" }),
  at("1.0.2.8.N", "active_energy_neg_{T}", { unit: "kWh" }),
  at("1.0.15.8.N", "active_energy_abs_{T}", { unit: "kWh" }),
  at("1.0.3.8.N", "reactive_energy_pos_{T}", { unit: "kVARh" }),
  at("1.0.4.8.N", "reactive_energy_neg_{T}", { unit: "kVARh" }),
  at("1.0.128.8.N", "reactive_energy_abs_{T}", { unit: "kVARh", ...A }),
  at("1.0.94.92.N", "reactive_energy_abs_{T}", { unit: "kVARh", ...B }),

  at("1.0.1.6.N", "active_mdi_pos_{T}", { unit: "kW", classId: 4 }),
  at("1.0.2.6.N", "active_mdi_neg_{T}", { unit: "kW", classId: 4 }),
  at("1.0.15.6.N", "active_mdi_abs_{T}", { unit: "kW", classId: 4 }),
  at("1.0.1.2.N", "cumulative_mdi_pos_{T}", { unit: "kW" }),
  at("1.0.2.2.N", "cumulative_mdi_neg_{T}", { unit: "kW" }),
  at("1.0.15.2.N", "cumulative_mdi_abs_{T}", { unit: "kW" }),

  at("1.0.0.1.2", "mdi_reset_datetime", { classId: 1 }),
  at("1.0.0.1.0", "reset_count", { classId: 1 }),
  at("0.0.96.3.10", "auxr_status", { classId: 70 }),
];
