/**
 * Which id a parameter has depends on the firmware; a converter tells its parameter map by the text of parameter 94, such
 * as "FL_G0003". Names are those of the Utilitarian API (Generic Corus, "parameters for instantaneous readout").
 *
 * Sources: [iflag] pwitab/iflag 1.0.0, README and the parameter tables published for it, BSD-3; the four-letter words
 * behind the ids there (MVRI, MPG …) are the maker's own. [WicomSRV] RMGDE-BU/WicomSRV, facts only.
 */
import { iFlagError } from "../errors.ts";
import type { ValueType } from "../values/value-types.ts";

export interface ParameterAddress {
  readonly id: number;
  readonly type: ValueType;
}

export interface Parameter {
  readonly name: string;
  /** Unit of a converter set to metric units; one set to others gives theirs. */
  readonly unit: string;
  readonly meaning: string;
}

/** Every parameter that has a name. */
export const parameters = [
  { name: "firmware_version", unit: "", meaning: "firmware version" },
  { name: "kernel_version", unit: "", meaning: "version of the metrological kernel (MID converters)" },
  { name: "parameter_mapping_version", unit: "", meaning: "parameter map" },
  { name: "input_pulse_weight", unit: "m³", meaning: "volume of one input pulse" },
  { name: "compressibility_formula", unit: "", meaning: "compressibility formula" },
  { name: "pressure_base", unit: "bar", meaning: "base pressure" },
  { name: "temperature_base", unit: "K", meaning: "base temperature" },
  { name: "pressure_limit_low", unit: "bar", meaning: "low limit of the pressure" },
  { name: "pressure_limit_high", unit: "bar", meaning: "high limit of the pressure" },
  { name: "temperature_limit_low", unit: "°C", meaning: "low limit of the temperature" },
  { name: "temperature_limit_high", unit: "°C", meaning: "high limit of the temperature" },
  { name: "datetime", unit: "", meaning: "clock" },
  { name: "battery_days", unit: "d", meaning: "days the battery will last" },
  { name: "index_unconverted", unit: "m³", meaning: "unconverted index" },
  { name: "index_converted", unit: "m³", meaning: "converted index" },
  { name: "flowrate_unconverted", unit: "m³/h", meaning: "unconverted flow" },
  { name: "flowrate_converted", unit: "m³/h", meaning: "converted flow" },
  { name: "temperature", unit: "°C", meaning: "gas temperature" },
  { name: "pressure", unit: "bar", meaning: "gas pressure" },
  { name: "pressure_2", unit: "bar", meaning: "gas pressure, second sensor" },
] as const satisfies readonly Parameter[];

export type ParameterName = (typeof parameters)[number]["name"];

/** What the values of `compressibility_formula` mean ([iflag] 0.2). */
export const compressibilityFormulas: readonly string[] = [
  "AGA NX-19",
  "S-GERG 88",
  "PT",
  "AGA NX-19 modified",
  "none",
  "T",
  "16 coefficients",
  "AGA 8",
];

export interface ParameterMap {
  /** The end of the text of parameter 94. */
  readonly id: string;
  readonly source: string;
  readonly addresses: Readonly<Partial<Record<ParameterName, ParameterAddress>>>;
}

/** At the same place in every published map, so that it can be read before the map is known. */
export const mapParameter: ParameterAddress = { id: 94, type: "string" };
/** At the same place in every published map. */
export const pulseWeightParameter: ParameterAddress = { id: 1, type: "float" };

const everywhere = {
  parameter_mapping_version: mapParameter,
  input_pulse_weight: pulseWeightParameter,
} as const;

/** What the two MID maps share. */
const mid = {
  ...everywhere,
  kernel_version: { id: 0, type: "string" },
  firmware_version: { id: 75, type: "string" },
  compressibility_formula: { id: 6, type: "byte" },
  pressure_base: { id: 10, type: "float" },
  temperature_base: { id: 15, type: "float" },
  pressure_limit_low: { id: 45, type: "float" },
  pressure_limit_high: { id: 46, type: "float" },
  temperature_limit_low: { id: 55, type: "float" },
  temperature_limit_high: { id: 56, type: "float" },
} as const;

