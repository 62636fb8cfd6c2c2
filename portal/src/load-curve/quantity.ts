import type { MeterReadingSeries } from "../api/contract.ts";

/** What a series' values are: a running register, the amount of each interval, or what was measured at an instant. */
export type QuantityKind = "register" | "interval" | "instantaneous";

/** How a series is drawn: amount per interval, mean rate of the interval, or the values as they are. */
export type CurveView = "energy" | "power" | "values";

/** Units of amounts, each with the unit of its mean rate over an hour. */
const rateOfAmount: Readonly<Record<string, string>> = {
  ...{ Wh: "W", kWh: "kW", MWh: "MW", GWh: "GW" },
  ...{ varh: "var", kvarh: "kvar", Mvarh: "Mvar" },
  ...{ VAh: "VA", kVAh: "kVA", MVAh: "MVA" },
  ...{ Ah: "A" },
  ...{ m3: "m³/h", "m³": "m³/h", l: "l/h" },
  ...{ kJ: "kJ/h", MJ: "MJ/h", GJ: "GJ/h" },
};

/**
 * OBIS value group D of "time integral 5": the amount since the start of the recording interval, so the value of one
 * interval rather than a running register (IEC 62056-6-1, value group D).
 */
const intervalIntegral = "29";

/** Columns of a Corus converter's databases that hold the volume of one record (Utilitarian API, "Corus"). */
const consumptionColumn = /^consumption_(un)?converted_/;

/** Reads `A-B:C.D.E`, `A-B:C.D.E*F` and `A.B.C.D.E.F`. */
const obis = /^(?:\d+-\d+:\d+\.(\d+)\.\d+(?:[*.]\d+)?|\d+[.-]\d+[.-]\d+[.-](\d+)[.-]\d+[.-]\d+)$/;

export function quantityKind({ unit, name }: Pick<MeterReadingSeries, "unit" | "name">): QuantityKind {
  if (!(unit in rateOfAmount)) return "instantaneous";
  if (consumptionColumn.test(name)) return "interval";
  const [, short, long] = obis.exec(name) ?? [];
  return (short ?? long) === intervalIntegral ? "interval" : "register";
}

/** The views a series has, the usual one first. */
export function viewsOf(kind: QuantityKind): readonly CurveView[] {
  if (kind === "register") return ["energy", "power", "values"];
  return kind === "interval" ? ["energy", "power"] : ["values"];
}

export function unitOf(unit: string, view: CurveView): string {
  return view === "power" ? (rateOfAmount[unit] ?? unit) : unit;
}
