/**
 * What addresses of electricity meters mean, from the value groups of IEC 62056-61: C is the quantity, D how it is
 * processed, E the tariff. Data sets whose meaning is fixed as a whole are listed by themselves.
 */
import { obisOf } from "./address.ts";

/** C 1 to 10 for all phases together; 21 to 30, 41 to 50 and 61 to 70 are the same of L1, L2 and L3. */
const quantities: Readonly<Record<number, string>> = {
  1: "active import",
  2: "active export",
  3: "reactive import",
  4: "reactive export",
  5: "reactive QI",
  6: "reactive QII",
  7: "reactive QIII",
  8: "reactive QIV",
  9: "apparent import",
  10: "apparent export",
  11: "current",
  12: "voltage",
  13: "power factor",
  14: "frequency",
  15: "active, import and export added",
  16: "active, import less export",
};

const processings: Readonly<Record<number, string>> = {
  2: "cumulated maximum",
  4: "average of the running period",
  5: "average of the last period",
  6: "maximum",
  7: "now",
  8: "total",
  9: "of the billing period",
  29: "of the period",
  32: "sags",
  36: "swells",
};

/** By C, D and, where it matters, E. */
const fixed: Readonly<Record<string, string>> = {
  "0.0": "identification number",
  "0.1": "billing period counter",
  "0.2": "program and parameter number",
  "0.2.8": "version of the P1 telegram",
  "0.9.1": "time",
  "0.9.2": "date",
  "1.0": "date and time",
  "24.1": "type of the M-Bus meter",
  "24.2": "reading of the M-Bus meter",
  "24.3": "reading of the M-Bus meter",
  "24.4": "valve of the M-Bus meter",
  "96.1": "serial number",
  "96.3": "state of inputs or switches",
  "96.7": "power failures",
  "96.8": "operating time",
  "96.13": "message to the customer",
  "96.14": "tariff in force",
  "97.97": "error register",
  "98.1": "billing log",
  "99.1": "load profile",
  "99.97": "log of power failures",
  "99.98": "event log",
};

/** "active import total, tariff 1"; undefined for what no table names. */
export function nameOfAddress(address: string): string | undefined {
  const obis = obisOf(address);
  if (!obis) return undefined;
  const { c, d, e, f, storedBy } = obis;
  const name = fixed[`${c}.${d}.${e}`] ?? fixed[`${c}.${d}`] ?? (c === 99 ? "profile or log" : measured(c, d, e ?? 0));
  if (!name) return undefined;
  const stored =
    f === undefined || f === 255 ? "" : `, stored value ${f}${storedBy === "hand" ? " (by a manual reset)" : ""}`;
  return name + stored;
}

function measured(c: number, d: number, e: number): string | undefined {
  const phase = c > 20 && c <= 80 ? Math.ceil(c / 20) - 1 : 0;
  const quantity = quantities[phase === 0 ? c : c - phase * 20];
  const processing = processings[d];
  if (!quantity || !processing) return undefined;
  const tariff = e > 0 && e < 64 ? `, tariff ${e}` : "";
  return `${quantity}${phase > 0 ? ` L${phase}` : ""} ${processing}${tariff}`;
}