export const parameterMaps: readonly ParameterMap[] = [
  {
    id: "G0003",
    source: "[iflag] parameter map G0003; ids below 150 also in the client of iflag 0.2",
    addresses: {
      ...everywhere,
      firmware_version: { id: 0, type: "string" },
      compressibility_formula: { id: 15, type: "byte" },
      pressure_base: { id: 19, type: "float" },
      temperature_base: { id: 24, type: "float" },
      pressure_limit_low: { id: 30, type: "float" },
      pressure_limit_high: { id: 31, type: "float" },
      temperature_limit_low: { id: 40, type: "float" },
      temperature_limit_high: { id: 41, type: "float" },
      datetime: { id: 106, type: "date" },
      battery_days: { id: 107, type: "word" },
      index_unconverted: { id: 148, type: "index" },
      index_converted: { id: 149, type: "index" },
      flowrate_unconverted: { id: 152, type: "float" },
      flowrate_converted: { id: 153, type: "float" },
      temperature: { id: 158, type: "float" },
      pressure: { id: 159, type: "float" },
    },
  },
  {
    id: "M5A00",
    source: "[iflag] parameter map M5A00 (MID)",
    addresses: {
      ...mid,
      datetime: { id: 91, type: "date" },
      battery_days: { id: 92, type: "word" },
      index_unconverted: { id: 108, type: "index9" },
      index_converted: { id: 109, type: "index9" },
      temperature: { id: 116, type: "float" },
      pressure: { id: 117, type: "float" },
      flowrate_unconverted: { id: 280, type: "float" },
      flowrate_converted: { id: 281, type: "float" },
      pressure_2: { id: 392, type: "float" },
    },
  },
  {
    id: "M5B00",
    source: "[iflag] parameter map M5B00 (MID)",
    addresses: {
      ...mid,
      datetime: { id: 90, type: "date" },
      battery_days: { id: 91, type: "word" },
      index_unconverted: { id: 107, type: "index9" },
      index_converted: { id: 108, type: "index9" },
      temperature: { id: 115, type: "float" },
      pressure: { id: 116, type: "float" },
      flowrate_unconverted: { id: 285, type: "float" },
      flowrate_converted: { id: 286, type: "float" },
      pressure_2: { id: 397, type: "float" },
    },
  },
  {
    id: "b0040",
    source: "[iflag] README of 1.0.0, where the map FL_b0040 has its indexes at 48 and 49; no more of it is public",
    addresses: {
      ...everywhere,
      index_unconverted: { id: 48, type: "index" },
      index_converted: { id: 49, type: "index" },
    },
  },
];

/**
 * The map a converter names by parameter 94, or that settings name.
 * @param text "FL_G0003" or "G0003"
 * @throws ProtocolError `parameter_map_unknown`, or `parameter_map_missing` for no text
 */
export function parameterMapOf(text: string | undefined): ParameterMap {
  const known = parameterMaps.map(({ id }) => id).join(", ");
  if (text === undefined || text.trim() === "") throw iFlagError("parameter_map_missing", { known });
  const map = parameterMaps.find(({ id }) => text.trim().toLowerCase().endsWith(id.toLowerCase()));
  if (!map) throw iFlagError("parameter_map_unknown", { map: text, known });
  return map;
}

/** @throws ProtocolError `parameter_unknown` */
export function addressOf(map: ParameterMap, name: string): ParameterAddress {
  const address = Object.hasOwn(map.addresses, name) ? map.addresses[name as ParameterName] : undefined;
  if (!address) {
    throw iFlagError("parameter_unknown", { map: map.id, name, known: Object.keys(map.addresses).join(", ") });
  }
  return address;
}

/** @returns the parameter of a name; undefined when there is none */
export function parameterNamed(name: string): Parameter | undefined {
  return parameters.find((parameter) => parameter.name === name);
}
