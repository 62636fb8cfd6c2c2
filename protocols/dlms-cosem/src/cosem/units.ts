/** Physical units (Blue Book, clause 4.3.2, `unit`): the enum of a scaler-unit. */

export interface Unit {
  readonly code: number;
  /** As written after a value: "Wh", "m³/h". */
  readonly symbol: string;
  readonly quantity: string;
  /** The same unit in SI terms: 1 Wh is "3600 J". Empty where there is none. */
  readonly si: string;
}

export const units: ReadonlyMap<number, Unit> = new Map(
  (
    [
      [1, "a", "time", "31557600 s"],
      [2, "mo", "time", "a month"],
      [3, "wk", "time", "604800 s"],
      [4, "d", "time", "86400 s"],
      [5, "h", "time", "3600 s"],
      [6, "min", "time", "60 s"],
      [7, "s", "time", "s"],
      [8, "°", "phase angle", "π/180 rad"],
      [9, "°C", "temperature", "K − 273.15"],
      [10, "currency", "local currency", ""],
      [11, "m", "length", "m"],
      [12, "m/s", "speed", "m/s"],
      [13, "m³", "volume", "m³"],
      [14, "m³", "corrected volume", "m³"],
      [15, "m³/h", "volume flux", "1/3600 m³/s"],
      [16, "m³/h", "corrected volume flux", "1/3600 m³/s"],
      [17, "m³/d", "volume flux", "1/86400 m³/s"],
      [18, "m³/d", "corrected volume flux", "1/86400 m³/s"],
      [19, "l", "volume", "0.001 m³"],
      [20, "kg", "mass", "kg"],
      [21, "N", "force", "N"],
      [22, "Nm", "energy", "J"],
      [23, "Pa", "pressure", "N/m²"],
      [24, "bar", "pressure", "100000 Pa"],
      [25, "J", "energy", "J"],
      [26, "J/h", "thermal power", "1/3600 W"],
      [27, "W", "active power", "W"],
      [28, "VA", "apparent power", "VA"],
      [29, "var", "reactive power", "var"],
      [30, "Wh", "active energy", "3600 J"],
      [31, "VAh", "apparent energy", "3600 VA·s"],
      [32, "varh", "reactive energy", "3600 var·s"],
      [33, "A", "current", "A"],
      [34, "C", "electrical charge", "A·s"],
      [35, "V", "voltage", "V"],
      [36, "V/m", "electric field strength", "V/m"],
      [37, "F", "capacitance", "C/V"],
      [38, "Ω", "resistance", "V/A"],
      [39, "Ωm²/m", "resistivity", "Ω·m"],
      [40, "Wb", "magnetic flux", "V·s"],
      [41, "T", "magnetic flux density", "Wb/m²"],
      [42, "A/m", "magnetic field strength", "A/m"],
      [43, "H", "inductance", "Wb/A"],
      [44, "Hz", "frequency", "1/s"],
      [45, "1/Wh", "active energy meter constant", "1/3600 1/J"],
      [46, "1/varh", "reactive energy meter constant", "1/3600 1/(var·s)"],
      [47, "1/VAh", "apparent energy meter constant", "1/3600 1/(VA·s)"],
      [48, "V²h", "volt-squared hour", "3600 V²·s"],
      [49, "A²h", "ampere-squared hour", "3600 A²·s"],
      [50, "kg/s", "mass flux", "kg/s"],
      [51, "S", "conductance", "1/Ω"],
      [52, "K", "temperature", "K"],
      [53, "1/(V²h)", "volt-squared hour meter constant", "1/3600 1/(V²·s)"],
      [54, "1/(A²h)", "ampere-squared hour meter constant", "1/3600 1/(A²·s)"],
      [55, "1/m³", "volume meter constant", "1/m³"],
      [56, "%", "percentage", "0.01"],
      [57, "Ah", "electrical charge", "3600 A·s"],
      [60, "Wh/m³", "energy per volume", "3600 J/m³"],
      [61, "J/m³", "calorific value", "J/m³"],
      [62, "mol%", "molar fraction of gas composition", "0.01 mol/mol"],
      [63, "g/m³", "mass density", "0.001 kg/m³"],
      [64, "Pa·s", "dynamic viscosity", "Pa·s"],
      [65, "J/kg", "specific energy", "J/kg"],
      [66, "g/cm²", "pressure", "98.0665 Pa"],
      [67, "atm", "pressure", "101325 Pa"],
      [70, "dBm", "signal strength", "dB above 1 mW"],
      [71, "dBµV", "signal strength", "dB above 1 µV"],
      [72, "dB", "logarithmic ratio", ""],
      [252, "", "extended table of units", ""],
      [253, "", "reserved", ""],
      [254, "", "other unit", ""],
      [255, "", "no unit, count", ""],
    ] as const
  ).map(([code, symbol, quantity, si]) => [code, { code, symbol, quantity, si }]),
);

/** The symbol to write after a value: empty for a count, "unit 99" for a code the table does not have. */
export function unitSymbol(code: number): string {
  return units.get(code)?.symbol ?? `unit ${code}`;
}
